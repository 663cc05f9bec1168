"""Passwords: how they are kept (`hashing`) and which are accepted (`rules`, `common`)."""
