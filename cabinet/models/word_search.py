"""Tables of words, by which staff find requests and residents: in any order, as the words begin.

Each question to the database is of a bounded number of rows, however common the words are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import BlobField

from cabinet.models.base import Model
from cabinet.models.database import connected
from cabinet.models.place_words import KINDS
from cabinet.models.prepared import execute
from cabinet.models.user import search_key

MOST = 200  # rows found: few enough that they are looked up by their keys, whatever their order
MANY = 4_000  # rows of the rarest word that are looked at
COMMON = 2_000  # rows that are looked at where each word has more
PORTION = 1_000  # … at once, by who reads all that there is
_WORD = re.compile(r"[^\W_]+")
_LABELS = {"д", "дом", "кв", "квартира", "корп", "корпус", "к", "стр", "строение"}  # and kinds of places
_SILENT = {word.encode() for word in {*_LABELS, *KINDS}}


class Words(Model):
    """One word of a row, its `owner`, as `search_key` has it; indexed both ways."""

    id: Any
    owner: Any
    word: Any = BlobField()  # bytes: the same order on both databases


@dataclass(frozen=True)
class Found:
    """Keys of what was found. `more`: there may be others, for the words are too common."""

    keys: list[Any]
    more: bool = False


def words_in(text: str) -> list[bytes]:
    """The words and numbers of a text; what a hyphen joins are two."""
    return [word.encode() for word in _WORD.findall(search_key(text).decode())]


def telling(text: str) -> list[bytes]:
    """The words of a text without «ул.» and «д.»; those, if there are no others."""
    words = words_in(text)
    return [word for word in words if word not in _SILENT] or words


def words_of(name: str, address: str, email: str, phone: str) -> list[bytes]:
    """What somebody is found by: names, address, e-mail, the last four digits of the phone."""
    end = phone[-4:] if phone.startswith("+") else ""  # a resident whose number passed on has none
    said = {*words_in(name), *words_in(address)}
    return sorted({*said, *filter(None, [search_key(email), end.encode()])})


def remember(table: type[Words], owner: Any, words: list[bytes]) -> None:
    """Write the words of a row; those that it has no longer go. Inside the caller's transaction."""
    table.delete().where(table.owner == owner, table.word.not_in(words)).execute()
    add(table, owner, words)


def add(table: type[Words], owner: Any, words: list[bytes]) -> None:
    """Write further words of a row, inside the caller's transaction."""
    rows = [{"word": word, "owner": owner} for word in words]
    table.insert_many(rows).on_conflict_ignore().execute()


def find(table: type[Words], query: str, newest_of: type[Model] | None = None) -> Found:
    """The rows that have each word of the query; four digits are the end of a phone.

    Where every word is too common, only COMMON rows are looked at: the newest of the table `newest_of`, whose
    keys are numbers, or the first by the word.
    """
    words = _asked(query)
    counted = sorted((_count(table, word), word) for word in words)
    if not counted or not counted[0][0]:
        return Found([])
    values: list[bytes] = []
    common = counted[0][0] > MANY
    rarest, others = counted[0][1], [word for _count, word in counted[1:]]
    if common and newest_of:
        candidates, others = _newest(newest_of), words
    else:
        condition, values = _matches(rarest)
        order = f"ORDER BY word DESC, {_owner(table)} DESC"
        candidates = f"SELECT {_owner(table)} AS owner FROM {_name(table)} WHERE {condition} {order}"  # noqa: S608
    most = COMMON if common else MANY
    keys = _having_all(table, f"{candidates} LIMIT {most}", values, others)
    return Found(keys[:MOST], common or len(keys) > MOST)


def walk(table: type[Words], query: str) -> Iterator[list[Any]]:
    """The keys of all rows that have each word of the query, as many as there are, each once.

    They come in portions, in the order of the rarest word; each statement looks at PORTION rows, and between
    them no connection is held.
    """
    with connected():
        counted = sorted((_count(table, word), word) for word in _asked(query))
    if not counted or not counted[0][0]:
        return
    rarest, *others = [word for _number, word in counted]
    place: tuple[Any, ...] = ()
    while True:
        with connected():
            rows = _portion(table, rarest, others, place)
        yield [owner for _word, owner, is_found in rows if is_found]
        if len(rows) < PORTION:
            return
        place = rows[-1][:2]


