"""Finds connection requests by what somebody says on the telephone: words in any order, parts of numbers."""

from contextlib import suppress

from peewee import fn

from cabinet import fields
from cabinet.models import word_search
from cabinet.models.database import connected, db
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_words import RequestWord
from cabinet.models.word_search import MOST, Found


def find(query: str) -> Found:
    """The keys of the requests of this number, phone, account or e-mail; else of these words.

    Words are of names and addresses, as they begin; four digits are also the end of a phone.
    """
    if not query:
        return Found([])
    keys = _exact(query, MOST + 1)
    return (
        Found(keys[:MOST], len(keys) > MOST)
        if keys
        else word_search.find(RequestWord, query, ConnectionRequest)
    )


def find_all(query: str) -> list[int]:
    """The same without a limit, for a file, in no order."""
    with connected():
        keys = _exact(query) if query else []
    return keys or [key for keys in word_search.walk(RequestWord, query) for key in keys]


def _exact(query: str, most: int | None = None) -> list[int]:
    """Those of this number, phone or account, the newest first."""
    found = ConnectionRequest.number == query
    with suppress(fields.FieldError):
        found |= ConnectionRequest.phone == fields.phone(query)
    with suppress(fields.FieldError):
        found |= ConnectionRequest.account_key == fields.account_number(query)
    rows = ConnectionRequest.select(ConnectionRequest.id).where(found)
    return [row.id for row in rows.order_by(ConnectionRequest.id.desc()).limit(most)]


def catch_up(most: int) -> int:
    """Write the words of requests that have none, which code of before wrote; returns of how many."""
    have = RequestWord.select(RequestWord.id).where(RequestWord.owner == ConnectionRequest.id)
    rows = list(ConnectionRequest.select().where(~fn.EXISTS(have)).limit(most))
    for row in rows:
        with db.atomic():
            row.remember_words()
    return len(rows)
