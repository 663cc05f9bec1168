"""Events by name: a line in the log, and whoever counts them. Their fields hold no personal data."""

from collections.abc import Callable

from cabinet.telemetry import logs

Counter = Callable[[str, str], None]  # of an event's name, and of the limit that it is about

_counters: list[Counter] = []


def count_by(counter: Counter) -> None:
    """Have each event counted too."""
    if counter not in _counters:
        _counters.append(counter)


def tell(event: str, *, limit: str = "", **fields: str | int | float) -> None:
    """Something happened that guards the service or its residents, such as "login_refused"."""
    if limit:
        fields["limit"] = limit
    logs.logger().info(event, kind="security", **fields)
    for counter in _counters:
        counter(event, limit)


def limit_reached(limit: str) -> None:
    """Somebody was refused by this limit."""
    tell("limit_reached", limit=limit or "other")
