"""Two PostgreSQL under Patroni with an etcd, all on this machine, for the drill of failovers."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import requests

from tests.ports import free_port
from tests.waiting import until

LOCAL = "127.0.0.1"
SECONDS = {"ttl": 20, "loop_wait": 2, "retry_timeout": 3, "master_start_timeout": 0}
PARAMETERS = {"max_connections": 60, "wal_keep_size": "256MB", "wal_log_hints": "on"}
PATIENCE = 90  # seconds


class Node:
    """One of the servers, and what runs it."""

    def __init__(self, name: str, folder: Path, etcd: int) -> None:
        self.name, self.folder = name, folder / name
        self.folder.mkdir()
        self.port, self.rest = free_port(), free_port()
        self.config = self.folder / "patroni.json"
        self.config.write_text(json.dumps(self._settings(etcd)))
        self.process: subprocess.Popen[bytes] | None = None

    def _settings(self, etcd: int) -> dict[str, Any]:
        known = {
            "superuser": {"username": "postgres", "password": "x"},
            "replication": {"username": "replicator", "password": "x"},
        }
        postgresql = {
            "listen": f"{LOCAL}:{self.port}",
            "connect_address": f"{LOCAL}:{self.port}",
            "data_dir": str(self.folder / "data"),
            "bin_dir": str(max(Path("/usr/lib/postgresql").glob("*/bin"))),
            "authentication": known,
            "parameters": {"unix_socket_directories": str(self.folder)},
            "pg_hba": [f"host {what} all {LOCAL}/32 trust" for what in ("all", "replication")],
        }
        dcs: dict[str, Any] = {**SECONDS, "synchronous_mode": True}
        dcs["postgresql"] = {"use_pg_rewind": True, "parameters": PARAMETERS}
        return {
            "scope": "cabinet",
            "name": self.name,
            "restapi": {"listen": f"{LOCAL}:{self.rest}", "connect_address": f"{LOCAL}:{self.rest}"},
            "etcd3": {"host": f"{LOCAL}:{etcd}"},
            "bootstrap": {"dcs": dcs, "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}]},
            "postgresql": postgresql,
        }

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        self.process = _started(["patroni", str(self.config)], self.folder)

    def kill(self) -> None:
        """As if its host were gone: Patroni, PostgreSQL and each of its sessions at once."""
        pids = [self.process.pid] if self.process else []
        with suppress(OSError):
            postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            pids += [postmaster, *_children(postmaster)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.process = None


class Cluster:
    """Both of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.etcd = free_port()
        self.nodes = [Node(name, folder, self.etcd) for name in ("db1", "db2")]
        for path in [folder / "etcd", *(node.folder for node in self.nodes)]:
            path.mkdir(exist_ok=True)
            path.chmod(0o700)
            if os.geteuid() == 0:
                shutil.chown(path, "postgres")

    def url(self) -> str:
        """What the cabinet's DATABASE_URL is."""
        hosts = ",".join(f"{LOCAL}:{node.port}" for node in self.nodes)
        return f"postgresql://postgres:x@{hosts}/cabinet?target_session_attrs=read-write"

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        """One leads and the other follows, with an empty database."""
        here, peers = f"http://{LOCAL}:{self.etcd}", f"http://{LOCAL}:{free_port()}"
        of_clients = ["--listen-client-urls", here, "--advertise-client-urls", here]
        of_peers = ["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers]
        place = ["--data-dir", str(self.folder / "etcd"), "--initial-cluster", f"default={peers}"]
        etcd = _started(["etcd", *of_clients, *of_peers, *place], self.folder / "etcd")
        try:
            for node in self.nodes:
                node.start()
            until(self.whole, "no two servers", PATIENCE)
            with psycopg.connect(
                self.url().replace("/cabinet?", "/postgres?"), autocommit=True
            ) as connection:
                connection.execute("CREATE DATABASE cabinet TEMPLATE template0")
            yield self
        finally:
            for node in self.nodes:
                node.kill()
            etcd.kill()
            etcd.wait()

    def roles(self) -> dict[str, str]:
        """Which server is what."""
        for node in self.nodes:
            if not node.process:
                continue
            with suppress(requests.RequestException, ValueError):
                members = requests.get(
                    f"http://{LOCAL}:{node.rest}/cluster", timeout=2, allow_redirects=False
                ).json()["members"]
                return {
                    one["name"]: one["role"] for one in members if one["state"] in ("running", "streaming")
                }
        return {}

    def whole(self) -> bool:
        """Whether one leads and the other has all that it has."""
        return sorted(self.roles().values()) == ["leader", "sync_standby"]

    def leader(self) -> Node:
        """The server that takes writes."""
        return next(node for node in self.nodes if self.roles().get(node.name) == "leader")

    def switch_over(self) -> None:
        """Have the other lead, as an operator asks for it."""
        leader = self.leader()
        address = f"http://{LOCAL}:{leader.rest}/switchover"
        asked = requests.post(address, json={"leader": leader.name}, timeout=PATIENCE, allow_redirects=False)
        assert asked.ok, asked.text
        until(lambda: self.whole() and self.leader() is not leader, "no switch-over", PATIENCE)

    def kill_leader(self) -> None:
        """End the host of the server that takes writes, and wait until the other does."""
        leader = self.leader()
        leader.kill()
        until(
            lambda: "leader" in {r for n, r in self.roles().items() if n != leader.name}, "no other", PATIENCE
        )

    def start_the_dead(self) -> None:
        """Have it follow the other."""
        for node in self.nodes:
            if not node.process:
                node.start()
        until(self.whole, "it does not come back", PATIENCE)


def _started(command: list[str], folder: Path) -> "subprocess.Popen[bytes]":
    """PostgreSQL runs as nobody's root."""
    user = "postgres" if os.geteuid() == 0 else None
    with open(folder.parent / f"{folder.name}.log", "ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user,
            group=user,
            start_new_session=True,
            env={**os.environ, "HOME": str(folder)},
        )


def _children(parent: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]
