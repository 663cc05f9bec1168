"""Whether an invitation or a request waits for whoever registers: for most none does, says one statement."""

from typing import NamedTuple

from cabinet.models.prepared import execute


class Awaited(NamedTuple):
    """An invitation that is open, if its term is not over, and a request of no cabinet, however old."""

    invitation: bool
    request: bool


def awaited(phone: str, account: str = "") -> Awaited:
    """What waits for who has the phone, or is to see the account; none waits for no phone."""
    invited, asked = execute(_AWAITED, [phone, account, phone]).fetchone()
    return Awaited(bool(invited), bool(asked and phone))


_AWAITED = """
    SELECT EXISTS (SELECT 1 FROM invitation WHERE outcome = '' AND (phone = ? OR account = ?)),
        EXISTS (SELECT 1 FROM connection_request WHERE phone = ? AND user_id IS NULL)
"""
