"""Billing comes in: files of accounts and charges, files of residents."""
