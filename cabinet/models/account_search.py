"""Finds accounts of billing by what somebody says on the telephone: a number of any kind, or an address."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from cabinet import fields
from cabinet.models import word_search
from cabinet.models.account import Account, billed_number
from cabinet.models.billed_house import BilledHouse, HouseWord
from cabinet.models.prepared import execute
from cabinet.models.word_search import is_whole, telling, words_in

MOST = 20  # shown
LOOKED_AT = 2000  # accounts whose addresses are compared word by word
AT_ONCE = 250


def find_accounts(query: str) -> tuple[list[Account], bool]:
    """The accounts of this number (of billing, ЕЛС, ЖКУ), else those whose address has all of these words.

    Words may stand in any order, and but for numbers only begin so. A number alone is that of the house.
    What an import has just brought is found by its address a little later. True besides: there may be others.
    """
    with suppress(fields.FieldError):
        found: Account | None = Account.get_or_none(
            Account.number == billed_number(fields.account_number(query))
        )
        if found:
            return [found], False
    asked = list(dict.fromkeys(telling(query)))
    if not any(len(word) > 2 and not word.isdigit() for word in asked):
        return [], False  # house 5 of any street
    return _at(asked)


def _at(asked: list[bytes]) -> tuple[list[Account], bool]:
    """The accounts at this address, those first whose house has all words of it."""
    found: dict[str, None] = {}
    more, looked_at = False, 0
    for words in _ways(asked):
        houses = word_search.find(HouseWord, b" ".join(words).decode())
        more = more or houses.more
        numbers_here = _numbers(houses.keys)
        while numbers := list(islice(numbers_here, AT_ONCE)):
            if len(found) > MOST or looked_at >= LOOKED_AT:
                return _accounts(found), True
            looked_at += len(numbers)
            found.update(dict.fromkeys(sorted(_having_all(numbers, asked))))
    return _accounts(found), more or len(found) > MOST


def _ways(asked: list[bytes]) -> Iterator[list[bytes]]:
    """Which words may be the house's: all of them, or all but a number, which is the flat's."""
    yield asked
    numbers = [word for word in asked if any(char.isdigit() for char in word.decode())]
    if len(numbers) > 1:
        for number in reversed(numbers):
            yield [word for word in asked if word != number]
    if len(numbers) > 2:  # and a room
        yield [word for word in asked if word not in numbers[1:]]


def _numbers(houses: list[int]) -> Iterator[str]:
    """The numbers of the accounts of these houses."""
    rows = BilledHouse.select().where(BilledHouse.id.in_(houses)).order_by(BilledHouse.id)
    for row in rows if houses else ():
        yield from row.accounts.split()


def _having_all(numbers: list[str], asked: list[bytes]) -> list[str]:
    """Those of these accounts whose address has all words. Nothing else of them is read: they may be many."""
    places = ", ".join("?" * len(numbers))
    rows = execute(f"SELECT number, address, premises FROM account WHERE number IN ({places})", [*numbers])  # noqa: S608
    whole = {word for word in asked if is_whole(word)}
    having = []
    for number, address, premises in rows.fetchall():
        own = set(words_in(f"{address} {premises}"))
        if whole <= own and all(any(one.startswith(word) for one in own) for word in asked):
            having.append(number)
    return having


def _accounts(found: Iterable[str]) -> list[Account]:
    """The first of these accounts, in their order."""
    numbers = list(islice(found, MOST))
    rows = {row.number: row for row in Account.select().where(Account.number.in_(numbers))}
    return [rows[number] for number in numbers if number in rows]
