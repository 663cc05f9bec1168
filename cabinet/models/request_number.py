"""The numbers by which residents name their requests."""

import secrets


def new_number() -> str:
    """Eight digits that are easy to read out over the telephone; they cannot be guessed from one another."""
    return f"{secrets.randbelow(90_000_000) + 10_000_000}"
