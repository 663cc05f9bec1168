"""Tells Sentry, where there is one, of errors that nobody expected: what failed and where, with no values.

Only what `scrubbed` lets through leaves: the message of an exception may quote what a person typed, so may
variables, addresses and headers. Whoever meets an error does not wait for Sentry.
"""

import threading
import time
from typing import TYPE_CHECKING, Any

from cabinet.telemetry import cause
from cabinet.telemetry.logs import place_of

if TYPE_CHECKING:
    from sentry_sdk.types import Event

AGAIN = 60.0  # seconds in which the same error at the same place is told of once
LAST_WORDS = 5.0  # seconds for them to leave
REMEMBERED = 1000  # errors; then all are forgotten
OF_FRAME = ("filename", "function", "module", "lineno", "in_app")  # what is told of each line of a traceback
OF_EVENT = ("event_id", "timestamp", "platform", "level", "release", "environment", "tags")

_on = False
_told: dict[tuple[type, str], float] = {}  # when, by kind and place
_telling = threading.Lock()


def configure(dsn: str, release: str) -> None:
    """Tell of errors from now on, under this release; without an address nothing is even imported."""
    global _on
    _on = bool(dsn)
    _told.clear()
    if not dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        before_send=scrubbed,
        default_integrations=False,  # they patch the libraries and collect what passes
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        enable_backpressure_handling=False,  # a thread, begun before the server forks
        send_client_reports=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="",
        spotlight=False,
    )


def tell(error: BaseException, place: str) -> None:
    """Tell of an error that was met at `place`: the rule of an address, or what the worker did."""
    if not _on or not _is_new(error):
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        scope.set_tag("place", place)
        if name := cause.current():
            scope.set_tag("request_id", name)
        sentry_sdk.capture_exception(error, scope=scope)


def finish() -> None:
    """Wait some seconds until what was told has left this process, which is about to end."""
    if _on:
        import sentry_sdk

        sentry_sdk.flush(LAST_WORDS)


def scrubbed(event: "Event", _hint: object) -> "Event":
    """What may leave of an event."""
    given: dict[str, Any] = {**event}
    values = given.get("exception", {}).get("values", [])
    told: Event = {name: given[name] for name in OF_EVENT if name in given}  # type: ignore[assignment]
    told["exception"] = {"values": [_without_values(value) for value in values]}
    return told


def _without_values(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", [])
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {
            "frames": [{name: frame[name] for name in OF_FRAME if name in frame} for frame in frames]
        },
    }


def _is_new(error: BaseException) -> bool:
    """Whether the like was not told of just now: a database that is away fails in every loop."""
    key, moment = (type(error), place_of(error)), time.monotonic()
    with _telling:
        if moment - _told.get(key, -AGAIN) < AGAIN:
            return False
        if len(_told) >= REMEMBERED:
            _told.clear()
        _told[key] = moment
    return True
