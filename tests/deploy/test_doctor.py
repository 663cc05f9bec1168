"""`doctor --public` through the documented nginx, and through ones that lose or add something."""

import subprocess
from collections.abc import Iterator

import pytest

from config import ROOT
from tests.browser.site import FLASK
from tests.deploy.front import Front, running
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """The front, with both hosts up."""
    with running() as found:
        yield found


def examined(front: Front, **changes: str) -> tuple[int, str]:
    """The exit code of the doctor, and what it said."""
    environment = {**front.hosts[0].environment, "REQUESTS_CA_BUNDLE": str(front.certificate), **changes}
    command = [*FLASK, "doctor", "--public", front.url]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    return done.returncode, done.stdout + done.stderr


def test_the_documented_front_is_green(front: Front) -> None:
    code, said = examined(front)
    assert code == 0, said
    assert "WRONG" not in said and "note" not in said and said.count("ok ") >= 9, said


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("proxy_set_header X-Forwarded-For $remote_addr;", "", "visitors can choose the address"),
        ("proxy_set_header Host $http_host;", "proxy_set_header Host other.example;", None),
        ("X-Forwarded-Host $http_host;", "X-Forwarded-Host inside;", "a form is answered 400"),
        ("proxy_set_header X-Forwarded-Host $http_host;", "", "X-Forwarded-Host of visitors"),
        ("client_max_body_size 33m;", "", "receipts: a body of 32 MB passes"),
        ("client_max_body_size 1025m;", "", "billing files: a body of 1024 MB passes"),
        ("gzip off;", "gzip off; add_header X-Frame-Options DENY;", "the proxy adds X-Frame-Options"),
        ("gzip off;", "gzip off; proxy_hide_header Content-Security-Policy;", "who may embed the cabinet"),
        ("gzip off;", "gzip off; proxy_hide_header Set-Cookie;", "session cookie __Host-cabinet lacks"),
        ("gzip off;", "gzip off; proxy_hide_header Strict-Transport-Security;", "Security is lost"),
    ],
)
def test_what_a_front_does_wrong_is_named(front: Front, old: str, new: str, found: str | None) -> None:
    """Host alone may be another one: X-Forwarded-Host counts for more."""
    with front.changed(old, new):
        code, said = examined(front)
    assert code == (1 if found else 0), said
    if found:
        assert any(line.startswith("WRONG") and found in line for line in said.splitlines()), said


def test_a_certificate_that_nobody_trusts_is_named(front: Front) -> None:
    code, said = examined(front, REQUESTS_CA_BUNDLE="/etc/ssl/certs/ca-certificates.crt")
    assert code == 1 and "browsers will not trust localhost" in said, said


def test_another_database_than_the_web_servers_is_named(front: Front) -> None:
    elsewhere = f"sqlite:///{front.main.parent}/elsewhere.db"
    environment = {**front.hosts[0].environment, "DATABASE_URL": elsewhere}
    subprocess.run([*FLASK, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    code, said = examined(front, DATABASE_URL=elsewhere)
    assert code == 1 and "need the same DATABASE_URL" in said, said
