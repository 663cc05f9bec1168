"""What a load balancer is told of a host: whether it can serve, and why not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cabinet.models import Heartbeat, migrations
from cabinet.models.base import now
from cabinet.models.database import db, is_sqlite
from tests.databases import disconnect
from tests.placing import at_account
from tests.visitor import Visitor


def ready(client: FlaskClient) -> tuple[int, str]:
    """The status and words of the answer."""
    answer = client.get("/readyz")
    return answer.status_code, answer.text


def test_a_silent_worker_takes_no_host_away(client: FlaskClient) -> None:
    assert ready(client) == (200, "ok\nworker silent\n")
    Heartbeat.beat("worker")
    assert ready(client) == (200, "ok\n")


def test_tables_of_an_earlier_version_will_not_do(client: FlaskClient) -> None:
    newest = migrations.status()[-1][0]
    with db.atomic():
        db.execute_sql(f"DELETE FROM schema_migration WHERE name = '{newest}'")
    assert ready(client) == (503, "schema\n")


@pytest.mark.parametrize("table", ["web_session", "registration"])
def test_new_code_before_its_upgrade_asks_people_to_try_again(app: Flask, table: str) -> None:
    """Those who are in the midst of something, too, whose session is read before anything else."""
    visitor = Visitor(app)
    at_account(visitor)
    with db.connection_context(), db.atomic():
        db.execute_sql(f"ALTER TABLE {table} RENAME TO of_another_version")
    answer = visitor.client.get("/register/account")
    assert answer.status_code == 503 and "Кабинет сейчас не отвечает" in answer.text
    assert answer.headers["Retry-After"] == "5"
    with db.connection_context(), db.atomic():
        db.execute_sql(f"ALTER TABLE of_another_version RENAME TO {table}")
    assert visitor.reload() and visitor.status == 200 and visitor.path == "/register/account"


@pytest.mark.settings(database_timeout_ms=200)
def test_a_host_that_cannot_write_is_not_ready(app: Flask, client: FlaskClient) -> None:
    disconnect()  # each request has a connection of its own
    with _nobody_can_write():
        assert ready(client) == (503, "write\n")
    assert ready(client)[0] == 200


def test_strangers_who_ask_do_not_keep_the_disk_busy(client: FlaskClient) -> None:
    ready(client)
    first = Heartbeat.get_by_id("web").at
    for _ in range(5):
        ready(client)
    assert Heartbeat.get_by_id("web").at == first <= now()


@contextmanager
def _nobody_can_write() -> Iterator[None]:
    """Another holds SQLite's lock, or the table's on PostgreSQL."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with db.connection_context(), db.atomic():
            if not is_sqlite():
                db.execute_sql("LOCK TABLE heartbeat IN EXCLUSIVE MODE")
            held.set()
            over.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    try:
        yield
    finally:
        over.set()
        holder.join()
