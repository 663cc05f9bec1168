"""Finds residents by what somebody says on the telephone: words in any order, parts of numbers."""

from contextlib import suppress
from typing import Any

from cabinet import fields
from cabinet.models import word_search
from cabinet.models.database import db
from cabinet.models.linking import AccountLink, update_words
from cabinet.models.passed_number import PassedNumber
from cabinet.models.resident_words import ResidentWord
from cabinet.models.user import User
from cabinet.models.way_back import WayBack
from cabinet.models.word_search import MOST, Found

FEWEST_DIGITS = 5  # of the beginning of a phone; four are its end
_IN_PHONES = set("0123456789+-() \u00a0")


def find(query: str) -> Found:
    """The keys of the residents of this phone, now or before, account or e-mail; else of these words.

    Words are of names and linked addresses, as they begin. The beginning of a phone will do, and its last
    four digits.
    """
    if not query:
        return Found([])
    keys: list[Any] = []
    with suppress(fields.FieldError):
        phone = fields.phone(query)
        keys += _keys(User.select(User.id).where(User.phone == phone))
        keys += _keys(PassedNumber.select(PassedNumber.user).where(PassedNumber.phone == phone))
        keys += _keys(WayBack.select(WayBack.user).where(WayBack.phone == phone))
    with suppress(fields.FieldError):
        linked = AccountLink.select(AccountLink.user).where(
            AccountLink.account == fields.account_number(query)
        )
        keys += _keys(linked.limit(MOST + 1))
    keys = list(dict.fromkeys(keys)) or _begun(query)
    return Found(keys[:MOST], len(keys) > MOST) if keys else word_search.find(ResidentWord, query)


def _begun(query: str) -> list[Any]:
    """Those whose phone begins so."""
    digits = "".join(char for char in query if char.isdigit())
    if not set(query) <= _IN_PHONES or (len(digits) < FEWEST_DIGITS and not query.startswith("+7")):
        return []
    digits = "7" + digits[1:] if digits.startswith("8") else digits
    start = "+" + (digits if digits.startswith("7") else "7" + digits)
    begun = User.select(User.id).where(User.phone >= start, User.phone <= start + "9" * 12)
    return _keys(begun.order_by(User.phone).limit(MOST + 1))


def _keys(query: Any) -> list[Any]:
    return [key for (key,) in db.execute(query).fetchall()]


def catch_up(most: int) -> int:
    """Write the words of residents that have none, or of another address than now; returns of how many."""
    rows = list(User.select().where(User.worded_at.is_null()).limit(most))
    for row in rows:
        with db.atomic():
            update_words(row)
    return len(rows)
