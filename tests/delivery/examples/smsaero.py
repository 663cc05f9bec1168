"""SMS Aero."""

from cabinet.models.fate import Fault, State
from tests.delivery.examples.shape import Example, Said


def said(status: int, **more: object) -> Said:
    """One message, as it describes it."""
    about = {"id": 5, "from": "Domopult", "number": "79161234567", "status": status, "cost": 2.2, **more}
    return (200, {"success": True, "data": about, "message": None})


def no(message: str, status: int = 200, data: object = None) -> Said:
    """A refusal."""
    return (status, {"success": False, "data": data, "message": message})


EXAMPLE = Example(
    settings={
        "gateway_settings": {
            "smsaero_email": "it@company.ru",
            "smsaero_api_key": "key-of-smsaero",
            "smsaero_sign": "Domopult",
            "smsaero_api_url": "{url}/v2",
        }
    },
    secrets=("key-of-smsaero",),
    accepted=said(0, extendStatus="queue"),
    provider_id="5",
    price=220,
    refused=[
        (no("Your request was made with invalid credentials.", 401), Fault.ACCOUNT),
        (no("Validation error.", 400, {"number": ["incorrect"]}), Fault.NUMBER),
        (no("Validation error.", 400, {"sign": ["incorrect"]}), Fault.SENDER),
        (no("Not enough money on the balance.", 402), Fault.MONEY),
        ((200, {"success": False, "result": "no credits", "message": None, "data": None}), Fault.MONEY),
        (no("Something else +79161234567"), Fault.UNKNOWN),
    ],
    call_accepted=(200, {"success": True, "data": {"id": 5, "status": 0, "cost": "2.20"}, "message": None}),
    polled=[
        (said(0), State.ACCEPTED, None),
        (said(1), State.DELIVERED, None),
        (said(2), State.UNDELIVERED, Fault.OPERATOR),
        (said(6), State.UNDELIVERED, Fault.SENDER),
        (said(8), State.ACCEPTED, None),
        (said(77), State.UNKNOWN, None),
    ],
    balance=((200, {"success": True, "data": {"balance": 1389.26}, "message": None}), 138926),
)
