"""Finds the accounts that a later import brought for connection requests, and invites who sent them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from cabinet.models.account import Account
from cabinet.models.audit import Audit
from cabinet.models.database import db
from cabinet.models.request import OPEN_STATES, ConnectionRequest, RequestNote

BATCH = 20_000

_DIGITS = re.compile(r"[0-9]+")
_TOKEN = re.compile(r"[0-9]+(?:[а-яa-z](?![а-яa-z]))?|[а-яa-z]+")
_SPACED_LETTER = re.compile(r"(?<=\d)[ -]([абвгдежзил])(?![а-яa-z.])")  # 5 А, 5-А; not 5 к. 1
_GROUPED = re.compile(r"(?<=\d)(к|корп|корпус|стр|с|лит|литера)(?=\.? ?\d)")  # 5к1
_ORDINAL = re.compile(r"(?<=\d)-?(?:й|я|е|го|ая|ый|ий|ой)(?![а-я])")  # 1-я, 8-го
_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")  # house 5A, typed in Latin
_TYPES = frozenset(  # kinds of places and their short forms, which every source writes in its own way
    re.findall(
        r"\w+",
        """
        россия рф область обл край республика респ район рн р н округ ао г гор город пгт рп п пос поселок с
        село д дер деревня х хутор станица ст тер территория снт днт ул улица пр кт т просп проспект пер
        переулок проезд б бул бульвар ш шоссе наб набережная пл площадь туп тупик ал аллея мкр микрорайон кв
        л квартал дом вл владение двлд к корп корпус стр строение лит литера квартира оф офис ком комната пом
        помещение им имени
        """,
    )
)


class Billed(NamedTuple):
    """What billing says of an account."""

    number: str
    printed: str
    address: str


def match_requests() -> int:
    """Match open requests with the accounts that billing has now; returns how many were matched.

    A request matches an account at its address; of several there the one of its number. The match is noted
    for staff, and the resident is invited, once. An account of its number at another address is only noted.
    """
    waiting = [_Waiting(request) for request in _unmatched()]
    if not waiting:
        return 0
    by_number, by_place = defaultdict(list), defaultdict(list)
    for one in waiting:
        by_number[one.request.account_key].append(one)
        by_place[one.numbers].append(one)
    by_number.pop("", None)
    ends = {re.sub(r"\D", "", numbers[-1]) for numbers in by_place if numbers}
    for account in _accounts():
        for one in by_number.get(account.number, ()):
            if not one.lives_at(account.address):
                _note_number(one.request, account)
        digits = _DIGITS.findall(account.address)  # most accounts are done with by this
        if digits and digits[-1].lstrip("0") in ends:
            for one in by_place.get(_numbers(account.address), ()):
                if one.lives_at(account.address):
                    one.found.append(account)
    return sum(_match(one.request, one.found) for one in waiting if one.found)


class _Waiting:
    """A request that no account was found for yet."""

    def __init__(self, request: ConnectionRequest) -> None:
        self.request = request
        self.numbers, self.words = _numbers(request.address), _words(request.address)
        self.found: list[Billed] = []

    def lives_at(self, address: str) -> bool:
        """Whether this is the address of the request."""
        return bool(self.words) and self.numbers == _numbers(address) and self.words <= _words(address)


def _unmatched() -> Iterator[ConnectionRequest]:
    unmatched = ConnectionRequest.matched_account.is_null()
    yield from ConnectionRequest.select().where(ConnectionRequest.state.in_(OPEN_STATES), unmatched)


def _accounts() -> Iterator[Billed]:
    """All accounts, in pieces: no long transaction, and no million of rows in memory."""
    last = ""
    while True:
        query = Account.select(Account.number, Account.printed, Account.address)
        rows: Any = list(query.where(Account.number > last).order_by(Account.number).limit(BATCH).tuples())
        yield from map(Billed._make, rows)
        if len(rows) < BATCH:
            return
        last = rows[-1][0]


def _match(request: ConnectionRequest, accounts: list[Billed]) -> bool:
    """Mark, note and invite, all or nothing; False if somebody was faster."""
    chosen = next((a for a in accounts if a.number == request.account_key), accounts[0])
    text = "; ".join(f"{a.printed}, {a.address}" for a in accounts)
    changes: dict[Any, Any] = {"matched_account": chosen.number}
    with db.atomic():
        mine = (
            ConnectionRequest.id == request.id,
            ConnectionRequest.matched_account.is_null(),
            ConnectionRequest.state.in_(OPEN_STATES),
        )
        if not ConnectionRequest.update(**changes).where(*mine).execute():
            return False
        RequestNote.create(request=request.id, kind="note", text=f"Лицевой счёт появился в системе: {text}")
        request.notify("request_matched", registered=request.user_id is not None)
        Audit.record("request-matched", "system", request.number, account=chosen.number)
        return True


def _note_number(request: ConnectionRequest, account: Billed) -> None:
    text = f"Лицевой счёт {account.printed} есть в системе, но по другому адресу: {account.address}"
    with db.atomic():
        known = RequestNote.select().where(RequestNote.request == request.id, RequestNote.text == text)
        if not known.exists():
            RequestNote.create(request=request.id, kind="note", text=text)


def _tokens(address: str) -> list[str]:
    text = address.lower().replace("ё", "е")
    text = _GROUPED.sub(r" \1", _ORDINAL.sub("", text))
    tokens = _TOKEN.findall(_SPACED_LETTER.sub(r"\1", text))
    return [token.translate(_LOOK_ALIKES) if token[0].isdigit() else token for token in tokens]


def _numbers(address: str) -> tuple[str, ...]:
    """House, building, flat and the numbers in names of streets, in order; without the postcode."""
    return tuple(
        t.lstrip("0") for t in _tokens(address) if t[0].isdigit() and not re.fullmatch("[0-9]{6}", t)
    )


def _words(address: str) -> frozenset[str]:
    """The words that are names, not kinds, of places."""
    return frozenset(t for t in _tokens(address) if not t[0].isdigit() and t not in _TYPES)
