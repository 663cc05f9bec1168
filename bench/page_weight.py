"""What the first page weighs, and what Lighthouse says of it: python bench/page_weight.py [--no-lighthouse]

The server as in production, behind HTTPS with a certificate made here. Printed: the bytes of the first page
and of all that it loads, compressed by brotli, with and without the headers of the answers, against 24 kB;
then Lighthouse's scores for a slow phone (its own default), where there is `npx` to fetch it.
"""

import argparse
import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import brotli
from bs4 import BeautifulSoup

from tests.browser.secure import SAME_SITE, certificate, tls
from tests.browser.site import FLASK, chromium_path, stop, wait_until_ready
from tests.ports import free_port

LIMIT = 24_000  # bytes of the first page with all that it loads, without headers
LIGHTHOUSE = "lighthouse@12.8.2"
GOALS = {"performance": 100, "accessibility": 100, "best-practices": 98}
LOADED = "link[rel=stylesheet], link[rel=icon], link[rel=preload], script[src], img[src], source[src]"


def loaded_by(page: str) -> list[str]:
    """The addresses that a page makes the browser load, in order, each once."""
    parts = BeautifulSoup(page, "html.parser").select(LOADED)
    return list(dict.fromkeys(str(part.get("href") or part.get("src")) for part in parts))


def loaded_by_sheet(sheet: str) -> list[str]:
    """The addresses that a style sheet makes the browser load: pictures, fonts, other sheets."""
    found = re.findall(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""", sheet)
    return [address for address in dict.fromkeys(found) if not address.startswith("data:")]


def over_the_wire(port: int, path: str) -> tuple[int, int, bytes]:
    """Bytes of the headers, bytes of the body as sent, and the answer to a request for brotli."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {SAME_SITE}\r\nAccept-Encoding: br\r\n"
            "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    headers, _, body = answer.partition(b"\r\n\r\n")
    assert headers.startswith(b"HTTP/1.1 200"), (path, headers[:100])
    return len(headers) + 4, len(body), body


def weigh(port: int) -> None:
    """Print the weight of every part of the first page, and of all of them."""
    headers, size, page = over_the_wire(port, "/")
    parts = [("/", headers, size)]
    for path in loaded_by(brotli.decompress(page).decode()):
        parts.append((path, *over_the_wire(port, path)[:2]))
    for path, headers, size in parts:
        print(f"{size:7} B  + {headers:4} B of headers  {path}")
    body, total = sum(size for _, _, size in parts), sum(headers + size for _, headers, size in parts)
    verdict = "within" if body <= LIMIT else "OVER"
    print(f"{body:7} B in {len(parts)} answers, {total} B with headers: {verdict} {LIMIT} B")


@contextlib.contextmanager
def production(folder: Path) -> Iterator[tuple[int, str]]:
    """The server under the settings of production; its port, and its address over HTTPS."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        url = f"https://{SAME_SITE}:{stack.enter_context(tls(port, certificate(folder)))}"
        environment = {
            **{name: value for name, value in os.environ.items() if name != "DEMO"},
            "PORT": str(port),
            "PUBLIC_URL": url,
            "DATABASE_URL": f"sqlite:///{folder}/cabinet.db",
            "SECRET_KEY": secrets.token_hex(),
            "PASSWORD_PEPPER": secrets.token_hex(),
            "SMS_BACKEND": "twilio",
            **dict.fromkeys(("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"), "none"),
            "MAIL_BACKEND": "smtp",
            "SMTP_URL": "smtp://localhost:25",
            "MAIL_FROM": "cabinet@example.org",
            "STAFF_EMAILS": "staff@example.org",
            "SUPPORT_PHONE": "+78005553535",
        }
        log = stack.enter_context(open(folder / "log.txt", "w"))
        for command in (["build"], ["db", "upgrade"]):
            subprocess.run([*FLASK, *command], cwd=ROOT, env=environment, check=True, stdout=log, stderr=log)
        server = subprocess.Popen(
            [sys.executable, "-m", "cabinet.serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        stack.callback(stop, server)
        wait_until_ready(f"http://localhost:{port}/healthz", folder / "log.txt")
        yield port, url


def lighthouse(url: str, browser: str) -> None:
    """Print the scores of the first page and every audit that costs points."""
    flags = "--headless=new --no-sandbox --disable-gpu --ignore-certificate-errors"
    command = [
        *("npx", "--yes", LIGHTHOUSE, url, "--quiet", "--no-enable-error-reporting", "--output=json"),
        f"--only-categories={','.join(GOALS)}",
        f"--chrome-flags={flags}",
    ]
    answer = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True, timeout=300
    )
    if answer.returncode:
        print("Lighthouse could not run:", answer.stderr.strip()[-500:])
        return
    report = json.loads(answer.stdout)
    for name, goal in GOALS.items():
        category = report["categories"][name]
        score = round((category["score"] or 0) * 100)
        print(f"Lighthouse {name}: {score} (goal {goal})")
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if audit["score"] is not None and audit["score"] < 1 and reference["weight"]:
                print(f"    {audit['score']:.2f} {audit['id']}: {audit['title']}")


def main() -> None:
    """Weigh, then ask Lighthouse."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-lighthouse", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as name, production(Path(name)) as (port, url):
        weigh(port)
        browser = chromium_path()
        if options.no_lighthouse:
            return
        if browser and shutil.which("npx"):
            lighthouse(url, browser)
        else:
            print("Lighthouse needs npx and a Chromium: not run")


if __name__ == "__main__":
    main()
