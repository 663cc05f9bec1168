"""NULs, which PostgreSQL takes neither in text nor in JSON, are taken out of whatever comes."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask, request

from cabinet.models import (
    ConnectionRequest,
    DataRequest,
    ImportJob,
    Invitation,
    Message,
    PhoneChange,
    RequestNote,
    WebSession,
)
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.web.incoming import Sent
from tests.cast import LESNAYA, PHONE, resident
from tests.models.everything import everything
from tests.placing import at_desk, signed_in
from tests.staff.conftest import member
from tests.staff.test_confirmation import FILES
from tests.staff.test_requests import asked
from tests.visitor import Visitor

LATER = dt.timedelta(minutes=6)


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_desk(Visitor(app), member("admin@example.org", "admin"))


def reply_too_late(desk: Visitor, fields: dict[str, str]) -> None:
    """Send a reply when the session is over: its words are kept until who wrote it is back."""
    asked()
    desk.get("/staff/request/12345678")
    sent = {"csrf_token": desk.csrf_token, **fields}
    with time_machine.travel(now() + dt.timedelta(minutes=40), tick=False):
        desk.post("/staff/request/12345678/reply", sent)
    assert desk.status == 200 and desk.title == "Вход для сотрудников"


def test_of_words_that_came_when_the_session_was_over(desk: Visitor) -> None:
    reply_too_late(desk, {"reply": "a\0b", "text": "\0"})
    assert any("ab" in str(row.data) for row in WebSession.select())


@pytest.mark.parametrize("name", ["since", "until", "actor", "about", "subject", "state", "who", "sort"])
def test_of_the_file_that_waits_for_a_proof(desk: Visitor, name: str) -> None:
    with time_machine.travel(now() + LATER, tick=False):
        for file in FILES:
            answer = desk.client.get(f"{file.partition('?')[0]}?{name}=%00a")
            assert answer.status_code == 303 and answer.location == "/staff/confirmation", file


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/staff/presence", "number"),
        ("/staff/columns/x/forget", "job"),
        ("/session/take-over", "code"),
        ("/code/resend", "altcha"),
        ("/home/profile/merge/review", "asked"),
        ("/home/profile/devices", "device"),
    ],
)
def test_of_fields_that_no_form_has(app: Flask, desk: Visitor, address: str, field: str) -> None:
    resident(PHONE)
    guest = Visitor(app)
    signed_in(guest)
    guest.get("/home/profile/name")
    desk.get("/staff/me")
    for visitor in (desk, guest):
        sent = {"csrf_token": visitor.csrf_token, field: "a\0b"}
        assert visitor.client.post(address, data=sent).status_code < 500, (address, field)


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of all fields, files and parameters that views have looked for."""
    names: set[str] = set()

    def noting(method: Any) -> Any:
        def noted(self: Sent, name: str, *more: Any, **named: Any) -> Any:
            names.add(name)
            return method(self, name, *more, **named)

        return noted

    for name in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(Sent, name, noting(getattr(Sent, name)))
    return names


@pytest.fixture
def written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was given to the database with a NUL in it."""
    found: list[str] = []
    execute = db.obj.execute_sql

    def listen(sql: str, params: Any = None) -> Any:
        found.extend(f"{sql}: {one}" for one in params or () if isinstance(one, str) and NUL.search(one))
        return execute(sql, params)

    monkeypatch.setattr(db.obj, "execute_sql", listen)
    return found


NUL = re.compile(r"\0|\\u0000")


def rows_of_all_kinds() -> dict[str, str]:
    """What addresses may name, by the names of their arguments."""
    anna, job = everything(), ImportJob(staff="s", name="октябрь.csv", state="checked")
    with db.atomic():
        job.save(force_insert=True)
    kept, other = ConnectionRequest.select().order_by(ConnectionRequest.id).limit(2)
    ids = {"user_id": anna.id, "account": LESNAYA, "number": kept.number, "other": other.number}
    rows: dict[str, Any] = {"request_id": DataRequest, "invitation_id": Invitation, "change": PhoneChange}
    ids |= {name: str(model.select().get().id) for name, model in rows.items()}
    ids |= {"entry": str(RequestNote.get().id), "message_id": Message.get().id, "job_id": job.id}
    ids |= {"staff_id": member("b@example.org").id, "name": "requests.csv", "kind": "csv", "span": "day"}
    return {**ids, "state": "found", "period": "2026-10", "what": "withdraw"}


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Every address of the staff, by each of its methods; but for signing out."""
    ids = rows_of_all_kinds()
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda one: ids.get(one[1], "1"), rule.rule)
        if address.startswith("/staff") and not address.endswith("/sign-out"):
            yield from ((method, address) for method in {"GET", "POST"} & (rule.methods or set()))


@pytest.mark.thorough
@pytest.mark.thorough
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # which takes them: `written` has them
@pytest.mark.settings(requests_per_minute=0)
def test_in_each_field_of_each_address_of_the_staff(
    app: Flask, desk: Visitor, looked_for: set[str], written: list[str]
) -> None:
    walked = 0
    for method, address in addresses(app):
        desk.get("/staff/me")
        token = {"csrf_token": desk.csrf_token} if method == "POST" else {}
        looked_for.clear()
        desk.client.open(address, method=method, data=token)
        tried: set[str] = set()
        while names := looked_for - tried - {"csrf_token"}:
            tried |= names
            for some in (*([name] for name in sorted(names)), sorted(tried)):
                walked += 1
                sent: dict[str, Any] = dict.fromkeys(some, "a\0b")
                sent = {"data": {**sent, **token}} if method == "POST" else {"query_string": sent}
                answer = desk.client.open(address, method=method, **sent)
                assert answer.status_code < 500 and not written, (method, address, some, written)
    assert walked > 300


def test_in_the_name_of_a_field(desk: Visitor) -> None:
    """What was typed when the session was over is kept by the names of its fields."""
    reply_too_late(desk, {"reply": "a", "te\0xt": "b"})
    kept = str([row.data for row in WebSession.select()])
    assert "text" in kept and not NUL.search(kept), kept


@pytest.mark.parametrize("where", ["args", "form", "files"])
def test_no_name_has_one(app: Flask, where: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a\0b"%s\r\n\r\n1\r\n--x--\r\n'
    body = part % (b'; filename="c"' if where == "files" else b"")
    with app.test_request_context(
        "/?a%00b=1", method="POST", data=body, content_type="multipart/form-data; boundary=x"
    ):
        assert list(getattr(request, where)) == ["ab"]


def test_in_the_name_of_a_file(desk: Visitor) -> None:
    desk.get("/staff/imports")
    part = b'\r\n--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s'
    body = part % (b"csrf_token", desk.csrf_token.encode())
    body += part % (b'file"; filename="a\0b.csv', b"1") + b"\r\n--x--\r\n"
    desk.client.post("/staff/imports", data=body, content_type="multipart/form-data; boundary=x")
    assert [job.name for job in ImportJob.select()] == ["ab.csv"]
