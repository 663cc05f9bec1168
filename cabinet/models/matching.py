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
from cabinet.models.request import OPEN_STATES, ConnectionRequest, RequestNote

BATCH = 20_000
SHOWN = 5  # accounts named in a note

_Row = tuple[str, str, str, str]  # as Billed

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
class _Waiting:
    """A request that no account was found for yet, and what was found now: for certain, or by words alone."""

    request: ConnectionRequest
    address: Address
    found: list[Billed] = field(default_factory=list)
    likely: list[Billed] = field(default_factory=list)
    elsewhere: Billed | None = None

    def __post_init__(self) -> None:
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
        """Whether the account is at the address of the request."""
        likeness = compare(self.address, account.address)
        if likeness != NO:
            (self.found if likeness == SURE else self.likely).append(account)
        return likeness

    def certain(self) -> list[Billed]:
        """The accounts found, if it is certain that they are of the flat (or house) that was meant."""
        if any(account.number == self.request.account_key for account in self.found):
            return self.found
        house = self.address.house
        one_place = all(compare(self.found[0].address, account.address) == SURE for account in self.found[1:])
        alone = len(self.found) == 1 or ((house.flat or house.room) and house.number != NUMBERLESS)
        return self.found if one_place and alone else []


def match_requests() -> int:
    """Match open requests with the accounts that billing has now; returns how many were matched.

    A request matches an account whose address is the same in all parts; of several there the one of its
    number. The match is noted for staff, and the resident is invited, once. What is only noted: an account
    whose address has the same words but not for certain the same parts, and one of the request's number at
    another address.
    """
    waiting = [_Waiting(request, _address(request)) for request in _unmatched()]
    if not waiting:
        return 0
    _search(waiting)
    return sum(map(_settle, waiting))


def _search(waiting: list[_Waiting]) -> None:
    """Look at every account; few come to be taken apart."""
    by_number, by_clue = defaultdict(list), defaultdict(list)
    for one in waiting:
        by_number[one.request.account_key].append(one)
        if one.address.house.number:  # without a house a request can match nothing
            by_clue[one.clue].append(one)
    by_number.pop("", None)
    for page in _pages():
        lines = [line for _number, _printed, line, _premises in page]
        together = "\n".join(lines).lower()
        if not _PLAIN.fullmatch(together):
            together = "\n".join(map(_folded, lines))
        here = [one for clue, several in by_clue.items() if clue in together for one in several]
        asked = by_number.keys() & {number for number, _printed, _line, _premises in page}
        if here or asked:
            _look_at(page, here, {number: by_number[number] for number in asked})


def _look_at(page: list[_Row], here: list[_Waiting], asked: dict[str, list[_Waiting]]) -> None:
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
                    one.elsewhere = account


def _numbers(text: str) -> list[str]:
    return [digits.lstrip("0") for digits in _DIGITS.findall(text)]


def _folded(text: str) -> str:
    text = text.lower()
    return text if _PLAIN.fullmatch(text) else fold(text)


def _address(request: ConnectionRequest) -> Address:
    return typed(request.city, request.street, request.house, request.building, request.flat)


def _unmatched() -> Iterator[ConnectionRequest]:
    unmatched = ConnectionRequest.matched_account.is_null()
    yield from ConnectionRequest.select().where(ConnectionRequest.state.in_(OPEN_STATES), unmatched)


def _pages() -> Iterator[list[_Row]]:
    """All accounts, in pieces: no long transaction, and no million of rows in memory."""
    last = ""
    columns = (Account.number, Account.printed, Account.address, Account.premises)
    while True:
        query = Account.select(*columns).where(Account.number > last).order_by(Account.number)
        page: list[_Row] = db.execute(query.limit(BATCH)).fetchall()
        if page:
            yield page
        if len(page) < BATCH:
            return
        last = page[-1][0]


def _settle(one: _Waiting) -> bool:
    """Match a request, or note what may help staff; whether it was matched."""
    if certain := one.certain():
        return _match(one.request, certain)
    if likely := one.found + one.likely:
        _note(one.request, f"Возможно, это лицевой счёт {_listed(likely)}")
    if one.elsewhere:
        account = one.elsewhere
        _note(
            one.request,
            f"Лицевой счёт {account.printed} есть в системе, но по другому адресу: {account.line}",
        )
    return False


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
