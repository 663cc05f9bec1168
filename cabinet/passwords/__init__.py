"""Passwords: how they are stored (`hashing`) and which are accepted (`rules`, `common`)."""
