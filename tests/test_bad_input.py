"""Anything at all, anywhere: a Russian sentence, what was typed stays, never a failure."""

import io
import itertools
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from cabinet.models import OneTimeCode, User
from cabinet.models.database import is_sqlite
from tests.cast import LESNAYA, PASSWORD, PERSON, PHONE, resident
from tests.journeys import FORGOT, to_code
from tests.page_check import check_page
from tests.placing import at_account, at_address, at_profile, at_registration_password
from tests.visitor import ORIGIN, Visitor, last_code, tab

MANY = 10**6
pytestmark = pytest.mark.settings(
    code_resend_waits=(),
    **dict.fromkeys(
        (
            *("code_tries", "code_wrong_per_phone_day", "sms_per_phone_day", "sms_per_ip_hour"),
            *("sms_per_ip_day", "sms_global_hour", "sms_global_day"),
            *("login_failures", "login_ip_minute", "login_ip_hour"),
            *("lookup_per_user_hour", "lookup_per_user_day", "lookup_per_account_day", "lookup_per_ip_hour"),
        ),
        MANY,
    ),
)
numbers = itertools.count(79_160_000_000)

GOOD: dict[str, str] = {
    "phone": "8 916 123-45-67",
    "consent": "y",
    "code": "000000",
    "period": "2026-10",
    "account": "1234567890",
    "amount": "4 218,67",
    "answer": "no",
    **PERSON,
    "password": "Длинный7пароль",
    "current_password": "не тот",
    "device": "x",
}
SECRETS = ("password", "current_password")
NOISE: dict[str, Any] = {
    "empty": "",
    "missing": None,
    "repeated": ["1", "2"],
    "blank": " \t\u00a0\u200b ",
    "nul": "a\0b",
    "line ends": "a\r\nSet-Cookie: x=1",
    "emoji": "🙂👨‍👩‍👧",
    "right to left": "\u202eабв\u202c مرحبا",
    "markup": "<script>alert(1)</script>\"'{{7*7}}%s",
    "long": "я" * 3000,
    "invalid UTF-8": b"\xff\xfe\xfa\x80",
    "lone surrogate": b"\xed\xa0\x80",
    "digits of others": "٤٢١٨٦٧",
    "number": "9" * 400,
}
HARD_TO_STORE = ("nul", "emoji", "long", "invalid UTF-8", "lone surrogate", "repeated")
STAYS = ("empty", "emoji", "markup", "digits of others")


def _signed_in(visitor: Visitor, _receipt: dict[str, str], e164: str) -> None:
    resident(e164, accounts=[LESNAYA])
    visitor.get("/")
    visitor.fill_and_submit(phone=e164)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home"


def _known(visitor: Visitor, _receipt: dict[str, str], e164: str) -> None:
    resident(e164)
    visitor.get("/")
    visitor.fill_and_submit(phone=e164)
    assert visitor.path == "/login/password"


def _recovered(visitor: Visitor, receipt: dict[str, str], e164: str) -> None:
    _known(visitor, receipt, e164)
    visitor.fill_and_submit(FORGOT)
    visitor.fill_and_submit(code=last_code(e164))
    assert visitor.path == "/login/new-password"


Go = Callable[[Visitor, dict[str, str], str], object]
FORMS: list[tuple[str, Go, tuple[str, ...]]] = [
    ("/", lambda v, r, p: v.get("/"), ("phone", "consent")),
    ("/code", lambda v, r, p: to_code(v, p), ("code",)),
    ("/register/account", lambda v, r, p: at_account(v, p), ("period", "account", "amount")),
    ("/register/address", at_address, ("answer",)),
    ("/register/profile", at_profile, tuple(PERSON)),
    ("/register/password", at_registration_password, ("password",)),
    ("/login/password", _known, ("password",)),
    ("/login/new-password", _recovered, ("password",)),
    ("/home/accounts/new", _signed_in, ("period", "account", "amount")),
    ("/home/profile/name", _signed_in, ("last_name", "first_name", "middle_name")),
    ("/home/profile/email", _signed_in, ("email", "current_password")),
    ("/home/profile/phone", _signed_in, ("phone", "current_password")),
    ("/home/profile/password", _signed_in, ("password", "current_password")),
    ("/home/profile/devices", _signed_in, ("device",)),
    ("/home/profile/delete", _signed_in, ("current_password",)),
]


