"""SMSC."""

from cabinet.models.fate import Fault, State
from tests.delivery.examples.shape import Example, Said


def error(code: int) -> Said:
    """A refusal."""
    return (200, {"error": "about +79161234567", "error_code": code})


EXAMPLE = Example(
    settings={
        "gateway_settings": {
            "smsc_login": "company",
            "smsc_password": "password-of-smsc",
            "smsc_sender": "Domopult",
            "smsc_api_url": "{url}/sys/",
        }
    },
    secrets=("password-of-smsc",),
    accepted=(200, {"id": "ref-1", "cnt": 1, "cost": "2.2"}),
    provider_id="ref-1",
    price=220,
    refused=[
        (error(2), Fault.ACCOUNT),
        (error(3), Fault.MONEY),
        (error(6), Fault.SENDER),
        (error(7), Fault.NUMBER),
        (error(8), Fault.OPERATOR),
        (error(99), Fault.UNKNOWN),
    ],
    busy=[error(4), error(9)],
    call_accepted=(200, {"id": "ref-1", "cnt": 1, "cost": "2.2"}),
    polled=[
        ((200, {"status": 0}), State.ACCEPTED, None),
        ((200, {"status": 1, "err": 0}), State.DELIVERED, None),
        ((200, {"status": 20, "err": 6}), State.UNDELIVERED, Fault.OPERATOR),
        ((200, {"status": 20, "err": 1}), State.UNDELIVERED, Fault.NUMBER),
        ((200, {"status": 20, "err": 11}), State.UNDELIVERED, Fault.OPERATOR),
        ((200, {"status": 20, "err": 219}), State.UNDELIVERED, Fault.OPERATOR),
        ((200, {"status": 20, "err": 248}), State.UNDELIVERED, Fault.ACCOUNT),
        ((200, {"status": 20, "err": 253}), State.UNDELIVERED, Fault.SENDER),
        ((200, {"status": 20, "err": 254}), State.UNDELIVERED, Fault.SENDER),
        ((200, {"status": 23, "err": 247}), State.UNDELIVERED, Fault.ACCOUNT),
        ((200, {"status": 1, "err": 200}), State.UNDELIVERED, Fault.ACCOUNT),
        ((200, {"status": 20, "err": "200"}), State.UNDELIVERED, Fault.ACCOUNT),
        ((200, {"status": 22, "err": 0}), State.UNDELIVERED, Fault.NUMBER),
        ((200, {"status": 25}), State.UNDELIVERED, Fault.OPERATOR),
        ((200, {"status": 24}), State.UNDELIVERED, Fault.MONEY),
        ((200, {"status": -3}), State.REFUSED, None),
        ((200, {"status": 555}), State.UNKNOWN, None),
    ],
    balance=((200, {"balance": "100.50"}), 10050),
)
