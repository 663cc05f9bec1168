"""How often each step asks the database and waits for its disk: what costs more is seen in the table below.

A commit is a wait for the disk, a statement a wait for the network. Whoever makes a step ask more has to
say so here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from flask import Flask

from cabinet.delivery.sending import Handler, handler_of, send_next
from cabinet.models.database import db, is_sqlite
from config import Settings
from tests.cast import (
    DACHNAYA,
    LESNAYA,
    NEW_PASSWORD,
    OTHER_PHONE,
    PASSWORD,
    PERSON,
    PHONE,
    TYPED,
    bill,
    receipt_of,
)
from tests.journeys import FORGOT
from tests.placing import at_registration_password
from tests.visitor import Visitor, last_code


class Cost(NamedTuple):
    """What a step costs: statements on SQLite, on PostgreSQL (its locks are statements), commits on both."""

    sqlite: int
    postgres: int
    commits: int


COSTS = {
    "first page": Cost(0, 0, 0),
    "phone": Cost(11, 13, 1),
    "wrong code": Cost(9, 10, 2),
    "code": Cost(12, 13, 2),
    "account": Cost(7, 8, 2),
    "address": Cost(3, 3, 1),
    "profile": Cost(3, 3, 1),
    "password": Cost(19, 20, 1),
    "registration": Cost(55, 60, 8),
    "SMS of a code": Cost(14, 14, 3),
    "cabinet": Cost(2, 2, 0),
    "form of linking": Cost(3, 3, 0),
    "linking": Cost(15, 16, 2),
    "phone of a resident": Cost(4, 4, 1),
    "refused log-in": Cost(0, 0, 0),
    "wrong password": Cost(10, 12, 2),
    "log-in": Cost(18, 20, 2),
    "forgotten": Cost(11, 13, 1),
    "code of recovery": Cost(13, 14, 2),
    "new password": Cost(28, 29, 1),
}
REGISTRATION = ("first page", "phone", "code", "account", "address", "profile", "password")

Measured = dict[str, tuple[int, int]]  # statements, commits


@contextmanager
def counted(measured: Measured, step: str) -> Iterator[None]:
    """Count what the database is asked meanwhile; savepoints are statements, BEGIN and COMMIT are not."""
    asked: list[str] = []
    commits: list[None] = []
    commit = db.obj.commit

    def note_commit() -> None:
        commits.append(None)
        commit()

    def note(event: Any) -> None:
        asked.append(event.sql)

    db.obj.query_hooks.append(note)
    db.obj.commit = note_commit
    try:
        yield
    finally:
        db.obj.query_hooks.remove(note)
        del db.obj.commit
    measured[step] = (len(asked), len(commits))


def register(app: Flask, measured: Measured, worker: Handler) -> Visitor:
    """From the first page into the cabinet; the worker sends the code."""
    visitor = Visitor(app, htmx=True)
    with counted(measured, "first page"):
        visitor.get("/")
    with counted(measured, "phone"):
        visitor.fill_and_submit(phone=TYPED, consent="y")
    with counted(measured, "SMS of a code"):
        assert send_next("sms", worker)
    code = last_code(PHONE)
    with counted(measured, "wrong code"):
        visitor.fill_and_submit(code=f"{(int(code) + 1) % 1_000_000:06d}")
    assert visitor.status == 422
    answers = {
        "code": {"code": code},
        "account": receipt_of(LESNAYA),
        "address": {"answer": "yes"},
        "profile": PERSON,
        "password": {"password": PASSWORD},
    }
    for step, typed in answers.items():
        with counted(measured, step):
            visitor.fill_and_submit(**typed)
        assert visitor.status == 200, (step, visitor.text)
    with counted(measured, "cabinet"):
        visitor.get("/home")
    assert visitor.path == "/home"
    return visitor


def link(visitor: Visitor, measured: Measured) -> None:
    """One more address."""
    with counted(measured, "form of linking"):
        visitor.get("/home/accounts/new")
    with counted(measured, "linking"):
        visitor.fill_and_submit(**receipt_of(DACHNAYA))
    assert visitor.path == "/home", visitor.text


def log_in(app: Flask, measured: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    """By another browser; first when too many do, then by a wrong password."""
    visitor = Visitor(app, htmx=True)
    visitor.get("/")
    with counted(measured, "phone of a resident"):
        visitor.fill_and_submit(phone=TYPED, consent="y")
    hasher = app.extensions["hasher"]
    with monkeypatch.context() as full:
        full.setattr(hasher, "_inside", hasher.waiting)
        with counted(measured, "refused log-in"):
            visitor.fill_and_submit(password=PASSWORD)
    assert visitor.status == 503
    visitor.get("/login/password")
    with counted(measured, "wrong password"):
        visitor.fill_and_submit(password="Неверный1пароль")
    assert visitor.status == 422
    with counted(measured, "log-in"):
        visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home", visitor.text


def recover(app: Flask, measured: Measured) -> None:
    """A new password by SMS."""
    visitor = Visitor(app, htmx=True)
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED, consent="y")
    with counted(measured, "forgotten"):
        visitor.fill_and_submit(FORGOT)
    assert visitor.path == "/code", visitor.text
    with counted(measured, "code of recovery"):
        visitor.fill_and_submit(code=last_code(PHONE))
    with counted(measured, "new password"):
        visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/login/password", visitor.text


@pytest.mark.settings(code_resend_waits=())
def test_each_step_asks_as_often_as_it_says_here(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill()
    others = Visitor(app, htmx=True)  # who agreed to the same texts before
    at_registration_password(others, receipt_of(LESNAYA), OTHER_PHONE)
    measured: Measured = {}
    handler = handler_of("sms", settings)
    while send_next("sms", handler):
        pass
    link(register(app, measured, handler), measured)
    log_in(app, measured, monkeypatch)
    recover(app, measured)
    whole = [measured[step] for step in REGISTRATION]
    measured["registration"] = (sum(asked for asked, _ in whole), sum(commits for _, commits in whole))
    expected = {
        step: (cost.sqlite if is_sqlite() else cost.postgres, cost.commits) for step, cost in COSTS.items()
    }
    assert measured == expected
