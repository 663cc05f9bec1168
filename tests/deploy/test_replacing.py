"""A deploy on one host with nothing in front: the server is replaced, and nobody notices."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from config import ROOT
from tests.browser.site import stop, wait_until_ready
from tests.deploy.front import Host, prepared
from tests.deploy.visitors import failures
from tests.ports import free_port, is_listening
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow


def visitor() -> requests.Session:
    """Somebody with a connection for each request, as nginx makes them.

    A connection that idles when its server ends is closed, and browsers then send again by themselves.
    """
    session = requests.Session()
    session.headers["Connection"] = "close"
    return session


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """One host, with two web processes."""
    port = free_port()
    environment = prepared(tmp_path, f"http://localhost:{port}", WEB_PROCESSES="2")
    found = Host(port, environment, tmp_path / "log.txt")
    found.start()
    yield found
    found.stop()


def test_a_server_is_replaced_under_load_and_fails_nobody(host: Host) -> None:
    process = host.process
    assert process is not None

    def replace() -> None:
        for number in (1, 2, 3):
            process.send_signal(signal.SIGHUP)
            until(lambda n=number: host.log.read_text().count("has taken over") == n)  # type: ignore[misc]

    assert failures(visitor, f"http://localhost:{host.port}", replace) == []
    assert process.poll() is None


def test_where_a_process_dies_the_others_go_on_until_another_server_is_up(host: Host) -> None:
    assert host.process is not None
    supervisor = psutil.Process(host.process.pid)
    (server,) = supervisor.children()
    first, _second = server.children()
    first.kill()
    for _ in range(10):
        assert visitor().get(f"http://localhost:{host.port}/healthz").ok
    until(lambda: host.log.read_text().count("has taken over") == 1)
    until(lambda: not server.is_running(), "it stays beside the new one")
    (now,) = supervisor.children()
    assert len(now.children()) == 2
    assert visitor().get(f"http://localhost:{host.port}/healthz").ok


def test_one_that_is_stopped_refuses_newcomers_at_once_and_finishes_a_request(host: Host) -> None:
    assert host.process is not None
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nExpect: 100-continue"
    with socket.create_connection(("127.0.0.1", host.port), PATIENCE) as under_way:
        under_way.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\n{form}\r\n\r\n".encode())
        assert b" 100 " in under_way.recv(4096), "it waits for what is sent next"
        host.process.terminate()
        until(lambda: not is_listening(host.port))
        assert host.process.poll() is None
        under_way.sendall(b"a=b")
        assert under_way.recv(4096).startswith(b"HTTP/1.1 ")
    assert host.process.wait(PATIENCE) == 0


def test_a_server_without_its_supervisor_gives_the_port_back(host: Host) -> None:
    assert host.process is not None
    host.process.kill()
    host.process.wait()
    until(lambda: not is_listening(host.port), "the server goes on")


def test_a_restart_behind_systemds_socket_keeps_everybody_waiting_and_fails_nobody(tmp_path: Path) -> None:
    """What `cabinet-web.socket` does: it listens, and passes the socket on as number 3."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        port = listening.getsockname()[1]
        environment = prepared(tmp_path, f"http://localhost:{port}")
        log = tmp_path / "log.txt"

        def start() -> "subprocess.Popen[bytes]":
            number = os.dup(listening.fileno())
            activate = f"exec 3<&{number}; LISTEN_PID=$$ LISTEN_FDS=1 exec {sys.executable} -m cabinet.serve"
            with open(log, "ab") as output:
                process = subprocess.Popen(
                    ["bash", "-c", activate],
                    cwd=ROOT,
                    env=environment,
                    pass_fds=[number],
                    stdout=output,
                    stderr=output,
                )
            os.close(number)
            wait_until_ready(f"http://127.0.0.1:{port}/healthz", log)
            return process

        running = [start()]

        def restart() -> None:
            stop(running.pop())
            running.append(start())

        try:
            assert failures(visitor, f"http://localhost:{port}", restart) == []
        finally:
            for process in running:
                stop(process)
