"""Every field, parameter and header of every address, drawn by a seed: whatever comes, nothing breaks."""

import io
import random
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from cabinet.models import AccountLink, DataRequest, Staff, User, base
from cabinet.models.database import db
from tests.bad_input.forms import GOOD, WIDE_LIMITS
from tests.bad_input.test_junk_requests import HEADERS
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PASSWORD, PHONE, resident
from tests.home.two_cabinets import REVIEW, prove
from tests.journeys import to_login_password
from tests.placing import at_account, signed_in
from tests.requests.files import image
from tests.staff.conftest import enter, member
from tests.visitor import Visitor

pytestmark = [WIDE_LIMITS, pytest.mark.settings(demo=True, bcrypt_cost=4, metrics_token="token")]
NASTY = (
    *("", " ", "0", "-1", "1", "9" * 18, "9" * 40, str(2**31), str(2**63), "-" + str(2**63)),
    *("1e400", "NaN", "\0", "a\0b", "\r\nSet-Cookie: a=b", "'\"><script>", "{{7*7}}", "%s%n"),
    *("../../etc/passwd", "//evil.example", "ё" * 300, "\u202eabc", "🙂" * 50, "\xed\xa0\x80", "\uffff"),
    *("2026-10", "0000-00", "9999-99", "2026-01-01T00:00:00~1", "9999-12-31T23:59:59.9~" + "9" * 40),
    *("31.02.2026", "٣٣٣٣", "x" * 5000, "on", "y", "yes", "others", "GET", "true", "null", "[]", "{}"),
    *("\\", "%", "~", "endpoint", "_method", "_external", "mail", "sms", "new", "in_work", "done"),
    *("found", "mine", "en", "zz"),
)
PARAMETERS = (
    *("lang", "theme", "accent", "after", "lane", "subject", "actor", "follow", "endpoint", "_method"),
    *("values", "_external", "_anchor", "_scheme", "ref", "next", "version", "state", "page", "self"),
    *("x[]", "%ff"),
)
HUGE = "9" * 40
PLACES = ("~", "1", HUGE, f"2026-01-01T00:00:00~{HUGE}", f"9999-12-31T23:59:59.9~-{HUGE}", "x~1")
FIELDS = (
    *(*GOOD, "phone", "code", "current_password", "device", "number", "receipt", "photo", "file"),
    *("query", "text", "reply", "lane", "state", "check", "accept", "way", "key", "comment", "city"),
    *("street", "house", "building", "flat", "consent", "csrf_token", "MessageSid", "MessageStatus"),
    *("column", "mapping", "what", "email", "stay", "proof", "answer", "home", "kind", "came_on", "words"),
    *("spoken", "until", "act", "outcome", "last_four", "reason", "asked", "confirm", "passkeys", "html"),
)
BILLING = "период;счёт;сумма\n".encode()
TWO = ("+79161230077", "+79161230078")  # cabinets of one person
ACTORS = ("stranger", "on the way", "long gone", "resident", "merging", "staff")
FILES = (b"", b"x", b"%PDF-1.5\n%%EOF", image()[:200], b"PK\x03\x04", BILLING, b"\0" * 100)


