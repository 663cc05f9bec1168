"""Compares waiting connection requests with what an import changed, a page of accounts at a time.

How far it has come is stored with the import after each page: if the process dies, whoever comes next goes on
from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cabinet.billing.sql import execute
from cabinet.billing.words import outdate_words
from cabinet.models.alone import alone
from cabinet.models.database import db
from cabinet.models.import_batch import ImportBatch
from cabinet.models.matching import PAGE, Row, Search, Waiting, waiting_requests

EVERY = "account WHERE TRUE"


def match_imported(wait: bool = True) -> int:
    """Match open requests with what came by imports; returns how many were matched.

    What matches is said by `cabinet.models.matching`. Unless it may `wait`, it leaves the work to another
    process that is at it.
    """
    if not ImportBatch.unmatched():
        return 0
    with alone("matching", wait) as mine:
        return sum(_Matching(batch).run() for batch in ImportBatch.unmatched()) if mine else 0


@dataclass(frozen=True)
class _Source:
    """Accounts that an import wrote: rows of a table, the column with their numbers, a month."""

    rows: str
    key: str = "number"
    period: date | None = None

    def pages(self, after: str) -> Iterator[tuple[str, list[Row]]]:
        """The last number of each page, and what the cabinet has of its accounts."""
        values: dict[str, Any] = {} if self.period is None else {"period": self.period}
        keys = f"SELECT {self.key} AS number FROM {self.rows} AND {self.key} > :after"
        page = (
            "SELECT keys.number, account.number, printed, address, premises "
            f"FROM ({keys} ORDER BY {self.key} LIMIT {PAGE}) AS keys "
            "LEFT JOIN account ON account.number = keys.number ORDER BY keys.number"
        )
        while found := execute(page, after=after, **values).fetchall():
            after = found[-1][0]
            yield after, [row[1:] for row in found if row[1] is not None]


class _Matching:
    """The comparison of requests with one import."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.state: dict[str, Any] = {"source": 0, "after": "", "found": {}, **batch.matching}
        self.waiting = self._waiting()

    def run(self) -> int:
        """Go on to the end; returns how many requests were matched."""
        outdate_words(self.batch)
        if self.waiting and self.batch.state == "done":
            sources = self._sources()
            for place in range(self.state["source"], len(sources)):
                self._go_through(place, sources[place])
            if sources[0].rows != EVERY:
                self._confirm(len(sources))
        self.batch.state = ImportBatch.get_by_id(self.batch.id).state
        matched = sum(one.settle() for one in self.waiting) if self.batch.state == "done" else 0
        self._store(None)
        return matched

    def _waiting(self) -> list[Waiting]:
        """Requests that were waiting when this began, with what was found for them so far."""
        requests = waiting_requests()
        newest = self.state.setdefault("newest", max((request.id for request in requests), default=0))
        found = self.state["found"]
        return [
            Waiting(request, **found.get(str(request.id), {})) for request in requests if request.id <= newest
        ]

    def _sources(self) -> list[_Source]:
        """What the import wrote: accounts, and charges of accounts that were there before."""
        parts = self.batch.parts()
        if any(part.fresh for part in parts):
            return [_Source(EVERY)]
        ours = f"batch IN ({', '.join(str(part.id) for part in parts)})"
        found = [_Source(f"account_before WHERE {ours}")]
        for month in self.batch.periods():
            rows = "charge WHERE" if month.fresh else f"charge_before WHERE {ours} AND"
            found.append(_Source(f"{rows} period = :period", "account", month.period))
        return found

    def _go_through(self, place: int, source: _Source, waiting: list[Waiting] | None = None) -> None:
        """Compare the requests with a source's accounts."""
        if place > self.state["source"]:
            self.state.update(source=place, after="")
        search = Search(self.waiting if waiting is None else waiting)
        for after, page in source.pages(self.state["after"]):
            search.look_at(page)
            self.state["after"] = after
            self._store(self._so_far())

    def _confirm(self, place: int) -> None:
        """Whoever is to be invited, be it certain that no other account is at the same address."""
        if doubtful := [one for one in self.waiting if one.in_doubt]:
            self._go_through(place, _Source(EVERY), doubtful)

    def _so_far(self) -> dict[str, Any]:
        found = {
            str(one.request.id): {"found": one.found, "likely": one.likely, "elsewhere": one.elsewhere}
            for one in self.waiting
            if one.found or one.likely or one.elsewhere
        }
        return {**self.state, "found": found}

    def _store(self, state: dict[str, Any] | None) -> None:
        with db.atomic():
            ImportBatch.update(matching=state).where(ImportBatch.id == self.batch.id).execute()