def _portion(table: type[Words], rarest: bytes, others: list[bytes], place: tuple[Any, ...]) -> list[Any]:
    """Rows of the rarest word after the place: word, key, and whether it has all words and is new."""
    condition, values = _matches(rarest)
    name, owner = _name(table), _owner(table)
    mine = f"SELECT word FROM {name} WHERE {owner} = candidate.owner AND"  # noqa: S608
    # somebody may have both «иван» and «иванов»
    told, asked = f"({mine} {condition} ORDER BY word LIMIT 1) = candidate.word", list(values)
    for word in others:
        further, wanted = _matches(word)
        told += f" AND ({mine} {further} LIMIT 1) IS NOT NULL"
        asked += wanted
    after = f"AND (word, {owner}) > (?, ?)" if place else ""
    order = f"ORDER BY word, {owner} LIMIT {PORTION}"
    candidates = f"SELECT word, {owner} AS owner FROM {name} WHERE {condition} {after} {order}"  # noqa: S608
    columns = f"word, owner, CASE WHEN {told} THEN 1 ELSE 0 END"
    sql = f"SELECT {columns} FROM ({candidates}) AS candidate ORDER BY word, owner"  # noqa: S608
    return list(execute(sql, [*asked, *values, *place]).fetchall())


def _having_all(table: type[Words], candidates: str, values: list[Any], words: list[bytes]) -> list[Any]:
    """The keys of those candidates that have all words, one more than MOST at most."""
    conditions = []
    for word in words:
        condition, wanted = _matches(word)
        mine = f"{_owner(table)} = candidate.owner AND {condition}"
        # not EXISTS: PostgreSQL would read all rows of a common word and join them
        conditions.append(f"(SELECT 1 FROM {_name(table)} WHERE {mine} LIMIT 1) IS NOT NULL")  # noqa: S608
        values = [*values, *wanted]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = execute(f"SELECT owner FROM ({candidates}) AS candidate {where} LIMIT {MOST + 1}", values)  # noqa: S608
    return list(dict.fromkeys(key for (key,) in rows.fetchall()))


def _asked(query: str) -> list[bytes]:
    """What to look for: «45-67» is one number, an e-mail one word."""
    if "@" in query:
        return [search_key(query)]
    digits = "".join(char for char in query if char.isdigit())
    if len(digits) == 4 and not any(char.isalpha() for char in query) and "/" not in query:
        return [digits.encode()]
    return list(dict.fromkeys(telling(query)))


def _count(table: type[Words], word: bytes) -> int:
    """In how many rows it is, as far as that matters."""
    condition, values = _matches(word)
    order = f"ORDER BY word, {_owner(table)}"  # or PostgreSQL might look for a common word in all rows
    some = f"SELECT 1 FROM {_name(table)} WHERE {condition} {order} LIMIT {MANY + 1}"  # noqa: S608
    return int(execute(f"SELECT COUNT(*) FROM ({some}) AS counted", values).fetchone()[0])  # noqa: S608


def _matches(word: bytes) -> tuple[str, list[bytes]]:
    """The condition that a word begins so, or is the same, and its values."""
    if is_whole(word):
        return "word = ?", [word]
    return "word >= ? AND word < ?", [word, word + b"\xff"]


def is_whole(word: bytes) -> bool:
    """Whether a word counts as a whole: house 3 is not house 35, and a letter is no name."""
    text = word.decode()
    return "@" not in text and (len(text) == 1 or any(char.isdigit() for char in text))


def _newest(model: Any) -> str:
    return f"SELECT id AS owner FROM {model._meta.table_name} ORDER BY id DESC"  # noqa: S608


def _name(table: Any) -> str:
    return str(table._meta.table_name)


def _owner(table: Any) -> str:
    return str(table.owner.column_name)
