"""Readers of billing files, a module for each family of formats."""
