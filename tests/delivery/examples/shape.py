"""The shape of an example of a gateway."""

from dataclasses import dataclass, field
from typing import Any

from cabinet.models.fate import Fault, State

Said = tuple[int, Any]  # HTTP status, JSON


@dataclass(frozen=True)
class Example:
    """A gateway's settings, with {url} for the server of the test, and what it answers.

    `secrets` must appear in no log and no reason. `polled` are answers to the question about one message.
    """

    settings: dict[str, Any]
    secrets: tuple[str, ...]
    accepted: Said
    provider_id: str | None
    refused: list[tuple[Said, Fault]]
    price: int | None = None
    busy: list[Said] = field(default_factory=list)
    call_accepted: Said | None = None
    polled: list[tuple[Said, State, Fault | None]] = field(default_factory=list)
    balance: tuple[Said, int] | None = None
