"""Finds the accounts that a later import brought for connection requests, and invites who sent them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cabinet.models.account import Account
from cabinet.models.address import NO, SURE, Address, compare, parse, typed
from cabinet.models.audit import Audit
from cabinet.models.database import db
from cabinet.models.house_parts import NUMBERLESS
from cabinet.models.place_words import fold
from cabinet.models.request import OPEN_STATES, ConnectionRequest
from cabinet.models.request_note import RequestNote

PAGE = 20_000  # accounts: no long transaction, and no million of rows in memory
AT_ONCE = 500  # accounts looked up in one statement
SHOWN = 5  # accounts named in a note

Row = tuple[str, str, str, str]  # as Billed

_DIGITS = re.compile(r"[0-9]+")
_PLAIN = re.compile(r"[^a-zё\u0300-\u036f]*")  # text in small letters that `fold` would leave as it is


@dataclass
class Billed:
    """What billing says of an account. `premises` is the flat, where billing has it in a field of its own."""

    number: str
    printed: str
    line: str
    premises: str

    @cached_property
    def address(self) -> Address:
        """The address, taken apart."""
        address = parse(self.line)
        if self.premises and not address.house.flat and not address.house.room:
            address.house.take_premises(fold(self.premises))
        return address

    def __str__(self) -> str:
        return f"{self.printed}, {self.line}"


@dataclass
class Waiting:
    """A request that no account was found for yet, and the numbers of those found now: for certain, or by
    words alone; `elsewhere` is the account of its number, if that is at another address.
    """

    request: ConnectionRequest
    address: Address = field(init=False)
    found: list[str] = field(default_factory=list)
    likely: list[str] = field(default_factory=list)
    elsewhere: str = ""

    def __post_init__(self) -> None:
        one = self.request
        self.address = typed(one.city, one.street, one.house, one.building, one.flat)
        house = self.address.house
        self.clue = self.address.clue
        self.flat = _numbers(house.room or house.flat)[-1:]
        own = f"{house.number} {' '.join(number for _kind, number in house.parts)}"
        self.own = frozenset(_numbers(own))

    def may_be(self, text: str, numbers: list[str]) -> bool:
        """Whether it is worth while to take an address apart; `numbers` are those in it. Has to be cheap."""
        if self.clue not in text:
            return False
        if not self.flat or self.flat[0] in numbers:
            return True
        return "кв" not in text and self.own.issuperset(numbers[-1:])  # without a flat

    def judge(self, account: Billed) -> int:
        """Whether the account is at the address of the request; remembered, once."""
        likeness = compare(self.address, account.address)
        if likeness != NO:
            numbers = self.found if likeness == SURE else self.likely
            if account.number not in numbers:
                numbers.append(account.number)
        return likeness

    @property
    def in_doubt(self) -> bool:
        """Whether another account at the same address, if there is one, would decide."""
        return bool(self.found) and self.request.account_key not in self.found

    def settle(self) -> bool:
        """Match the request, or note what may help staff; whether it was matched. Can be repeated."""
        known = _billed([*self.found, *self.likely, self.elsewhere])
        found = [account for account in map(known.get, self.found) if account]
        found = [account for account in found if compare(self.address, account.address) == SURE]
        if found and self._certain(found):
            return _match(self.request, found)
        if likely := found + [account for account in map(known.get, self.likely) if account]:
            _note(self.request, f"Возможно, это лицевой счёт {_listed(likely)}")
        if account := known.get(self.elsewhere):
            told = f"Лицевой счёт {account.printed} есть в системе, но по другому адресу: {account.line}"
            _note(self.request, told)
        return False

    def _certain(self, found: list[Billed]) -> bool:
        """Whether these accounts are for certain of the flat (or house) that was meant."""
        if any(account.number == self.request.account_key for account in found):
            return True
        house = self.address.house
        one_place = all(compare(found[0].address, account.address) == SURE for account in found[1:])
        alone = len(found) == 1 or ((house.flat or house.room) and house.number != NUMBERLESS)
        return bool(one_place and alone)


def match_requests() -> int:
    """Match open requests with all accounts that billing has now; returns how many were matched.

    A request matches an account whose address is the same in all parts; of several there the one of its
    number. The match is noted for staff, and the resident is invited, once. What is only noted: an account
    whose address has the same words but not for certain the same parts, and one of the request's number at
    another address. After an import `cabinet.billing.matching` does the same with what it changed.
    """
    waiting = [Waiting(request) for request in waiting_requests()]
    search = Search(waiting)
    for page in _pages() if waiting else ():
        search.look_at(page)
    return sum(one.settle() for one in waiting)


def _pages() -> Iterator[list[Row]]:
    """All accounts, as `Billed`, a page at a time in the order of their keys."""
    columns, after = (Account.number, Account.printed, Account.address, Account.premises), ""
    while True:
        page = Account.select(*columns).where(Account.number > after).order_by(Account.number).limit(PAGE)
        rows = db.execute(page).fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][0]


class Search:
    """Looks for the accounts of waiting requests, a page at a time; few addresses come to be taken apart."""

    def __init__(self, waiting: list[Waiting]) -> None:
        self.by_number: dict[str, list[Waiting]] = defaultdict(list)
        self.by_clue: dict[str, list[Waiting]] = defaultdict(list)
        for one in waiting:
            self.by_number[one.request.account_key].append(one)
            if one.address.house.number:  # without a house a request can match nothing
                self.by_clue[one.clue].append(one)
        self.by_number.pop("", None)

    def look_at(self, page: list[Row]) -> None:
        """Let the requests judge a page of accounts."""
        lines = [line for _number, _printed, line, _premises in page]
        together = "\n".join(lines).lower()
        if not _PLAIN.fullmatch(together):
            together = "\n".join(map(_folded, lines))
        here = [one for clue, several in self.by_clue.items() if clue in together for one in several]
        asked = self.by_number.keys() & {number for number, _printed, _line, _premises in page}
        if here or asked:
            _look_at(page, here, {number: self.by_number[number] for number in asked})


def _look_at(page: list[Row], here: list[Waiting], asked: dict[str, list[Waiting]]) -> None:
    """Judge a page of accounts by the requests whose clue is in it, and by those of their numbers."""
    by_house = defaultdict(list)
    for one in here:
        by_house[one.address.house.number].append(one)
    numberless = by_house.pop(NUMBERLESS, [])
    for row in page:
        number, _printed, line, premises = row
        text = _folded(line)
        numbers = _numbers(text)
        if premises:
            numbers += _numbers(premises)
        likely = list(numberless)
        for house in set(numbers):
            likely += by_house.get(house, ())
        likely = [one for one in likely if one.may_be(text, numbers)]
        if likely or number in asked:
            account = Billed(*row)
            judged = {id(one): one.judge(account) for one in likely}
            for one in asked.get(number, ()):
                if (judged[id(one)] if id(one) in judged else one.judge(account)) == NO:
                    one.elsewhere = account.number


def _numbers(text: str) -> list[str]:
    return [digits.lstrip("0") for digits in _DIGITS.findall(text)]


def _folded(text: str) -> str:
    text = text.lower()
    return text if _PLAIN.fullmatch(text) else fold(text)


def waiting_requests() -> list[ConnectionRequest]:
    """Open requests without an account."""
    unmatched = ConnectionRequest.matched_account.is_null()
    return list(ConnectionRequest.select().where(ConnectionRequest.state.in_(OPEN_STATES), unmatched))


def _billed(numbers: list[str]) -> dict[str, Billed]:
    """What billing has of these accounts now."""
    found: dict[str, Billed] = {}
    columns = (Account.number, Account.printed, Account.address, Account.premises)
    for place in range(0, len(numbers), AT_ONCE):
        query = Account.select(*columns).where(Account.number.in_(numbers[place : place + AT_ONCE]))
        found.update((row[0], Billed(*row)) for row in db.execute(query).fetchall())
    return found


def _match(request: ConnectionRequest, accounts: list[Billed]) -> bool:
    """Mark, note and invite, all or nothing; False if somebody was faster."""
    chosen = next((a for a in accounts if a.number == request.account_key), accounts[0])
    changes: dict[Any, Any] = {"matched_account": chosen.number}
    with db.atomic():
        mine = (
            ConnectionRequest.id == request.id,
            ConnectionRequest.matched_account.is_null(),
            ConnectionRequest.state.in_(OPEN_STATES),
        )
        if not ConnectionRequest.update(**changes).where(*mine).execute():
            return False
        text = f"Лицевой счёт появился в системе: {_listed(accounts)}"
        RequestNote.create(request=request.id, kind="note", text=text)
        request.notify("request_matched", registered=request.user_id is not None)
        Audit.record("request-matched", "system", request.number, account=chosen.number)
        return True


def _listed(accounts: list[Billed]) -> str:
    more = len(accounts) - SHOWN
    return "; ".join(map(str, accounts[:SHOWN])) + (f" и ещё {more}" if more > 0 else "")


def _note(request: ConnectionRequest, text: str) -> None:
    """Tell staff, once."""
    with db.atomic():
        known = RequestNote.select().where(RequestNote.request == request.id, RequestNote.text == text)
        if not known.exists():
            RequestNote.create(request=request.id, kind="note", text=text)
