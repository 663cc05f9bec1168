"""The documented nginx in front of two hosts of the cabinet, on this machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from cabinet.serve.held_folder import held_folder
from config import ROOT
from tests.browser.secure import certificate
from tests.browser.site import FLASK, WIDE_LIMITS, stop, wait_until_ready
from tests.missing import missing
from tests.ports import free_port, is_listening
from tests.waiting import PATIENCE, until

CONFIGURATION = ROOT / "deploy" / "nginx" / "cabinet.conf"
MAIN = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {cabinet}
}}
"""


@dataclass
class Host:
    """One host: a web server on a port of its own."""

    port: int
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it, and wait until it can serve."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cabinet.serve"],
                cwd=ROOT,
                env=self.environment | {"PORT": str(self.port)},
                stdout=log,
                stderr=log,
            )
        until(lambda: is_listening(self.port))
        wait_until_ready(f"http://127.0.0.1:{self.port}/healthz", self.log)

    def stop(self) -> None:
        """Stop it as a supervisor does."""
        if self.process:
            stop(self.process)


@dataclass
class Worker:
    """A worker of a host."""

    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it; it works once it has come up."""
        with open(self.log, "ab") as log:
            command = [sys.executable, "-m", "cabinet.worker"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def stop(self) -> None:
        """Stop it as a supervisor does."""
        if self.process:
            stop(self.process)


@dataclass
class Front:
    """The address that residents know, and the hosts behind it."""

    url: str
    plain: int  # the port without TLS
    certificate: Path
    hosts: list[Host]
    main: Path  # nginx's configuration
    program: str
    nginx: "subprocess.Popen[bytes] | None" = None

    def browser(self) -> requests.Session:
        """Somebody who trusts the certificate and sends what a browser sends of itself."""
        session = requests.Session()
        session.trust_env = False  # of which a list of certificates would count for more than ours
        session.verify = str(self.certificate)
        session.headers.update({"Origin": self.url, "Sec-Fetch-Site": "same-origin"})
        return session

    def serve(self) -> None:
        """Start nginx by its configuration, instead of the one that runs."""
        self.stop()
        folder = self.main.parent
        self.nginx = nginx = subprocess.Popen(
            [self.program, "-e", folder / "nginx.log", "-p", folder, "-c", self.main]
        )
        port = int(self.url.rpartition(":")[2])
        until(lambda: is_listening(port) or nginx.poll() is not None)
        assert nginx.poll() is None, (folder / "nginx.log").read_text()

    def stop(self) -> None:
        """Stop nginx."""
        if self.nginx:
            self.nginx.terminate()
            self.nginx.wait(PATIENCE)

    @contextmanager
    def changed(self, old: str, new: str) -> Iterator[None]:
        """Have other words in nginx's configuration inside the block."""
        right = self.main.read_text()
        assert old in right
        try:
            self.main.write_text(right.replace(old, new))
            self.serve()
            yield
        finally:
            self.main.write_text(right)
            self.serve()


@contextmanager
def running(**settings: str) -> Iterator[Front]:
    """nginx and two hosts on a fresh demonstration database. Skips the test where there is no nginx."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing("no nginx")
    with ExitStack() as stack:
        folder = stack.enter_context(held_folder("front"))
        folder.chmod(0o755)  # nginx started by root works as another user
        certificate(folder)
        plain, port, hosts = free_port(), free_port(), [free_port(), free_port()]
        url = f"https://localhost:{port}"
        environment = prepared(folder, url, TRUSTED_PROXIES="1", **settings)
        main = folder / "nginx.conf"
        main.write_text(MAIN.format(folder=folder, cabinet=_adapted(folder, plain, port, hosts)))
        front = Front(url, plain, folder / "cert.pem", [], main, program)
        for host in hosts:
            front.hosts.append(Host(host, environment, folder / "log.txt"))
            stack.callback(front.hosts[-1].stop)
            front.hosts[-1].start()
        stack.callback(front.stop)
        front.serve()
        yield front


def prepared(folder: Path, url: str, **settings: str) -> dict[str, str]:
    """The environment of an installation in this folder, its demonstration data seeded."""
    environment = {
        **os.environ,
        "DEMO": "1",
        "PUBLIC_URL": url,
        "DATABASE_URL": f"sqlite:///{folder}/cabinet.db",
        "UPLOADS_FOLDER": f"{folder}/uploads",
        "IMPORTS_FOLDER": f"{folder}/imports",
        "WEB_PROCESSES": "1",
        "DATABASE_TIMEOUT_MS": "60000",  # a slow disk is not what is tried, nor a busy machine
        **dict.fromkeys((*WIDE_LIMITS, "REQUESTS_PER_MINUTE"), "100000"),
        **settings,
    }
    for command in (["build"], ["db", "upgrade"], ["demo", "seed"]):
        subprocess.run([*FLASK, *command], cwd=ROOT, env=environment, check=True, capture_output=True)
    return environment


def _adapted(folder: Path, plain: int, port: int, hosts: list[int]) -> str:
    """The documented file, with the test's own ports, name and certificate."""
    text = CONFIGURATION.read_text()
    for documented, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{hosts[0]}"),
        ("127.0.0.1:8001", f"127.0.0.1:{hosts[1]}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("lk.example.ru", "localhost"),
        ("/etc/ssl/cabinet.pem", f"{folder}/cert.pem"),
        ("/etc/ssl/cabinet.key", f"{folder}/key.pem"),
    ):
        assert documented in text, documented
        text = text.replace(documented, here)
    return text


def begin(browser: requests.Session, url: str, number: int) -> requests.Response:
    """Send the first form with a phone of its own."""
    page = browser.get(f"{url}/").text
    form = {"csrf_token": token(page), "phone": f"+7999{number:07}", "consent": "y"}
    return browser.post(f"{url}/", data=form)


def token(page: str) -> str:
    """The token of the page's form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]
