"""Which requests a list or a file has: its tab, the search, the colleague, the days; and in which order."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import abort, request
from peewee import ModelSelect

from cabinet.models.desk_figures import overdue, overdue_since
from cabinet.models.request import OPEN_STATES, STATES, ConnectionRequest
from cabinet.models.request_note import Unread
from cabinet.models.request_search import find
from cabinet.models.word_search import Found
from cabinet.staff.days import begin_of, day_asked, end_of
from cabinet.staff.guard import current_staff
from cabinet.staff.paging import PAGE, Page, page_of
from cabinet.staff.search import ALL

FEW = ("answered", "overdue")  # tabs of one page, longest waiting first
OTHERS = ("all", "mine", "found")


@dataclass(frozen=True)
class Sought:
    """`tab` is a state, one of FEW or of OTHERS; `who` the `Staff.id` of a colleague, "" for all.

    `since` and `until` are days of Moscow, both included.
    """

    tab: str
    who: str
    since: date | None
    until: date | None
    sort: str

    @classmethod
    def asked(cls, tab: str, members: dict[str, str]) -> "Sought":
        """As the address says it; what makes no sense is left out. 404 for a tab that is none."""
        if tab not in (*STATES, *FEW, *OTHERS):
            abort(404)
        who = request.args.get("who", "") if tab != "mine" else ""
        sort = "oldest" if request.args.get("sort") == "oldest" else ""
        return cls(tab, who if who in members else "", day_asked("since"), day_asked("until"), sort)

    @property
    def parameters(self) -> dict[str, str]:
        """The same for an address, without the tab."""
        days = {"since": self.since, "until": self.until}
        told = {name: day.isoformat() for name, day in days.items() if day}
        return {**told, **{name: text for name, text in (("who", self.who), ("sort", self.sort)) if text}}

    @property
    def is_ascending(self) -> bool:
        """Whether it begins with who waits longest."""
        return self.sort == "oldest" or self.tab in FEW

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
        bounds = {"least": begin_of(self.since), "most": end_of(self.until)}
        order, key = ConnectionRequest.created_at, ConnectionRequest.number
        return page_of(self._of_tab(), order, key, self.is_ascending, **bounds)

    def all(self) -> "ModelSelect[ConnectionRequest]":
        """All of them, for a file."""
        query, created = self._of_tab(), ConnectionRequest.created_at
        if self.tab == "answered":
            return query.where(ConnectionRequest.id.in_(Unread.select(Unread.request)))
        if self.tab == "overdue":
            late = overdue_since()
            return query.where(ConnectionRequest.state.in_(OPEN_STATES), created < late)
        if self.since:
            query = query.where(created >= begin_of(self.since))
        return query.where(created < end_of(self.until)) if self.until else query

    def _of_tab(self) -> "ModelSelect[ConnectionRequest]":
        query, whose = ConnectionRequest.select(), self.who
        if self.tab == "found":
            query = query.where(ConnectionRequest.id.in_(self.found.keys))
        if self.tab in STATES:
            query = query.where(ConnectionRequest.state == self.tab)
        if self.tab == "mine":
            whose = current_staff().id
        return query.where(ConnectionRequest.assignee == whose) if whose else query
