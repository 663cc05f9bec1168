"""Acts of casework on many requests at once: each by itself, and none on those that changed meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cabinet.models.casework import ChangedError, UnreachableError
from cabinet.models.request import ConnectionRequest

MOST = 50  # requests at once

Act = Callable[[ConnectionRequest, int], bool]


@dataclass
class Outcome:
    """Numbers of requests: acted on, changed since the list showed them, not to be acted on as they are."""

    done: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)


def act_on(shown: dict[str, int], act: Act) -> Outcome:
    """Do `act` with each request of these numbers, longest waiting first, each in its own transaction.

    `shown` has with each number the last entry of its history that the list showed; `act` takes the request
    and that entry, and says whether it did anything, or raises ChangedError or UnreachableError
    (see `casework`).
    """
    outcome = Outcome()
    asked = ConnectionRequest.select().where(ConnectionRequest.number.in_(list(shown)))
    found = list(asked.order_by(ConnectionRequest.created_at, ConnectionRequest.number))
    for request in found:
        seen = shown[request.number]
        try:
            done = act(request, seen)
        except (ChangedError, UnreachableError):
            done = False
        if done:
            outcome.done.append(request.number)
        elif request.last_entry() != seen:
            outcome.changed.append(request.number)
        else:
            outcome.impossible.append(request.number)
    outcome.changed += sorted(shown.keys() - {request.number for request in found})  # deleted meanwhile
    return outcome
