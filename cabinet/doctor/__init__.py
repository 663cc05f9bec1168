"""Examines an installation, from inside and through the front, and says for each finding what cures it."""
