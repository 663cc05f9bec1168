"""Backups of an installation: the database and the receipts of one moment, in one file."""
