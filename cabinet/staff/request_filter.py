"""Which requests a list or a file has: its tab, the search, the colleague, the days; and in which order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from flask import abort, request
from peewee import Field, ModelSelect, fn

from cabinet.models.database import connected
from cabinet.models.desk_figures import overdue, overdue_since
from cabinet.models.request import OPEN_STATES, STATES, ConnectionRequest
from cabinet.models.request_note import Unread
from cabinet.models.request_search import find, find_all
from cabinet.models.staff import Staff
from cabinet.models.word_search import Found
from cabinet.staff.batches import batches, by_keys, places
from cabinet.staff.days import begin_of, day_asked, end_of
from cabinet.staff.guard import current_staff
from cabinet.staff.paging import PAGE, Page, page_by, page_of, page_of_few
from cabinet.staff.search import ALL
from cabinet.staff.sorting import Order

FEW = ("answered", "overdue")  # tabs of one page, longest waiting first
OTHERS = ("all", "mine", "found")
COLUMNS = ("-created", "state", "colleague")
KEYS = (ConnectionRequest.created_at, ConnectionRequest.number)


@dataclass(frozen=True)
class Sought:
    """`tab` is a state, one of FEW or of OTHERS; `who` the `Staff.id` of a colleague, "" for all.

    `since` and `until` are days of Moscow, both included. `members` are all colleagues, by their names.
    """

    tab: str
    who: str
    since: date | None
    until: date | None
    order: Order
    members: tuple[str, ...]

    @classmethod
    def asked(cls, tab: str, members: dict[str, str]) -> "Sought":
        """As the address says it; what makes no sense is left out. 404 for a tab that is none."""
        if tab not in (*STATES, *FEW, *OTHERS):
            abort(404)
        who = request.args.get("who", "") if tab != "mine" else ""
        who = who if who in members else ""
        alike = {"state": tab in STATES, "colleague": bool(who) or tab == "mine"}  # in all rows of the list
        order = Order(
            Order.asked(*COLUMNS).parameter, tuple(column for column in COLUMNS if not alike.get(column))
        )
        by_name = tuple(sorted(members, key=lambda one: members[one]))
        return cls(tab, who, day_asked("since"), day_asked("until"), order, by_name)

    @property
    def parameters(self) -> dict[str, str]:
        """The same for an address, without the tab; the order also where this tab cannot have it."""
        days = {"since": self.since, "until": self.until}
        told = {name: day.isoformat() for name, day in days.items() if day}
        rest = {"who": self.who, "sort": self.order.sort}
        return {**told, **{name: text for name, text in rest.items() if text}}

    @cached_property
    def found(self) -> Found:
        """What the search found."""
        return find(ALL.query)

    def page(self) -> Page[Any]:
        """The page that the address asks for."""
        if self.tab == "answered":
            waiting = self._of_tab().join(Unread, on=Unread.request == ConnectionRequest.id)
            return Page(list(waiting.order_by(Unread.at).limit(PAGE)), "", True)
        if self.tab == "overdue":
            return Page(overdue(PAGE, self.who), "", True)
        if self.tab == "found":
            return page_of_few(self._few(), ConnectionRequest.number)
        bounds: dict[str, Any] = {"least": begin_of(self.since), "most": end_of(self.until)}
        if self.order.column == "created":
            return page_of(self._of_tab(), *KEYS, ascending=self.order.is_ascending, **bounds)
        lead, values = self._lead(self._busy() if self.order.column == "colleague" else ())
        return page_by(self._of_tab(), lead, values, *KEYS, **bounds)

    def batches(self) -> Iterator[list[ConnectionRequest]]:
        """All of them, for a file, which is written when the request is over."""
        query, order = self._of_tab(), self.order
        if self.tab == "answered":
            return batches(query.where(ConnectionRequest.id.in_(Unread.select(Unread.request))), KEYS)
        if self.tab == "overdue":
            late = ConnectionRequest.created_at < overdue_since()
            return batches(query.where(ConnectionRequest.state.in_(OPEN_STATES), late), KEYS)
        query = self._of_days(limited=False)
        if self.tab == "found":
            lead, values = self._lead(self.members) if order.column != "created" else (KEYS[0], [])
            return _found_in_order(query, ALL.query, lead, values, self._is_oldest_first)
        if order.column == "created":
            return batches(query, KEYS, order.is_ascending)
        return _in_order(query, *self._lead(self.members))

    def _few(self) -> list[ConnectionRequest]:
        """Those found; put in order here, for asked for few in an order databases might walk through all."""
        rows = sorted(self._of_days(), key=_place, reverse=not self._is_oldest_first)
        if self.order.column == "created":
            return rows
        lead, values = self._lead(self.members)
        ranks = {value: rank for rank, value in enumerate(values)}
        return sorted(rows, key=lambda row: ranks.get(getattr(row, lead.name), len(ranks)))

    @property
    def _is_oldest_first(self) -> bool:
        return self.order.column == "created" and self.order.is_ascending

    def _lead(self, members: Iterable[str]) -> tuple[Field, list[str | None]]:
        """The column that the list is in order of, and its values, one after the other; nobody is last."""
        lead: Field = ConnectionRequest.state
        values: list[str | None] = list(STATES)
        if self.order.column == "colleague":
            lead, values = ConnectionRequest.assignee, [*members, None]
        return lead, values if self.order.is_ascending else values[::-1]

    def _busy(self) -> list[str]:
        """The members who have any of these requests: a list of the others costs a statement each."""
        theirs = self._of_days().select(ConnectionRequest.id).where(ConnectionRequest.assignee == Staff.id)
        # not EXISTS, and in the order of an index: else PostgreSQL might read all requests
        busy = Staff.select(Staff.id).where(fn.COALESCE(theirs.order_by(*KEYS).limit(1), 0) > 0)
        have = {row.id for row in busy}
        return [member for member in self.members if member in have]

    def _of_days(self, limited: bool = True) -> "ModelSelect[ConnectionRequest]":
        query, created = self._of_tab(limited), ConnectionRequest.created_at
        if self.since:
            query = query.where(created >= begin_of(self.since))
        return query.where(created < end_of(self.until)) if self.until else query

    def _of_tab(self, limited: bool = True) -> "ModelSelect[ConnectionRequest]":
        """Those of the tab; where they are found, as many as a page shows, or all that might be found."""
        query, whose = ConnectionRequest.select(), self.who
        if self.tab == "found" and limited:
            query = query.where(ConnectionRequest.id.in_(self.found.keys))
        if self.tab in STATES:
            query = query.where(ConnectionRequest.state == self.tab)
        if self.tab == "mine":
            whose = current_staff().id
        return query.where(ConnectionRequest.assignee == whose) if whose else query


def _place(row: ConnectionRequest) -> tuple[Any, ...]:
    return tuple(getattr(row, key.name) for key in KEYS)


def _in_order(query: Any, lead: Field, values: list[str | None]) -> Iterator[list[ConnectionRequest]]:
    """All of a query: by the values of a column, then the newest first; the order is that of one moment.

    Keys alone are put in order, for while the file is written staff change what it is in order of.
    """
    by_value: dict[str | None, list[int]] = {value: [] for value in values}
    with connected():
        rows = query.select(ConnectionRequest.id, lead).order_by(*(key.desc() for key in KEYS))
        for key, value in rows.tuples().iterator():
            by_value.setdefault(value, []).append(key)
    yield from by_keys(ConnectionRequest.id, chain.from_iterable(by_value.values()))


def _found_in_order(
    query: Any, words: str, lead: Field, values: list[str | None], is_ascending: bool
) -> Iterator[list[ConnectionRequest]]:
    """All of a query that a search for the words finds: by the values of a column, then as they came.

    Only their numbers are put in order, so as many may be found as there are.
    """
    ranks = {value: rank for rank, value in enumerate(values)}
    told = places(query, ConnectionRequest.id, lead, find_all(words))
    order = sorted((ranks.get(value, len(ranks)), key if is_ascending else -key) for key, value in told)
    yield from by_keys(ConnectionRequest.id, (abs(key) for _rank, key in order))
