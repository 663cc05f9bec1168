"""Sends a photo from the form of the three fields, and reads what became of them."""

import io

from tests.cast import LESNAYA
from tests.visitor import Visitor

ADDRESS = "/register/account/photo"
FILLED = {"period": "2026-10", "account": LESNAYA, "amount": "4218,67"}


def send(visitor: Visitor, data: bytes, address: str = ADDRESS, **typed: str) -> None:
    """Choose the photo and send it, with what is typed so far."""
    fields = {name: visitor.value(name) for name in ("period", "account", "amount")}
    fields = {name: value for name, value in {**fields, **typed}.items() if value}
    token = {"csrf_token": visitor.csrf_token}
    visitor.post(address, {**fields, **token, "photo": (io.BytesIO(data), "photo.jpg")})


def filled(visitor: Visitor) -> dict[str, str]:
    return {name: visitor.value(name) for name in FILLED}


def marked(visitor: Visitor) -> list[str]:
    """The fields that are marked as taken from the receipt."""
    labels = [label.get_text(" ", strip=True) for label in visitor.page.select(".label:has(.taken)")]
    return [label.replace("\xa0", " ").partition(" *")[0] for label in labels]