class AtForm:
    """Somebody at a form, there again whenever the form is wanted again."""

    def __init__(
        self, app: Flask, receipt: dict[str, str], form: tuple[str, Go, tuple[str, ...]], htmx: bool
    ):
        self.app, self.receipt, self.htmx = app, receipt, htmx
        self.address, self.go, self.fields = form
        self.visitor = self._fresh()

    def _fresh(self) -> Visitor:
        visitor = Visitor(self.app, htmx=self.htmx)
        self.go(visitor, self.receipt, f"+{next(numbers)}")
        return visitor

    def at_form(self) -> str:
        """Go to the form where it is not on the screen; its token."""
        token = self.visitor.page.find(True, attrs={"name": "csrf_token"})
        if self.visitor.path == self.address and token is not None:
            return str(token["value"])
        self.visitor.get(self.address)
        if self.visitor.path != self.address:
            self.visitor = self._fresh()
            self.visitor.get(self.address)
        if self.visitor.page.find(True, attrs={"name": "csrf_token"}) is not None:
            return self.visitor.csrf_token
        other = tab(self.visitor, self.app)  # a list with nothing in it has none
        other.get("/home")
        return other.csrf_token

    def send(self, fields: dict[str, Any], **kwargs: Any) -> Visitor:
        """Send these fields, as bytes where they are no text."""
        pairs = {"csrf_token": self.at_form(), **fields}
        body = "&".join(
            f"{name}={quote_from_bytes(part if isinstance(part, bytes) else part.encode())}"
            for name, value in pairs.items()
            for part in (value if isinstance(value, list) else [value])
            if part is not None
        )
        self.visitor.post(self.address, body, Content_Type="application/x-www-form-urlencoded", **kwargs)
        return self.visitor


def _check(visitor: Visitor, what: object) -> None:
    assert visitor.status < 500, what
    assert re.search("[А-я]{4}", visitor.text), f"{what}: says nothing"


@pytest.mark.parametrize(
    ("htmx", "database_url"),
    [(True, "sqlite"), (False, "sqlite"), pytest.param(False, "postgres", marks=pytest.mark.postgres)],
    indirect=["database_url"],
)
@pytest.mark.parametrize("form", FORMS, ids=[form[0] for form in FORMS])
def test_any_noise_in_any_field(
    app: Flask, receipt: dict[str, str], form: tuple[str, Go, tuple[str, ...]], htmx: bool
) -> None:
    tester = AtForm(app, receipt, form, htmx)
    good = {name: GOOD[name] for name in tester.fields}
    for field in tester.fields:
        for kind, noise in NOISE.items():
            if not is_sqlite() and kind not in HARD_TO_STORE:
                continue  # the database has no part in it
            what = f"{kind} as {field}"
            visitor = tester.send({**good, field: noise})
            _check(visitor, what)
            if visitor.path != tester.address or not visitor.page.find(True, attrs={"name": field}):
                continue  # it was good enough
            if kind in STAYS and field not in (*SECRETS, "period", "answer", "consent", "device"):
                assert visitor.value(field) == noise, f"{what}: what was typed stays"
            for name in SECRETS:
                if name in tester.fields:
                    assert not visitor.value(name) and good[name] not in str(visitor.page), what
            for name in tester.fields:
                if name not in (field, *SECRETS, "period", "answer", "consent", "device"):
                    assert visitor.value(name) == good[name], f"{what}: {name} stays"


