"""A resident with a verified phone, what they write."""

from pathlib import Path
from typing import Any

import pytest

from cabinet.models import ConnectionRequest
from cabinet.models.database import db
from config import Settings
from tests.placing import at_account
from tests.visitor import Visitor

PHONE = "+79161234567"
ADDRESS = {"city": "Клин", "street": "Дачная", "house": "3", "building": "2", "flat": "7"}
REQUEST = {
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "email": "anna@example.org",
    **ADDRESS,
    "account": "77 88-99",
    "comment": "Дом новый.\nСчётчик у двери.",
}
MISSED = {"period": "2026-10", "account": "77 88-99", "amount": "1 234,50"}


@pytest.fixture
def uploads(settings: Settings) -> Path:
    """Where receipts are kept."""
    return Path(settings.uploads_folder)


def to_request(visitor: Visitor, e164: str = PHONE) -> None:
    """Prove the phone, look for an account that is not there, open the form."""
    at_account(visitor, e164)
    visitor.fill_and_submit(**MISSED)
    assert "Данного абонента нет в системе" in visitor.text
    visitor.follow("Отправить заявку на подключение")
    assert visitor.path == "/requests/new", visitor.text


def make(**changes: Any) -> ConnectionRequest:
    """A request as if sent, without the way to it."""
    values = {**REQUEST, "phone": PHONE, "account_key": "778899", "idempotency_key": str(id(changes))}
    with db.atomic():
        return ConnectionRequest.create(**{**values, **changes})
