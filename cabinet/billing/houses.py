"""Keeps the houses by which staff find accounts in step with billing; the worker does so after an import."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

from cabinet.models.alone import alone
from cabinet.models.billed_house import BilledHouse, HouseWord, house_of
from cabinet.models.database import db
from cabinet.models.heartbeat import Heartbeat
from cabinet.models.import_batch import ImportBatch
from cabinet.models.prepared import execute
from cabinet.models.word_search import telling

DONE = "houses-2"  # the name of when they were in step; another where `house_of` is changed
PAGE = 20_000  # accounts read at once
PIECE = 200  # houses of one transaction
MOST = 500  # accounts of one row; a house with more has several rows

_ACCOUNTS = "SELECT number, address, premises FROM account WHERE number > ? ORDER BY number LIMIT ?"


def refresh(wait: bool = True) -> bool:
    """Write down which accounts are in which house, where an import has ended since; whether there was one.

    Only houses that changed are written. What is cut short is begun anew. No import runs meanwhile; unless
    it may `wait`, nothing is done where one is at work.
    """
    if not are_behind():
        return False
    with alone("billing", wait) as mine:
        if mine:
            _write()
            Heartbeat.beat(DONE)
        return mine


def are_behind() -> bool:
    """Whether what an import has brought is not found by its address yet."""
    done = Heartbeat.get_or_none(Heartbeat.name == DONE)
    return done is None or ImportBatch.select().where(ImportBatch.finished_at >= done.at).exists()


def _write() -> None:
    rows = execute("SELECT id, digest FROM billed_house", []).fetchall()
    last = max((key for key, _digest in rows), default=0)
    known = {digest: key for key, digest in rows}
    fresh = ((house, numbers) for house, numbers in _houses() if not known.pop(_digest(house, numbers), None))
    while piece := list(islice(fresh, PIECE)):
        with db.atomic():
            _add(piece, last + 1)
        last += len(piece)
    gone = iter(known.values())
    while keys := list(islice(gone, PIECE)):
        with db.atomic():
            BilledHouse.delete().where(BilledHouse.id.in_(keys)).execute()


def _houses() -> Iterator[tuple[str, str]]:
    """The address of each house with the numbers of its accounts, in the order of these."""
    houses: defaultdict[str, bytearray] = defaultdict(bytearray)  # a tenth of what as many texts would take
    after = ""
    while page := execute(_ACCOUNTS, [after, PAGE]).fetchall():
        for number, address, premises in page:
            houses[house_of(address, premises)] += f"{number} ".encode()
        after = page[-1][0]
    for house, numbers in houses.items():
        own = numbers.decode().split()
        for place in range(0, len(own), MOST):
            yield house, " ".join(own[place : place + MOST])


def _digest(house: str, numbers: str) -> int:
    digest = blake2b(f"{house}\n{numbers}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _add(piece: Iterable[tuple[str, str]], first: int) -> None:
    """Write new houses under the numbers from `first` on; inside the caller's transaction."""
    houses: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for key, (house, numbers) in enumerate(piece, first):
        houses.append({"id": key, "digest": _digest(house, numbers), "accounts": numbers})
        words += ({"word": word, "owner": key} for word in set(telling(house)))
    BilledHouse.insert_many(houses).execute()
    if words:
        HouseWord.insert_many(words).execute()
