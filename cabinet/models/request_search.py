"""Finds connection requests by what somebody says on the telephone: words in any order, parts of numbers.

Each question to the database is of a bounded number of rows, however common the words are.
"""

from contextlib import suppress

from peewee import Expression, fn

from cabinet import fields
from cabinet.models.database import db
from cabinet.models.place_words import KINDS
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_words import RequestWord, words_in
from cabinet.models.user import search_key

MOST = 500  # requests whose words are compared; where each word is of more, the newest are
_LABELS = {"д", "дом", "кв", "квартира", "корп", "корпус", "к", "стр", "строение"}  # and kinds of places
_SILENT = {word.encode() for word in {*_LABELS, *KINDS}}


def find(query: str, most: int) -> list[ConnectionRequest]:
    """The newest requests, at most `most`, of this number, phone, account or e-mail; else of these words.

    Words are of names and addresses, as they begin; four digits are also the end of a phone.
    """
    if not query:
        return []
    found = ConnectionRequest.number == query
    with suppress(fields.FieldError):
        found |= ConnectionRequest.phone == fields.phone(query)
    with suppress(fields.FieldError):
        found |= ConnectionRequest.account_key == fields.account_number(query)
    if rows := _newest(found, most):
        return rows
    keys = _of_words(query)
    return _newest(ConnectionRequest.id.in_(keys), most) if keys else []


def _newest(found: Expression, most: int) -> list[ConnectionRequest]:
    return list(ConnectionRequest.select().where(found).order_by(ConnectionRequest.id.desc()).limit(most))


def _of_words(query: str) -> list[int]:
    """The keys of the requests that have each word of the query."""
    if "@" in query:
        return _having(RequestWord.word == search_key(query))
    words = _asked(query)
    if not words:
        return []
    fewest = min((_having(_matches(word)) for word in words), key=len)
    if (len(words) == 1 and len(fewest) <= MOST) or not fewest:
        return fewest
    if len(fewest) > MOST:
        newest = ConnectionRequest.select(fn.MAX(ConnectionRequest.id)).scalar() or 0
        fewest = list(range(max(newest - MOST, 0), newest + 1))
    known: dict[int, list[bytes]] = {}
    rows = RequestWord.select(RequestWord.request, RequestWord.word).where(RequestWord.request.in_(fewest))
    for key, word in db.execute(rows).fetchall():  # thousands: not as objects
        known.setdefault(key, []).append(bytes(word))
    return [key for key, have in known.items() if all(any(_is(one, word) for one in have) for word in words)]


def _asked(query: str) -> list[bytes]:
    """What to look for: without «ул.» and «д.», unless nothing else was said; «45-67» is one number."""
    digits = "".join(char for char in query if char.isdigit())
    if len(digits) == 4 and not any(char.isalpha() for char in query) and "/" not in query:
        return [digits.encode()]
    words = words_in(query)
    return [word for word in words if word not in _SILENT] or words


def _having(asked: Expression) -> list[int]:
    """The keys of requests with such a word, one more than MOST at most."""
    rows = RequestWord.select(RequestWord.request).where(asked).limit(MOST + 1)
    return [key for (key,) in db.execute(rows).fetchall()]


def _whole(word: bytes) -> bool:
    """Whether a word counts as a whole: house 3 is not house 35, and a letter is no name."""
    text = word.decode()
    return len(text) == 1 or any(char.isdigit() for char in text)


def _matches(word: bytes) -> Expression:
    begun: Expression = (RequestWord.word >= word) & (RequestWord.word < word + b"\xff")
    same: Expression = RequestWord.word == word
    return same if _whole(word) else begun


def _is(one: bytes, word: bytes) -> bool:
    return one == word if _whole(word) else one.startswith(word)


def catch_up(most: int) -> int:
    """Write the words of requests that have none, which code of before wrote; returns of how many."""
    have = RequestWord.select(RequestWord.id).where(RequestWord.request == ConnectionRequest.id)
    rows = list(ConnectionRequest.select().where(~fn.EXISTS(have)).limit(most))
    for row in rows:
        with db.atomic():
            row.remember_words()
    return len(rows)
