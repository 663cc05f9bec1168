"""Residents who register and sign in over HTTP, by nothing but the forms of the pages."""

from bench.login_storm import Client, token_in
from cabinet.models import OneTimeCode
from cabinet.models.database import db
from tests.cast import PASSWORD, PERSON


def register(port: int, number: int, account: str, kopecks: int) -> None:
    """From the first page into the cabinet."""
    phone, client = f"+7916{number:07d}", Client(port)
    _, text = client.ask("GET", "/")
    text = step(client, text, "/", phone=phone, consent="y")
    with db.connection_context():
        found = OneTimeCode.select().where(OneTimeCode.phone == phone).order_by(OneTimeCode.created_at.desc())
        digits = found.first().digits
    text = step(client, text, "/code", code=digits)
    amount = f"{kopecks // 100},{kopecks % 100:02d}"
    text = step(client, text, "/register/account", period="2026-10", account=account, amount=amount)
    text = step(client, text, "/register/address", answer="yes")
    text = step(client, text, "/register/profile", **PERSON | {"email": f"resident{number}@example.org"})
    step(client, text, "/register/password", password=PASSWORD)


def sign_in(port: int, number: int) -> None:
    """From the first page into the cabinet, by the password."""
    client = Client(port)
    _, text = client.ask("GET", "/")
    text = step(client, text, "/", phone=f"+7916{number:07d}", consent="y")
    step(client, text, "/login/password", password=PASSWORD)


def step(client: Client, text: str, path: str, **values: str) -> str:
    """Send the form of a page; raises AssertionError when it is refused."""
    status, answer = client.ask("POST", path, {"csrf_token": token_in(text), **values})
    assert status == 200, (path, status, answer[:2000])
    return answer
