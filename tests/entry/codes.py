"""Codes that are wrong, and the hour of these tests."""

import datetime as dt

from tests.cast import PHONE
from tests.visitor import last_code

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def wrong_code(by: int = 1) -> str:
    """Six digits that are not the newest code's."""
    return f"{(int(last_code(PHONE)) + by) % 1_000_000:06d}"
