"""What is of others is as good as missing: every address with their ids, and every page of admins."""

import io
from collections.abc import Iterable
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.routing import Rule

from cabinet.models import (
    TABLES,
    Attempt,
    ConnectionRequest,
    Device,
    Heartbeat,
    Passkey,
    Staff,
    User,
    WebSession,
)
from cabinet.models.database import db
from tests.cast import ADDRESSES, LESNAYA, OTHER_PHONE, PHONE, SADOVAYA, bill, resident
from tests.models.test_request import submit
from tests.placing import at_desk, signed_in
from tests.requests.files import image
from tests.staff.conftest import member
from tests.test_routes import FIELDS
from tests.visitor import Visitor

SECRETS = ("Безымянная", "Вера", "vera@example.org", "Садовая", "тайный вопрос", PHONE[-7:])
# whose rows say that somebody tried, or are of this browser
OWN = {Attempt, Heartbeat, WebSession, Device}
pytestmark = pytest.mark.settings(requests_per_minute=0, code_resend_waits=())


def rows(*but: Any) -> dict[str, list[dict[str, Any]]]:
    tables = set(TABLES) - OWN - set(but)
    return {one.__name__: list(cast(Iterable[dict[str, Any]], one.select().dicts())) for one in tables}


def rules(app: Flask, under: str = "") -> list[Rule]:
    found = sorted(app.url_map.iter_rules(), key=lambda one: one.rule)
    return [one for one in found if one.rule.startswith("/staff") == bool(under)]


@pytest.fixture
def vera(app: Flask) -> User:
    """Whose ids somebody has learned."""
    bill()
    user = resident(
        PHONE, accounts=[SADOVAYA], first_name="Вера", last_name="Безымянная", email="vera@example.org"
    )
    submit(PHONE, user_id=user.id, comment="тайный вопрос", receipt="vera.jpg", receipt_type="image/jpeg")
    with db.atomic():
        Passkey.create(user=user, credential="vera", public_key=b"", name="Безымянная")
    signed_in(Visitor(app))
    return user


def ids_of(user: User) -> list[str]:
    session, passkey = WebSession.get(WebSession.user_id == user.id), Passkey.get()
    request = ConnectionRequest.get()
    return [user.id, SADOVAYA, passkey.id, request.number, session.handle, session.key, str(request.id)]


def tried(visitor: Visitor, rule: Rule, key: str, form: bool = True) -> Any:
    """Each of its methods, with the id in the address and, if so, in each field."""
    for method in sorted((rule.methods or set()) & {"GET", "POST"}):
        address = rule.rule
        for name in rule.arguments:
            for shape in (f"<{name}>", f"<path:{name}>"):
                address = address.replace(shape, key)
        data: dict[str, Any] = dict.fromkeys(("device", "asked", "number", "key", "other"), key)
        data = {**(FIELDS if form else {}), **data, "csrf_token": token_of(visitor)}
        if method == "POST" and "requests" in address:
            data["file"] = (io.BytesIO(image()), "a.jpg")
        sent: dict[str, Any] = (
            {"data": data, "headers": {"Origin": "http://localhost"}} if method == "POST" else {}
        )
        yield method, address, visitor.client.open(address, method=method, follow_redirects=True, **sent)


def token_of(visitor: Visitor) -> str:
    visitor.get("/requests")
    return visitor.csrf_token


@pytest.mark.sample(2)
@pytest.mark.parametrize("who", ["another resident", "a stranger"])
def test_every_address_with_an_id_of_somebody_else(app: Flask, vera: User, who: str) -> None:
    visitor, keys = Visitor(app, ip="203.0.113.7"), ids_of(vera)
    if who == "another resident":
        resident(OTHER_PHONE, accounts=[LESNAYA], email="b@example.org")
        signed_in(visitor, OTHER_PHONE)
    before, walked = rows(), 0
    for rule in rules(app):
        if not rule.arguments or rule.rule.startswith(("/demo", "/hooks", "/accent")):
            continue
        for key in keys:
            for method, address, answer in tried(visitor, rule, key):
                walked += 1
                text = answer.get_data(as_text=True)
                assert not [one for one in SECRETS if one in text.replace(key, "")], (method, address, text)
                assert answer.status_code < 500, (method, address)
    assert walked > 100
    assert rows() == before


def is_for_admins(app: Flask, rule: Rule) -> bool:
    view = app.view_functions[rule.endpoint]
    return view.__code__.co_qualname.startswith("admins_only.")


def test_a_clerk_finds_none_of_the_admins_pages_and_whoever_is_shut_out_none_at_all(
    app: Flask, vera: User
) -> None:
    clerk, admin = member(), member("admin@example.org", "admin")
    desk, gone = at_desk(Visitor(app), clerk), at_desk(Visitor(app, ip="203.0.113.9"), admin)
    spare = Staff.add("spare@example.org", "admin", "h")
    assert spare
    token = desk_token(gone)
    with db.atomic():
        Staff.get_by_id(admin.id).set_blocked(True)
    before, seen = rows(), 0
    for rule in rules(app, "/staff"):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            address = rule.rule
            for name in rule.arguments:
                for shape in (f"<{name}>", f"<path:{name}>"):
                    address = address.replace(shape, vera.id if "user" in name else admin.id)
            data = {**FIELDS, "blocked": "y", "role": "admin", "proof": "Длинный7пароль"}
            sent: dict[str, Any] = (
                {"data": data, "headers": {"Origin": "http://localhost"}} if method == "POST" else {}
            )
            if is_for_admins(app, rule):
                seen += 1
                if method == "POST":
                    data["csrf_token"] = desk_token(desk)
                assert desk.client.open(address, method=method, **sent).status_code == 404, (method, address)
            if rule.endpoint not in ("staff.sign_in", "staff.submit_sign_in", "staff.join"):
                data["csrf_token"] = token
                answer = gone.client.open(address, method=method, **sent)
                text = answer.get_data(as_text=True)
                assert answer.status_code in (204, 303, 400, 404, 200), (method, address, answer.status_code)
                assert not [one for one in (*SECRETS, *ADDRESSES.values()) if one in text], (method, address)
    assert seen >= 10
    changed = {name for name, now in rows().items() if now != before[name]}
    assert changed <= {"Audit"}, changed


def desk_token(visitor: Visitor) -> str:
    visitor.get("/staff/me")
    return visitor.csrf_token
