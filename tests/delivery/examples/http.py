"""A gateway that settings alone describe."""

from cabinet.models.fate import Fault
from tests.delivery.examples.shape import Example

EXAMPLE = Example(
    settings={
        "gateway_settings": {
            "http_sms_url": "{url}/api/messages",
            "http_sms_format": "json",
            "http_sms_fields": '{"messages": [{"phone": "{number}", "body": "{text}"}], "ttl": "{validity}"}',
            "http_sms_headers": '{"Authorization": "Bearer secret-of-http", "Idempotency-Key": "{ref}"}',
            "http_sms_id": "messages.0.id",
            "http_sms_error": "error.code",
            "http_sms_faults": '{"LOW_BALANCE": "money", "12": "number"}',
            "http_sms_price": "messages.0.price",
        }
    },
    secrets=("secret-of-http",),
    accepted=(200, {"messages": [{"id": 77, "price": 2.2}]}),
    provider_id="77",
    price=220,
    refused=[
        ((200, {"error": {"code": "LOW_BALANCE"}}), Fault.MONEY),
        ((400, {"error": {"code": 12}}), Fault.NUMBER),
        ((400, {"error": {"code": "bad +79161234567"}}), Fault.UNKNOWN),
        ((401, {}), Fault.ACCOUNT),
    ],
)
