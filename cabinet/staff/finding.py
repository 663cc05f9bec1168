"""One search for requests and residents: its page, and suggestions while somebody types."""

from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from cabinet.models import request_search, resident_search
from cabinet.models.account import Account
from cabinet.models.database import db
from cabinet.models.linking import AccountLink
from cabinet.models.request import ConnectionRequest
from cabinet.models.user import User
from cabinet.models.word_search import Found
from cabinet.staff.guard import bp, record, show
from cabinet.staff.requests import state_names
from cabinet.staff.search import ALL
from cabinet.web.flow import advance

ON_PAGE, SUGGESTED = 10, 5
FEWEST = 2  # characters that something is suggested for


@dataclass
class Result:
    """The first of the requests and residents found. `addresses` are those of the residents, by their ids."""

    requests: list[ConnectionRequest]
    residents: list[User]
    more: dict[str, bool]
    addresses: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, query: str, most: int) -> "Result":
        """What is found, at most so many of each kind."""
        requests, residents = request_search.find(query), resident_search.find(query)
        asked, order = ConnectionRequest.id.in_(requests.keys), ConnectionRequest.id.desc()
        rows = list(ConnectionRequest.select().where(asked).order_by(order).limit(most))
        more = {"requests": _more(requests, most), "residents": _more(residents, most)}
        found = cls(rows, _by_name(residents.keys, most), more)
        found.addresses = _addresses([user.id for user in found.residents])
        return found

    def shown(self) -> list[Any]:
        """Whose data are seen, for the audit."""
        return [*(row.number for row in self.requests), *(user.id for user in self.residents)]


def _by_name(keys: list[Any], most: int) -> list[User]:
    """The first of these residents by their names.

    They are few and put in order here: asked for ten in an order, PostgreSQL would walk through all names.
    """
    named = db.execute(User.select(User.search_name, User.id).where(User.id.in_(keys))).fetchall()
    first = [key for _name, key in sorted((bytes(name or b""), key) for name, key in named)[:most]]
    rows = {user.id: user for user in User.select().where(User.id.in_(first))}
    return [rows[key] for key in first if key in rows]  # none who is gone since


def _more(found: Found, most: int) -> bool:
    return found.more or len(found.keys) > most


def _addresses(users: list[str]) -> dict[str, list[str]]:
    rows = (
        AccountLink.select(AccountLink.user, Account.address)
        .join(Account)
        .where(AccountLink.user.in_(users))
        .order_by(AccountLink.created_at)
    )
    found: dict[str, list[str]] = {}
    for user, address in db.execute(rows).fetchall():
        found.setdefault(user, []).append(address)
    return found


@bp.get("/search")
def find() -> Response:
    """What was searched for last: requests, and residents."""
    result = Result.of(ALL.query, ON_PAGE)
    record("searched", shown=result.shown())
    return show("search.html", result=result, searched=ALL.query, states=state_names())


@bp.post("/search")
def submit_find() -> Response:
    """Search; what is searched for is personal and stays out of addresses."""
    ALL.submit()
    return advance("staff.find")


@bp.post("/search/suggestions")
def suggest() -> str:
    """The first that would be found by what is typed so far."""
    typed = ALL.typed() or ""
    if len(typed) < FEWEST:
        return ""
    result = Result.of(typed, SUGGESTED)
    record("searched", shown=result.shown())
    return render_template("staff/_suggestions.html", result=result, states=state_names())
