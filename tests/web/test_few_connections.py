"""Fewer connections than threads, and a server that has none to spare: whoever asks waits for one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import psycopg
import pytest
from flask import Flask

from cabinet.models.database import connections, db
from cabinet.models.failures import is_full
from tests.cast import PASSWORD, resident
from tests.databases import DATABASES, disconnect
from tests.journeys import to_login_password
from tests.placing import at_account
from tests.postgres_server import pooled
from tests.visitor import Visitor
from tests.waiting import PATIENCE, until

pytestmark = [
    pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True),
    pytest.mark.skipif(pooled(), reason="a pooler has connections of its own"),
]
ROLE = """
    CREATE ROLE resident LOGIN CONNECTION LIMIT {most};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO resident;
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO resident
"""


@contextmanager
def at_most(number: int, address: str) -> Iterator[str]:
    """The same database, by a role that may have so many connections; the one of the tests may have any."""
    database: Any = db.obj
    disconnect()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(ROLE.format(most=number))
        database.database = address.replace("postgres:@", "resident:@")
        try:
            yield database.database
        finally:
            database.close_idle()
            database.database = address
            connection.execute("DROP OWNED BY resident; DROP ROLE resident")


@pytest.mark.settings(database_connections=1)
def test_who_waits_for_a_hash_has_no_connection_meanwhile(
    app: Flask, guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident()
    to_login_password(guest)
    disconnect()
    hashes, go_on = Event(), Event()
    hasher: Any = app.extensions["hasher"]
    check = hasher._check

    def slow(*values: Any) -> bool:
        hashes.set()
        assert go_on.wait(PATIENCE)
        return bool(check(*values))

    monkeypatch.setattr(hasher, "_check", slow)
    with ThreadPoolExecutor() as threads:
        signing_in = threads.submit(guest.fill_and_submit, password=PASSWORD)
        assert hashes.wait(PATIENCE)
        threads.submit(to_login_password, Visitor(app)).result(PATIENCE)
        go_on.set()
        signing_in.result(PATIENCE)
    assert guest.path == "/home", guest.text


def test_a_server_with_no_place_is_asked_until_it_has_one(guest: Visitor, database_url: str) -> None:
    at_account(guest)
    with at_most(1, database_url) as address, ThreadPoolExecutor() as threads:
        with psycopg.connect(address):
            asked = threads.submit(guest.reload)
            until(lambda: connections()[0] == 1 or asked.done())
            assert not asked.done()
        asked.result(PATIENCE)
        assert guest.status == 200 and guest.path == "/register/account"


@pytest.mark.settings(database_timeout_ms=1000)  # to connect takes a while, too, beside other work
def test_whoever_waits_in_vain_is_asked_to_try_again(guest: Visitor, database_url: str) -> None:
    at_account(guest)
    with at_most(0, database_url):
        answer = guest.client.get("/register/account")
    assert answer.status_code == 503 and "Сейчас много посетителей" in answer.text


@pytest.mark.parametrize(
    ("words", "full"),
    [
        ("connection failed: FATAL:  sorry, too many clients already", True),
        ("FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute", True),
        ('FATAL:  too many connections for role "cabinet"', True),
        ("ВАЖНО:  извините, уже слишком много клиентов", True),
        ("FATAL:  no more connections allowed (max_client_conn)", True),
        ("connection failed: Connection refused", False),
        ('FATAL:  password authentication failed for user "cabinet"', False),
    ],
)
def test_it_is_known_by_its_words(database_url: str, words: str, full: bool) -> None:
    assert is_full(psycopg.OperationalError(words)) is full
