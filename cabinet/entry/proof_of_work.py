"""Proofs of work for codes: asked of browsers whose network has used up its codes, and what they answer."""

from typing import Any

from cabinet.models import proof
from cabinet.models.attempt import TooManyError
from cabinet.models.code_limits import NetworkFullError
from cabinet.web.current import request
from cabinet.web.security import client_address


def asked_by(error: TooManyError, phone: str) -> dict[str, Any] | None:
    """The challenge by which this browser gets its code all the same; None where no work helps."""
    return proof.challenge(phone, client_address()) if isinstance(error, NetworkFullError) else None


def proved_work(phone: str) -> bool:
    """Whether the form came with the solution of one; inside the transaction that sends the code."""
    return proof.spend(request.form.get("altcha", ""), phone, client_address())
