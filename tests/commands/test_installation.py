"""The operator's commands, and what is refused at the start."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import peewee
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from cabinet.commands import installation
from cabinet.commands.doctor import doctor
from cabinet.models import migrations
from cabinet.models.database import db
from cabinet.wording import catalogues
from config import ROOT, Settings
from tests.ports import free_port, is_listening
from tests.waiting import PATIENCE, until


@pytest.fixture
def runner(database: peewee.Database, settings: Settings) -> FlaskCliRunner:
    app = Flask("wsgi")
    for command in (*installation.ALL, doctor):
        app.cli.add_command(command)
    db.close()  # commands open their own
    return app.test_cli_runner()


def test_upgrade_is_idempotent(
    runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = runner.invoke(args=["db", "upgrade"])
    assert first.exit_code == 0 and "up to date" in first.output
    assert runner.invoke(args=["db", "status"]).exit_code == 0

    (tmp_path / "0002_more.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE more (a int)')\n"
    )
    (tmp_path / "0001_initial.py").write_text((migrations.FOLDER / "0001_initial.py").read_text())
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    late = runner.invoke(args=["db", "status"])
    assert late.exit_code == 1 and "MISSING  0002_more" in late.output
    assert "migrations missing: 0002_more" in runner.invoke(args=["doctor"]).output
    assert "applied 0002_more" in runner.invoke(args=["db", "upgrade"]).output
    assert "up to date" in runner.invoke(args=["db", "upgrade"]).output


UPGRADE = """
import sys
from cabinet.models import migrations
from cabinet.models import base
from cabinet.models.database import db
from config import Settings
base.configure(Settings(testing=True, database_url=sys.argv[1]))
with db.connection_context():
    print(*migrations.upgrade())
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    url_of: Callable[[str], str] = request.getfixturevalue("postgres_url_of")
    import psycopg

    name = f"empty_{os.getpid()}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url_of(name)


@pytest.mark.thorough
@pytest.mark.parametrize("hosts", [2, 4])
def test_upgrades_at_once(empty_url: str, hosts: int) -> None:
    """Several hosts start together: one migrates, the others wait and find nothing to do."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, empty_url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(hosts)
    ]
    ended = [(process.communicate(timeout=PATIENCE), process.returncode) for process in started]
    assert [code for _, code in ended] == [0] * hosts, ended
    assert sorted(out.strip() for (out, _), _ in ended)[:-1] == [""] * (hosts - 1)
    assert any("0001_initial" in out for (out, _), _ in ended)


def _environment(**changes: str) -> dict[str, str]:
    ours = {name.upper() for name in Settings.__dataclass_fields__}
    return {**{k: v for k, v in os.environ.items() if k not in ours}, **changes}


@pytest.mark.parametrize("command", [["-c", "import wsgi"], ["-m", "cabinet.serve"]])
def test_half_configured_start_is_refused(command: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=_environment(SECRET_KEY="short-and-secret", PORT=str(free_port())),
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    for name in (
        "SECRET_KEY",
        "PUBLIC_URL",
        "SMS_BACKEND",
        "MAIL_BACKEND",
        "STAFF_EMAILS",
        "PASSWORD_PEPPER",
    ):
        assert sum(f"- {name}" in line for line in answer.stderr.splitlines()) == 1, answer.stderr
    assert "short-and-secret" not in answer.stderr and "Traceback" not in answer.stderr


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("PORT=80a0", "PORT must be a whole number"),
        ("DEMO=perhaps", "DEMO must be 0 or 1"),
        ("LOGIN_LOCKOUTS=60 12O", "LOGIN_LOCKOUTS must be whole numbers"),
        ("LOG_LEVEL=LOUD", "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR"),
        ("DATABASE_URL=mysql://x/y", "DATABASE_URL must begin with sqlite:// or postgresql://"),
        ("DATABASE_URL=postgresql://cabinet:12O/x@db/cabinet", "DATABASE_URL has no right port"),
        ("REDIS_URL=localhost:6379", "REDIS_URL must begin with redis:// or rediss://"),
        ("SMTP_URL=smtp://mail:25O", "SMTP_URL has no right port"),
    ],
)
@pytest.mark.parametrize("command", [["wsgi"], ["cabinet.serve"]])
def test_a_value_that_makes_no_sense_is_named(command: list[str], setting: str, said: str) -> None:
    name, _, value = setting.partition("=")
    answer = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=_environment(**{name: value}),
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    heading, line = answer.stderr.splitlines()
    assert heading == "Cabinet cannot start:" and line.startswith(f"  - {said}") and "12O" not in line


def test_an_address_that_is_not_this_machines() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "cabinet.serve"],
        cwd=ROOT,
        env=_environment(DEMO="1", HOST="203.0.113.5", PORT=str(free_port())),
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1 and answer.stderr.startswith("Cannot listen on HOST=203.0.113.5, PORT=")


def test_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = subprocess.run(
            [sys.executable, "-m", "cabinet.serve"],
            cwd=ROOT,
            env=_environment(DEMO="1", PORT=port),
            capture_output=True,
            text=True,
        )
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Port {port} is in use")


def test_stop_lets_requests_finish(sqlite_url: str) -> None:
    """SIGTERM in the middle of a request: it is answered, then the server ends by itself."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "cabinet.serve"],
        cwd=ROOT,
        env=_environment(DEMO="1", PORT=str(port), DATABASE_URL=sqlite_url, WEB_PROCESSES="1"),
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            body = b"phone=1"
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
            )
            # the request is under way, its body is not here yet
            assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
            process.send_signal(signal.SIGTERM)
            until(lambda: not is_listening(port), "the server goes on taking requests")
            connection.sendall(body)
            assert connection.recv(9) == b"HTTP/1.1 "
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    def answers() -> bool:
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=PATIENCE).close()
            return True
        return False

    until(answers, f"{url} does not answer")


def test_catalogues_are_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Да"\nmsgstr "Yes"\n'
    )
    assert catalogues.compile_all(tmp_path) == ["en"]
    assert catalogues.compile_all(tmp_path) == []
    from babel.support import Translations

    assert Translations.load(tmp_path, ["en"]).gettext("Да") == "Yes"
