"""Finds accounts of billing by what somebody says on the telephone: a number of any kind, or an address."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from cabinet import fields
from cabinet.models import word_search
from cabinet.models.account import Account, billed_number
from cabinet.models.billed_house import BilledHouse, HouseWord
from cabinet.models.word_search import is_whole, telling, words_in

MOST = 20  # shown
LOOKED_AT = 2000  # accounts whose addresses are compared word by word
AT_ONCE = 250


def find_accounts(query: str) -> tuple[list[Account], bool]:
    """The accounts of this number (of billing, ЕЛС, ЖКУ), else those whose address has all of these words.

    Words may stand in any order, and but for numbers only begin so. A number alone is that of the house.
    What an import has just brought is found by its address a little later. True besides: there may be others.
    """
    if not query.strip():
        return [], False
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
    found: dict[str, Account] = {}
    more, looked_at = False, 0
    for words in _ways(asked):
        houses = word_search.find(HouseWord, b" ".join(words).decode())
        more = more or houses.more
        numbers_here = _numbers(houses.keys)
        while numbers := list(islice(numbers_here, AT_ONCE)):
            if len(found) > MOST or looked_at >= LOOKED_AT:
                return list(found.values())[:MOST], True
            looked_at += len(numbers)
            rows = Account.select().where(Account.number.in_(numbers)).order_by(Account.number)
            found.update((row.number, row) for row in rows if _has_all(row, asked))
    return list(found.values())[:MOST], more or len(found) > MOST


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


def _has_all(account: Account, words: list[bytes]) -> bool:
    own = words_in(f"{account.address} {account.premises}")
    return all(any(one == word if is_whole(word) else one.startswith(word) for one in own) for word in words)
