"""Twilio."""

from cabinet.models.fate import Fault, State
from tests.delivery.examples.shape import Example, Said


def error(code: int, status: int = 400) -> Said:
    """A refusal."""
    return (status, {"code": code, "message": "The number +79161234567 is bad", "status": status})


def message(status: str, code: int | None = None) -> Said:
    """A message, as it describes it."""
    return (200, {"sid": "SM1", "status": status, "error_code": code, "price": "-2.20", "price_unit": "RUB"})


EXAMPLE = Example(
    settings={
        "twilio_account_sid": "AC1",
        "twilio_auth_token": "token-of-twilio",
        "twilio_from": "+15005550006",
        "twilio_api_url": "{url}",
    },
    secrets=("token-of-twilio",),
    accepted=(201, {"sid": "SM1", "status": "queued", "num_segments": "1"}),
    provider_id="SM1",
    refused=[
        (error(20003, 401), Fault.ACCOUNT),
        (error(21408), Fault.ACCOUNT),
        (error(21211), Fault.NUMBER),
        (error(21614), Fault.NUMBER),
        (error(21610), Fault.OPERATOR),
        (error(21635), Fault.NUMBER),
        (error(21606), Fault.SENDER),
        (error(21601), Fault.SENDER),
        (error(20006, 403), Fault.ACCOUNT),
        (error(60410, 403), Fault.ACCOUNT),
        (error(99999), Fault.UNKNOWN),
    ],
    busy=[error(10004), error(63038), error(14107), error(20429, 429)],
    call_accepted=(201, {"sid": "CA1", "status": "queued"}),
    polled=[
        (message("sent"), State.ACCEPTED, None),
        (message("delivered"), State.DELIVERED, None),
        (message("undelivered", 30005), State.UNDELIVERED, Fault.NUMBER),
        (message("undelivered", 30003), State.UNDELIVERED, Fault.OPERATOR),
        (message("failed", 30007), State.UNDELIVERED, Fault.SENDER),
        (message("undelivered", 30004), State.UNDELIVERED, Fault.OPERATOR),
        (message("undelivered", 30006), State.UNDELIVERED, Fault.NUMBER),
        (message("undelivered", 30008), State.UNDELIVERED, Fault.UNKNOWN),
        (message("failed", 30002), State.UNDELIVERED, Fault.ACCOUNT),
        (message("failed", 30036), State.UNDELIVERED, Fault.ACCOUNT),
        (message("failed", 30450), State.UNDELIVERED, Fault.ACCOUNT),
        (message("canceled"), State.UNDELIVERED, Fault.UNKNOWN),
        (message("unheard-of"), State.UNKNOWN, None),
    ],
)
