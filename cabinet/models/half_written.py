"""What staff have typed and not sent, searched for and done last: it goes with whom it is about.

It lies in their sessions' rows (`staff/typed.py`, `staff/unsent.py`), and nothing says of whom it is but the
numbers of requests and addresses of pages by which it lies there, or its words. An erasure looks through
these rows, which are few; the purge does for what came when whom it is about was gone, or lay long enough.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from cabinet.models.base import now, unix_time
from cabinet.models.data_request import DataRequest
from cabinet.models.database import db, is_sqlite
from cabinet.models.phone_change import PhoneChange
from cabinet.models.request import ConnectionRequest
from cabinet.models.session import WebSession
from cabinet.models.traces import Traces
from cabinet.models.user import User

KEPT_FOR = 12 * 60 * 60  # seconds for which words lie unsent
AT = "at"  # the name by which it lies there when words were kept last, Unix time
STAFF = "staff_"  # how the names of a session begin under which it has something of staff's
TYPED, PLACES = "staff_typed", ("staff_typed", "staff_sent")  # lie there by numbers of requests and addresses
SHOWN = ("rejected", "notice")  # what was refused, and what is to be said, on the next page
ABOUT = re.compile(r"/staff/(resident|data-request|phone-change)/([^/]+)")
OWNERS: dict[str, Any] = {"resident": User, "data-request": DataRequest, "phone-change": PhoneChange}

Gone = Callable[[str, str, Any], bool]  # of a name, a place or "", and what lies there: whether it goes


def desks() -> list[str]:
    """Keys of all sessions that have something of staff's: reads all, so outside of any transaction."""
    said = WebSession.data.cast("TEXT").contains('"staff')
    rows = WebSession.select(WebSession.key, WebSession.data).where(said)
    return [row.key for row in rows if any(name.startswith("staff") for name in row.data)]


def forget(found: Traces, keys: Sequence[str]) -> list[str]:
    """Remove what is about the resident from these sessions, inside the caller's transaction.

    Returns the files of replies that are not to be sent any more.
    """
    since = now() - timedelta(seconds=KEPT_FOR)
    files: list[str] = []

    def gone(name: str, place: str, value: Any) -> bool:
        theirs = bool(place) and found.own(place)
        if not theirs and name != "staff_sent":
            theirs = found.named_in("\n".join(_texts(value)), since, by_surname=not place)
        if theirs and name == TYPED and "attached" in value:
            files.append(value["attached"])
        return theirs

    _rewrite(keys, gone)
    return files


def forget_gone() -> int:
    """Remove what is about nobody and nothing any more, and what lies there too long; returns of how many."""
    oldest, changed = unix_time() - KEPT_FOR, 0

    def gone(name: str, place: str, value: Any) -> bool:
        late = name == TYPED and value.get(AT, oldest) < oldest
        return bool(place) and (late or is_gone(place))

    for key in desks():
        with db.atomic():
            changed += len(_rewrite([key], gone))
    return changed


def is_gone(place: str) -> bool:
    """Whether it is the number of a request, or the address of a page about somebody, that is no more."""
    if not place.startswith("/"):
        return not ConnectionRequest.select().where(ConnectionRequest.number == place).exists()
    about = ABOUT.match(place)
    if about is None:
        return False
    owner = OWNERS[about[1]]
    return not owner.select().where(owner.id == about[2]).exists()


def _rewrite(keys: Sequence[str], gone: Gone) -> list[dict[str, Any]]:
    """Take out what goes; returns the data of those rows that had some, as they were."""
    changed: list[dict[str, Any]] = []
    rows = WebSession.select().where(WebSession.key.in_(list(keys))).order_by(WebSession.key)
    for row in rows if is_sqlite() else rows.for_update():
        data = _without(row.data, gone)
        if data != row.data:
            WebSession.update(data=data).where(WebSession.key == row.key).execute()
            changed.append(row.data)
    return changed


def _without(data: dict[str, Any], gone: Gone) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if name in PLACES:
            kept[name] = {place: one for place, one in value.items() if not gone(name, place, one)}
        elif not (name in SHOWN or name.startswith(STAFF)) or not gone(name, "", value):
            kept[name] = value
    return kept


def _texts(value: Any) -> Iterator[str]:
    """All texts in a value of JSON."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