@pytest.mark.parametrize("form", FORMS, ids=[form[0] for form in FORMS])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_forms_of_another_shape(
    app: Flask, receipt: dict[str, str], form: tuple[str, Go, tuple[str, ...]]
) -> None:
    tester = AtForm(app, receipt, form, htmx=True)
    good = {name: GOOD[name] for name in tester.fields}
    _check(tester.send({f"{name}[]": value for name, value in good.items()}), "array names")
    _check(tester.send({f"{name}[a][b]": value for name, value in good.items()}), "nested names")
    _check(tester.send({name.upper(): value for name, value in good.items()}), "other case")
    _check(tester.send({f"x{number}": "1" for number in range(2000)}), "many fields")
    client, address = tester.visitor.client, tester.address
    headers = {"Origin": ORIGIN}

    def check(**kwargs: Any) -> None:
        for more in ({}, {"X-CSRFToken": tester.at_form()}):
            answer = client.post(address, headers={**headers, **more}, **kwargs)
            client_page = answer.get_data(as_text=True)
            assert answer.status_code < 500, (address, kwargs.keys())
            assert answer.status_code in (303, 204) or re.search("[А-я]{4}", client_page)

    check(json=good)
    check(json=[1, None, {"phone": 5}])
    check(json="text")
    check(data="{", content_type="application/json")
    check(data={**good, "csrf_token": tester.at_form()}, content_type="multipart/form-data")
    answer = client.post(
        address,
        data={
            **{name: (io.BytesIO(b"\0\xff"), "файл.png") for name in good},
            "csrf_token": tester.at_form(),
        },
        headers=headers,
    )
    assert answer.status_code < 500, "files"
    check(data=b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    check(data=b"phone=1", content_type="multipart/form-data")
    check(data=b"phone=%", content_type="application/x-www-form-urlencoded; charset=utf-7")
    check(data=b"<phone>1</phone>", content_type="text/xml")
    check(data=b"")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("form", FORMS[:6], ids=[form[0] for form in FORMS[:6]])
def test_a_megabyte_is_refused(
    app: Flask, receipt: dict[str, str], form: tuple[str, Go, tuple[str, ...]]
) -> None:
    tester = AtForm(app, receipt, form, htmx=True)
    for field in tester.fields[:1]:
        visitor = tester.send({field: "x" * 10**6})
        assert visitor.status == 413 and "Слишком много данных" in visitor.text
        visitor = tester.send({field: "x" * 200_000})
        _check(visitor, "a fifth of a megabyte")
    stranger = app.test_client().post(tester.address, data={"phone": "x" * 10**6})
    assert stranger.status_code == 413
    tester.at_form()
    assert tester.visitor.path == tester.address, "nothing is lost"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_junk_in_cookies_headers_and_parameters(app: Flask) -> None:
    junk = [
        "",
        "\xff\xfe",
        "a" * 5000,
        "../../etc/passwd",
        "' or 1=1 --",
        "%00",
        "{{7*7}}",
        "ru\u00e9;q=x",
        ",,,;;;",
    ]
    names = [
        *("Cookie", "X-Cabinet-Session", "HX-Request", "HX-Current-URL", "HX-History-Restore-Request"),
        *("Accept-Language", "Accept", "User-Agent", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Origin"),
        *("X-Forwarded-For", "X-Forwarded-Host", "X-HTTP-Method-Override", "Content-Type", "Range"),
        *("If-None-Match", "If-Modified-Since", "Authorization", "X-CSRFToken"),
    ]
    for name, value in itertools.product(names, junk):
        for address in ("/", "/code"):
            answer = app.test_client().get(address, headers={name: value})
            assert answer.status_code in (200, 303), (name, value)
        answer = app.test_client().post("/", headers={name: value}, data={"phone": "1"})
        assert 400 <= answer.status_code < 500, (name, value)
    for cookie, value in itertools.product(("cabinet", "device", "x"), junk):
        client = app.test_client()
        client.set_cookie(cookie, value)
        assert client.get("/").status_code == 200
    for name, value in itertools.product(("lang", "theme", "x", "lang[]", "%ff", "version"), junk):
        for address in ("/", "/consent", "/code", "/demo", "/home"):
            answer = app.test_client().get(address, query_string={name: value})
            assert answer.status_code < 500, (address, name, value)
    client = app.test_client()
    for query in (
        "?lang=en&lang=ru&theme=dark",
        "?lang=xx&theme=pink",
        "?%FF=%FF",
        "?&&&",
        "?lang",
        "?theme=%00",
    ):
        answer = client.get("/" + query)
        assert answer.status_code == 200, query
        assert check_html(answer)


def check_html(answer: Any) -> bool:
    """The page is a good one."""
    check_page(answer.get_data(as_text=True), answer)
    return True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_junk_addresses_never_break_anything(app: Flask) -> None:
    client = app.test_client()
    for address in (
        *("/%00", "/%ff%fe", "/" + "a" * 5000, "//evil.example", "/..%2f..", "/register/../home", "/HOME"),
        *("/email/%00", "/email/" + "x" * 3000, "/email/🙂", "/consent/..%2f..%2fpasswd", "/terms/%00"),
        *("/home/accounts/%00/unlink", "/register", "/code/", "/static/../config.py", "/.env"),
    ):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
            answer = client.open(address, method=method)
            assert answer.status_code < 500, (method, address)


@pytest.mark.settings(
    testing=False,
    public_url="https://lk.example.ru",
    sms_backend="twilio",
    twilio_account_sid="AC0",
    twilio_auth_token="t",
    twilio_from="Domopult",
    mail_backend="smtp",
    smtp_url="smtp://localhost",
    bcrypt_cost=10,
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_host_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/", base_url="https://lk.example.ru").status_code == 200
    for host in ("evil.example", "lk.example.ru.evil.example", "", "a b", "[::1", "lk.example.ru:x", "🙂"):
        for method in ("GET", "POST", "HEAD"):
            for headers in ({}, {"HX-Request": "true"}):
                environ = {"HTTP_HOST": host.encode().decode("latin-1")}
                answer = client.open("/", method=method, environ_overrides=environ, headers=headers)
                assert answer.status_code == 400 or (host == "" and answer.status_code == 200), host
                if method == "GET" and answer.status_code == 400:
                    text = answer.get_data(as_text=True)
                    assert (
                        re.search("[А-я]{4}", text)
                        and "frame-ancestors" in answer.headers["Content-Security-Policy"]
                    )
                    assert not host or host not in text, "it is not repeated"


@pytest.mark.settings(trusted_proxies=1)
def test_junk_from_a_proxy(app: Flask) -> None:
    for address in (
        "junk",
        "1.2.3.4:5678",
        "x" * 300,
        "fe80::1%eth0",
        "::ffff:192.0.2.1",
        "192.0.2.1, evil",
        "\xff",
        "🙂",
    ):
        visitor = Visitor(app)
        visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = address.encode().decode("latin-1")
        to_code(visitor, f"+{next(numbers)}")
        assert visitor.path == "/code", address


@pytest.mark.settings(code_tries=5)
def test_a_lost_order_of_steps_loses_nothing(app: Flask, receipt: dict[str, str]) -> None:
    visitor = Visitor(app)
    at_profile(visitor, receipt, PHONE)
    token = visitor.value("csrf_token")
    for address in (
        "/code",
        "/code/resend",
        "/register/password",
        "/register/account",
        "/logout",
        "/login/forgot",
    ):
        answer = visitor.client.post(address, data={"csrf_token": token})
        assert answer.status_code < 500
        if address == "/logout":
            break
    assert User.select().count() == 0 and OneTimeCode.select().count() >= 1


FIELD_NAMES = st.sampled_from([*GOOD, "csrf_token", "_session", "phone[]", "", "\0"])
VALUES = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=40),
    st.sampled_from([*GOOD.values(), "yes", "y", "others", "+7 495 123-45-67"]),
)
HEADERS = st.dictionaries(
    st.sampled_from(["HX-Request", "User-Agent", "Accept-Language", "HX-Current-URL", "X-Cabinet-Session"]),
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30) | st.just("true"),
    max_size=2,
)


