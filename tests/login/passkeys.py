"""A browser that asks and answers as the page's script does, and residents with passkeys."""

from typing import Any

from cabinet.models import AccountEvent, Passkey
from cabinet.models.database import db
from tests.authenticator import Authenticator
from tests.placing import signed_in
from tests.visitor import Visitor

ADDRESS = "/login/passkey"
REFUSED = "Так войти не получилось"


def registered(visitor: Visitor, device: Authenticator | None = None, phone: str = "") -> Authenticator:
    """A passkey that a resident has just made."""
    signed_in(visitor, *([phone] if phone else []))
    visitor.get("/home/profile/passkeys")
    device = device or Authenticator()
    options = visitor.client.get("/home/profile/passkeys/options").get_json()
    visitor.fill_and_submit("form[data-passkey=add]", answer=device.make(options))
    assert "Готово" in visitor.text, visitor.text
    return device


def question(visitor: Visitor) -> dict[str, Any]:
    """What the browser is to have answered, on the first page."""
    visitor.get("/")
    asked: dict[str, Any] = visitor.client.get(ADDRESS).get_json()
    return asked


def answer(visitor: Visitor, text: str) -> None:
    """Send it as the page's script does."""
    visitor.post(ADDRESS, {"csrf_token": visitor.csrf_token, "answer": text})


def stop_counting(key: Authenticator) -> None:
    """Make it one of those devices that count nothing, so that a copy is not told by its count."""
    key.counts, key.sign_count = False, 0
    with db.atomic():
        Passkey.update(sign_count=0).execute()


def is_in(visitor: Visitor) -> bool:
    visitor.get("/home")
    return visitor.path == "/home"


def kinds() -> list[str]:
    return [event.kind for event in AccountEvent.select().order_by(AccountEvent.id)]
