"""Wording and display: typography, formats, brand, legal texts, catalogues."""