@pytest.mark.parametrize("who", ["registering", "signed in"])
def test_whatever_comes_nothing_breaks(app: Flask, receipt: dict[str, str], who: str) -> None:
    visitor = Visitor(app)
    (_signed_in if who == "signed in" else at_registration_password)(visitor, receipt, PHONE)
    token = visitor.csrf_token
    addresses = sorted(
        re.sub("<[^>]+>", "1234567890", rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.rule not in ("/logout",)
    )

    @profile(
        max_examples=100,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.sampled_from(addresses),
        st.dictionaries(FIELD_NAMES, st.lists(VALUES, min_size=1, max_size=2), max_size=6),
        HEADERS,
        st.dictionaries(st.sampled_from(["lang", "theme", "x"]), st.text(max_size=10), max_size=2),
    )
    @example("/register/password", {"password": ["\ud800".encode("utf-8", "surrogatepass")]}, {}, {})
    def post(
        address: str,
        fields: dict[str, list[str | bytes]],
        headers: dict[str, str],
        query: dict[str, str],
    ) -> None:
        pairs: dict[str, list[str | bytes]] = {"csrf_token": [token], **fields}
        body = "&".join(
            f"{quote_from_bytes(name.encode())}={quote_from_bytes(v if isinstance(v, bytes) else v.encode())}"
            for name, values in pairs.items()
            for v in values
        )
        answer = visitor.client.post(
            address,
            data=body,
            headers=headers,
            query_string=query,
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code < 500, address
        page = answer.get_data(as_text=True)
        assert answer.status_code in (204, 303) or re.search("[A-Za-zА-я]{4}", page)

    post()