class Fuzz:
    """Requests drawn by a seed, sent by those of ACTORS."""

    def __init__(self, app: Flask, seed: int) -> None:
        self.app, self.draw = app, random.Random(seed)
        self.admin, self.anna = member("admin@example.org", "admin"), resident(accounts=[LESNAYA])
        self.actors = {name: Visitor(app) for name in ACTORS}
        self.rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        self.settle()

    def settle(self) -> None:
        """Have everybody be who they are again, whatever their requests have ended."""
        at_account(self.actors["on the way"], OTHER_PHONE)
        self.be_long_gone(self.actors["long gone"])
        with db.atomic():
            User.update(blocked_at=None, delete_at=None, phone=PHONE).where(User.id == self.anna.id).execute()
            AccountLink.insert(user=self.anna.id, account=LESNAYA).on_conflict_ignore().execute()
            Staff.update(totp_step=0, blocked_at=None).execute()
        self.asked_about = self.ask_about_data()
        signed_in(self.actors["resident"])
        self.be_merging(self.actors["merging"])
        enter(self.actors["staff"], Staff.get_by_id(self.admin.id))

    def be_long_gone(self, visitor: Visitor) -> None:
        """Know the password of a cabinet that asks for a receipt first."""
        with db.atomic():
            User.delete().where(User.phone == NEW_PHONE).execute()
        ago = base.now() - timedelta(days=300)
        resident(NEW_PHONE, accounts=[LESNAYA], created_at=ago, seen_at=ago)
        visitor.client.delete_cookie("cabinet")
        to_login_password(visitor, NEW_PHONE)
        visitor.fill_and_submit(password=PASSWORD)

    def be_merging(self, visitor: Visitor) -> None:
        """Have shown another cabinet to be one's own."""
        with db.atomic():
            User.delete().where(User.phone.in_(TWO)).execute()
        for phone in TWO:
            resident(phone, accounts=[LESNAYA])
        signed_in(visitor, TWO[0])
        prove(visitor, TWO[1], PASSWORD)
        assert visitor.path == REVIEW, visitor.text

    def ask_about_data(self) -> str:
        """The id of what somebody asked by letter about Anna's data."""
        days = {"came_on": base.now().date(), "until": base.now().date()}
        texts = {"kind": "delete", "way": "post", "words": "1", "recorded_by": self.admin.id}
        with db.atomic():
            return str(DataRequest.create(user=self.anna.id, phone=PHONE, **texts, **days).id)

    def one(self) -> tuple[str, int]:
        """Send one request; returns what it was and the status of the answer."""
        rule, who = self.draw.choice(self.rules), self.draw.choice(list(self.actors))
        methods = sorted(rule.methods or {"GET"})
        likely = [method for method in methods if method in ("GET", "POST")] or methods
        method = self.draw.choice(likely if self.draw.random() < 0.9 else methods)
        if rule.rule == "/logout" or "sign-out" in rule.rule:
            who = "stranger"
        client = self.actors[who].client
        asked: dict[str, Any] = {
            "method": method,
            "query_string": self.parameters(),
            "headers": {name: self.header() for name in self.draw.sample(HEADERS, self.draw.randrange(3))},
        }
        if method == "POST":
            asked["data"] = {**self.some(FIELDS, 12), "csrf_token": self.token(client)}
            if self.draw.random() < 0.3:
                for name in ("receipt", "photo", "file"):
                    asked["data"][name] = (io.BytesIO(self.draw.choice(FILES)), self.value()[:50] or "x")
        address = self.address(rule)
        what = f"{who}: {method} {address} {asked}"
        return what, client.open(address, **asked).status_code

    def address(self, rule: Rule) -> str:
        """The rule with something in the place of each of its arguments."""

        def argument(_found: object) -> str:
            return self.draw.choice((self.value()[:60], self.anna.id, LESNAYA, self.asked_about))

        drawn = re.sub(r"<[^>]*>", argument, rule.rule)
        return "/" + "".join(char for char in drawn.lstrip("/") if char not in "?#\r\n\0") or "/"

    def some(self, names: tuple[str, ...], most: int) -> dict[str, Any]:
        """Values for some of the names, good ones or nasty ones."""
        chosen = self.draw.sample(names, self.draw.randrange(most))
        return {name: self.draw.choice((GOOD.get(name, ""), self.value(), self.value())) for name in chosen}

    def parameters(self) -> dict[str, Any]:
        """Of an address: some of all, and often a place in a list."""
        drawn = self.some(PARAMETERS, 3)
        if self.draw.random() < 0.5:
            drawn["after"] = self.draw.choice(PLACES)
        return drawn

    def value(self) -> str:
        return self.draw.choice(NASTY)

    def header(self) -> str:
        plain = self.value().encode("ascii", "ignore").decode()
        return "".join(char for char in plain if char.isprintable())

    def token(self, client: Any) -> str:
        """What the forms of this browser carry now."""
        page = client.get("/requests").get_data(as_text=True)
        found = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
        return found[1] if found else ""


def run(app: Flask, seed: int, number: int) -> None:
    """Send so many requests: none may answer 5xx, but for 503 where somebody has to wait."""
    fuzz, broken = Fuzz(app, seed), []
    for count in range(1, number + 1):
        what, status = fuzz.one()
        if status >= 500 and not (status == 503 and "/readyz" in what):
            broken.append((status, what))
        if count % 200 == 0:
            fuzz.settle()
    assert not broken, f"{len(broken)} of {number} with seed {seed}: {broken[:5]}"


def test_nothing_breaks(app: Flask, receipt: dict[str, str]) -> None:
    run(app, 20261125, 300)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_nothing_breaks_by_thousands(app: Flask, receipt: dict[str, str], seed: int) -> None:
    run(app, seed, 1000)
