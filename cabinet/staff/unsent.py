"""Words typed into a form of the staff and not sent yet: they outlive a reload, and their writer's session.

They lie in the session as those of a request's page do (`typed.py`), by the address that the form is sent to:
a moment after they were typed the page's script sends the form there «quietly», and whatever comes when the
session is over, or is refused, is kept as well. What was sent is kept no longer.

Words that are to take the place of others, which the form shows, come with the field `was` that says
what it showed: once that has changed, they would cover what is newer, and are shown no more.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import current_app, g, request, url_for
from werkzeug.wrappers import Response

from cabinet.models.base import unix_time
from cabinet.models.half_written import AT, is_gone
from cabinet.staff import typed
from cabinet.staff.forms import LONGEST_TEXT
from cabinet.staff.paging import asked
from cabinet.web import session_keys as keys
from cabinet.web.flow import advance
from cabinet.web.sessions import session

V = TypeVar("V", bound=Callable[..., Any])
COLUMN = "column-"  # with a number: fields of a form that has as many as a file has columns
LIST = "staff.requests"  # has an order, which stays
MOST_FIELDS = 200  # of one form: a file may have many columns


@dataclass(frozen=True)
class _Form:
    """The page that shows a form, and the names of those of its fields that are worth keeping."""

    page: str
    names: tuple[str, ...]


FORMS: dict[str, _Form] = {}  # by the endpoint that a form is sent to


def keeps(page: str, *names: str) -> Callable[[V], V]:
    """Keep what is half-written in these fields of the form that a view takes and the view `page` shows."""

    def note(view: V) -> V:
        FORMS[f"staff.{view.__name__}"] = _Form(f"staff.{page}", names)
        return view

    return note


def half_written(view: str, only: tuple[str, str] | None = None, **arguments: str) -> dict[str, str]:
    """What is half-written in the form that this view takes with these arguments, by names of fields.

    `only`: a field and what must be kept in it. The page says beside the form that this was not sent.
    """
    place = url_for(f"staff.{view}", **cast(dict[str, Any], arguments))
    kept = typed.kept_at(place)
    if not kept or (only and kept.get(only[0]) != only[1]):
        return {}
    g.setdefault("filled_in", {})[place] = typed.since(place)
    return {name: text for name, text in kept.items() if name != AT}


def half_written_of(shown: dict[str, str], view: str, **arguments: str) -> dict[str, str]:
    """The values that a form of what there is shows: what is half-written, unless it was of other values."""
    return {**shown, **half_written(view, ("was", mark(shown)), **arguments)}


def filled_in_since(place: str) -> datetime | None:
    """When what the form that is sent there shows was typed, if it was not sent; UTC."""
    since: datetime | None = g.get("filled_in", {}).get(place)
    return since


def mark(shown: dict[str, str]) -> str:
    """What the field `was` says of the values that a form shows."""
    return hashlib.sha256(repr(sorted(shown.items())).encode()).hexdigest()[:16]


def page_of_form() -> str:
    """The address of the page whose form was sent just now; "" for what is no such form."""
    form = FORMS.get(request.endpoint or "")
    return _address(form.page) if form else ""


def hold() -> Response | None:
    """Take what comes of a form before its view does: what is sent is half-written no more, unless refused.

    What the page's script sends quietly is kept and answered, but for what comes later than what was sent.
    What is to be dropped goes as if it were sent, and the form is shown anew.
    """
    if request.method != "POST" or request.endpoint not in FORMS:
        return None
    place, shown = _address(request.endpoint), request.form.get("quietly", "")
    sent: dict[str, int] = session.get(keys.STAFF_SENT, {})
    if shown:
        if shown.isdecimal() and int(shown[:15]) > sent.get(place, 0):
            _keep(place)
        return Response(status=204)
    _no_longer(place, sent)
    if "drop" in request.args:
        page = FORMS[request.endpoint].page
        return advance(page, **_arguments(page), **(asked() if page == LIST else {}))
    session.pop(keys.REJECTED, None)  # of what was sent before: what is refused from now on is this
    g.unsent = place
    return None


def _no_longer(place: str, sent: dict[str, int]) -> None:
    others = [(other, at) for other, at in sent.items() if other != place]
    session[keys.STAFF_SENT] = dict([*others, (place, milliseconds())][-typed.MOST_FORMS :])
    typed.keep_at(place, {})


def keep_what_was_refused(response: Response) -> None:
    """What was sent in vain is half-written still."""
    if response.status_code >= 400 or keys.REJECTED in session:
        nothing_was_done()


def nothing_was_done() -> None:
    """What was sent just now changed nothing, or its words are none of what was done: they are kept."""
    if "unsent" in g:
        _keep(g.unsent)


def keep_for_later() -> None:
    """Keep what came when its writer's session was over; nothing of who never signed in."""
    if request.method == "POST" and request.endpoint in FORMS and keys.STAFF_TYPED_BY in session:
        _keep(_address(request.endpoint))


def _keep(place: str) -> None:
    """Keep the words that came, unless whom they are about is gone."""
    if not is_gone(place):
        typed.keep_at(place, _words())


def _words() -> dict[str, str]:
    names = FORMS[str(request.endpoint)].names
    came = [(name, text) for name, text in request.form.items() if name in names or _is_column(name, names)]
    return {name: text[:LONGEST_TEXT] for name, text in came[:MOST_FIELDS]}


def _is_column(name: str, names: tuple[str, ...]) -> bool:
    return COLUMN in names and name.startswith(COLUMN) and name.removeprefix(COLUMN).isdecimal()


def _address(endpoint: str) -> str:
    return url_for(endpoint, **_arguments(endpoint))


def _arguments(endpoint: str) -> dict[str, Any]:
    """Those of the present address that this endpoint has, too."""
    mine = request.view_args or {}
    known = {name for rule in current_app.url_map.iter_rules(endpoint) for name in rule.arguments}
    return {name: value for name, value in mine.items() if name in known}


def milliseconds() -> int:
    """Unix time, by which pages say when they were made."""
    return int(unix_time() * 1000)
