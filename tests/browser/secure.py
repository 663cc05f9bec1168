"""Over HTTPS: the cabinet on the company's own site and on another, and the pages that embed it."""

import asyncio
import contextlib
import functools
import http.server
import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from tests.browser import seeded
from tests.browser.site import FLASK, WIDE_LIMITS, Site, stop, wait_until_ready
from tests.ports import free_port

# every name under .localhost is this machine; the part before it is the site
COMPANY, SAME_SITE, CROSS_SITE, STRANGER = (
    *("www.company.localhost", "lk.company.localhost"),
    *("cabinet.provider.localhost", "www.stranger.localhost"),
)


@dataclass(frozen=True)
class Sites:
    """Addresses of the cabinet by its relation to the company, of the company's pages and of a stranger's."""

    same_site: str
    cross_site: str
    company: str
    stranger: str
    site: Site  # for the inbox
    pages: Path  # folder of the pages: one may put more into it

    def cabinet(self, relation: str) -> str:
        """The cabinet that is "same-site" or "cross-site" to the company."""
        return self.same_site if relation == "same-site" else self.cross_site

    def page(self, relation: str, script: bool = True) -> str:
        """The company's page that embeds that cabinet: by the script, or by a frame written by hand."""
        return f"{self.company}/{relation}-{'script' if script else 'frame'}.html"


@contextlib.contextmanager
def running_secure(folder: Path) -> Iterator[Sites]:
    """Two servers of one cabinet, its worker, and the pages, behind a certificate made here."""
    ports = {name: free_port() for name in (SAME_SITE, CROSS_SITE)}
    with contextlib.ExitStack() as stack:
        context = certificate(folder)
        public = {
            name: f"https://{name}:{stack.enter_context(tls(port, context))}" for name, port in ports.items()
        }
        pages = folder / "pages"
        pages.mkdir()
        port = stack.enter_context(tls(stack.enter_context(_pages(pages, list(public.values()))), context))
        company, stranger = f"https://{COMPANY}:{port}", f"https://{STRANGER}:{port}"
        for relation, cabinet in zip(("same-site", "cross-site"), public.values(), strict=True):
            write_page(pages / f"{relation}-script.html", script_page(cabinet))
            write_page(pages / f"{relation}-frame.html", frame_page(cabinet))
        environment = {
            **os.environ,
            **seeded.settings_in(folder),
            "FRAME_ANCESTORS": company,
            "BCRYPT_COST": "4",
            "WEB_PROCESSES": "1",
            "CODE_RESEND_WAITS": "0",
            **dict.fromkeys((*WIDE_LIMITS, "SMS_PER_PHONE_DAY", "REQUESTS_PER_MINUTE"), "10000"),
        }
        log = stack.enter_context(open(folder / "log.txt", "w"))
        site = Site(f"http://localhost:{ports[SAME_SITE]}", company, environment)
        seeded.put_into(folder)
        programs: list[tuple[tuple[str, ...], dict[str, str]]] = [((*FLASK, "worker"), {})]
        for name, mode in ((SAME_SITE, "same-site"), (CROSS_SITE, "cross-site")):
            own = {"PORT": str(ports[name]), "PUBLIC_URL": public[name], "COOKIE_MODE": mode}
            programs.append(((sys.executable, "-m", "cabinet.serve"), own))
        for program, own in programs:
            process = subprocess.Popen(program, cwd=ROOT, env=environment | own, stdout=log, stderr=log)
            stack.callback(stop, process)
        for port in ports.values():
            wait_until_ready(f"http://localhost:{port}/readyz", folder / "log.txt")
        yield Sites(public[SAME_SITE], public[CROSS_SITE], company, stranger, site, pages)


def script_page(cabinet: str, attributes: str = "") -> str:
    """A page with the one line that embeds the cabinet."""
    return (
        f"<h1>Company</h1><div data-cabinet {attributes}></div>"
        f'<script async src="{cabinet}/embed.js"></script><p id="below">Below</p>'
    )


def frame_page(cabinet: str, path: str = "/") -> str:
    """A page with a frame written by hand, for browsers without JavaScript."""
    frame = f'<iframe src="{cabinet}{path}" width="100%" height="800" title="Cabinet"></iframe>'
    return f"<h1>Company</h1>{frame}"


def write_page(path: Path, body: str) -> None:
    """Put a page into the folder of the pages."""
    path.write_text(
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Company</title></head>'
        f"<body>{body}</body></html>"
    )


@contextlib.contextmanager
def _pages(folder: Path, cabinets: list[str]) -> Iterator[int]:
    """The company's site, with a strict policy: it allows what docs/embedding.md tells a webmaster to."""
    allowed = " ".join(cabinets)

    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def end_headers(self) -> None:
            if not self.path.startswith("/lax"):
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; script-src {allowed}; frame-src {allowed}; style-src 'none'",
                )
            super().end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    (folder / "favicon.ico").touch()
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate signed by itself, good for a day."""
    openssl = shutil.which("openssl")
    assert openssl, "no openssl to make a certificate with"
    names = ",".join(f"DNS:{name}" for name in ("localhost", COMPANY, SAME_SITE, CROSS_SITE, STRANGER))
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "60"),
            *("-subj", "/CN=localhost", "-addext", f"subjectAltName={names}"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@contextlib.contextmanager
def tls(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """Takes TLS off for a plain server on `port`, and does nothing else; yields the port to connect to."""
    loop, found = asyncio.new_event_loop(), free_port()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner, outer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pipe(reader, outer), pipe(inner, writer))

    async def serve() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", found, ssl=context)
        started.set()
        async with server:
            await server.serve_forever()

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.set_exception_handler(lambda *_: None)  # browsers break off connections
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)

    started = threading.Event()
    serving = loop.create_task(serve())
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert started.wait(10)
    yield found
    loop.call_soon_threadsafe(serving.cancel)
    thread.join(5)
