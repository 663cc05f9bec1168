"""Events by name: a line in the log, and whoever counts them. Their fields hold no personal data.

Each is told once, when it is certain: what the database is told too, after its commit (`telling`); what a
request does besides, when its answer is not given anew (`tell`).
"""

from collections.abc import Callable
from contextvars import ContextVar, copy_context
from functools import partial

from cabinet.telemetry import logs

Counter = Callable[[str, str], None]  # of an event's name, and of the limit that it is about
Tell = Callable[[], object]

_counters: list[Counter] = []
_held: ContextVar[list[Tell] | None] = ContextVar("held_events", default=None)


def count_by(counter: Counter) -> None:
    """Have each event counted too."""
    if counter not in _counters:
        _counters.append(counter)


def tell(event: str, *, limit: str = "", **fields: str | int | float) -> None:
    """Something happened that guards the service or its residents, such as "csrf", whatever is written."""
    held = _held.get()
    if held is None:
        _tell(event, limit, fields)
    else:
        held.append(partial(_tell, event, limit, fields))


def telling(event: str, **fields: str | int | float) -> Tell:
    """What tells at once of an event such as "login_refused", as caused by what is under way now."""
    return partial(copy_context().run, _tell, event, "", fields)


def limit_reached(limit: str) -> None:
    """Somebody was refused by this limit."""
    tell("limit_reached", limit=limit or "other")


def hold() -> None:
    """From here on, in this thread: what is told waits for `let_out`."""
    _held.set([])


def forget() -> None:
    """What waits to be told did not happen: it is all done anew."""
    if _held.get():
        _held.set([])


def let_out() -> None:
    """Tell what waits; from here on nothing does."""
    held = _held.get()
    _held.set(None)
    for tell_it in held or ():
        tell_it()


def _tell(event: str, limit: str, fields: dict[str, str | int | float]) -> None:
    if limit:
        fields["limit"] = limit
    logs.logger().info(event, kind="security", **fields)
    for counter in _counters:
        counter(event, limit)
