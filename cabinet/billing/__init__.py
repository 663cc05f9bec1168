"""Imports from billing: files of accounts and charges, files of residents."""
