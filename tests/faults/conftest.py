"""Processes that are started for real; what they send to tells where they are, and fate where they die."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config import ROOT, Settings
from tests.delivery.test_sms import PATH
from tests.faults.fate import Fatal, Fate
from tests.faults.processes import Start, end, environment
from tests.servers import by_smtp, mailbox, serving  # noqa: F401

PROGRAMS = {
    "serve": "cabinet.serve",
    "worker": "cabinet.worker",  # what `flask --app wsgi worker` becomes, in half the time
    "flask": "flask",
}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start one of PROGRAMS with arguments; what still runs after the test is killed."""
    running: list[subprocess.Popen[bytes]] = []
    temporary = tmp_path / "temporary"  # killed, they clear nothing up
    temporary.mkdir()
    with open(tmp_path / "processes.log", "wb") as log:

        def begin(settings: Settings, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
            process = subprocess.Popen(
                [sys.executable, "-m", PROGRAMS[program], *arguments],
                cwd=ROOT,
                env={**environment(settings), "TMPDIR": str(temporary)},
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that `kill` reaches the server's own processes, too
            )
            running.append(process)
            return process

        yield begin
        for process in running:
            if process.poll() is None:
                end(process)


@pytest.fixture
def fate(settings: Settings, database: peewee.Database) -> Iterator[Fate]:
    """Decides where workers die."""
    fate = Fate(settings.database_url)
    yield fate
    fate.hold.release()


@pytest.fixture
def box(fate: Fate) -> Iterator[Fatal]:
    """A running mail server."""
    box = Fatal(fate)
    with serving(box):
        yield box


@pytest.fixture
def receiver(fate: Fate, httpserver: HTTPServer) -> HTTPServer:
    """A running web server: webhooks at /hook, and Twilio's address."""

    def answer(request: Request, good: Response) -> Response:
        request.get_data()
        fate.at("accepted")
        fate.at("answered")
        return good

    def sms() -> Response:
        return Response('{"sid": "SM1", "status": "queued"}', 201, content_type="application/json")

    httpserver.expect_request("/hook").respond_with_handler(lambda r: answer(r, Response(status=204)))
    httpserver.expect_request(PATH).respond_with_handler(lambda r: answer(r, sms()))
    return httpserver
