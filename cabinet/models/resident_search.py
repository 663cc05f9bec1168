"""Finds residents by what somebody says on the telephone: words in any order, parts of numbers."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cabinet import fields
from cabinet.models import word_search
from cabinet.models.database import connected, db
from cabinet.models.linking import AccountLink, update_words
from cabinet.models.passed_number import PassedNumber
from cabinet.models.resident_words import ResidentWord
from cabinet.models.user import User
from cabinet.models.way_back import WayBack
from cabinet.models.word_search import MOST, Found

FEWEST_DIGITS = 5  # of the beginning of a phone; four are its end
_IN_PHONES = set("0123456789+-() \u00a0")
_LAST = "9" * 12  # after any beginning: no phone has as many digits more


def find(query: str) -> Found:
    """The keys of the residents of this phone, now or before, account or e-mail; else of these words.

    Words are of names and linked addresses, as they begin. The beginning of a phone will do, and its last
    four digits.
    """
    if not query:
        return Found([])
    keys = _exact(query, MOST + 1) or [key for key, _phone in _begun(_start_of(query))]
    return Found(keys[:MOST], len(keys) > MOST) if keys else word_search.find(ResidentWord, query)


def find_all(query: str) -> Iterator[list[Any]]:
    """The same without a limit, for a file: keys in portions, between which no connection is held."""
    with connected():
        keys, start = _exact(query), _start_of(query)
        rows = [] if keys else _begun(start)
    if keys:
        yield keys
    elif not rows:
        yield from word_search.walk(ResidentWord, query)
    while rows:
        yield [key for key, _phone in rows]
        with connected():
            rows = _begun(start, after=rows[-1][1])


def _exact(query: str, most: int | None = None) -> list[Any]:
    """Those of this phone, now or before, or account."""
    keys: list[Any] = []
    with suppress(fields.FieldError):
        phone = fields.phone(query)
        keys = _keys(User.select(User.id).where(User.phone == phone))
        keys += _keys(PassedNumber.select(PassedNumber.user).where(PassedNumber.phone == phone))
        keys += _keys(WayBack.select(WayBack.user).where(WayBack.phone == phone))
    with suppress(fields.FieldError):
        linked = AccountLink.select(AccountLink.user).where(
            AccountLink.account == fields.account_number(query)
        )
        keys += _keys(linked.limit(most))
    return list(dict.fromkeys(keys))


def _start_of(query: str) -> str:
    """The beginning of a phone that this is; "" for what is none."""
    digits = "".join(char for char in query if char.isdigit())
    if not set(query) <= _IN_PHONES or (len(digits) < FEWEST_DIGITS and not query.startswith("+7")):
        return ""
    digits = "7" + digits[1:] if digits.startswith("8") else digits
    return "+" + (digits if digits.startswith("7") else "7" + digits)


def _begun(start: str, after: str = "") -> list[tuple[Any, str]]:
    """Keys and phones of those whose phone begins so, from one phone on."""
    if not start:
        return []
    begun = User.select(User.id, User.phone).where(User.phone >= start, User.phone <= start + _LAST)
    rest = begun.where(User.phone > after) if after else begun
    return list(db.execute(rest.order_by(User.phone).limit(MOST + 1)).fetchall())


def _keys(query: Any) -> list[Any]:
    return [key for (key,) in db.execute(query).fetchall()]


def catch_up(most: int) -> int:
    """Write the words of residents that have none, or of another address than now; returns of how many."""
    rows = list(User.select().where(User.worded_at.is_null()).limit(most))
    for row in rows:
        with db.atomic():
            update_words(row)
    return len(rows)
