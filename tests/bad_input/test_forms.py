"""Anything in any form: a Russian sentence, what was typed stays, never a failure."""

import io
import re
from typing import Any

import pytest
from flask import Flask

from cabinet.models import OneTimeCode, User
from cabinet.models.database import is_sqlite
from tests.bad_input.forms import FORMS, GOOD, WIDE_LIMITS, AtForm, Go
from tests.cast import PHONE
from tests.placing import at_profile
from tests.visitor import ORIGIN, Visitor

pytestmark = WIDE_LIMITS
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


def _check(visitor: Visitor, what: object) -> None:
    assert visitor.status < 500, what
    assert re.search("[А-я]{4}", visitor.text), f"{what}: says nothing"


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("visitor", "database_url"),
    [
        ("htmx", "sqlite"),
        ("plain", "sqlite"),
        pytest.param("plain", "postgres", marks=pytest.mark.postgres),
    ],
    indirect=["database_url"],
)
@pytest.mark.sample(5)
@pytest.mark.parametrize("form", FORMS, ids=[form[0] for form in FORMS])
def test_any_noise_in_any_field(
    app: Flask, receipt: dict[str, str], form: tuple[str, Go, tuple[str, ...]], visitor: str
) -> None:
    tester = AtForm(app, receipt, form, visitor == "htmx")
    good = {name: GOOD[name] for name in tester.fields}
    for field in tester.fields:
        for kind, noise in NOISE.items():
            if not is_sqlite() and kind not in HARD_TO_STORE:
                continue  # the database has no part in it
            what = f"{kind} as {field}"
            came = tester.send({**good, field: noise})
            _check(came, what)
            if came.path != tester.address or not came.page.find(True, attrs={"name": field}):
                continue  # it was good enough
            if kind in STAYS and field not in (*SECRETS, "period", "answer", "consent", "device"):
                assert came.value(field) == noise, f"{what}: what was typed stays"
            for name in SECRETS:
                if name in tester.fields:
                    assert not came.value(name) and good[name] not in str(came.page), what
            for name in tester.fields:
                if name not in (field, *SECRETS, "period", "answer", "consent", "device"):
                    assert came.value(name) == good[name], f"{what}: {name} stays"


@pytest.mark.sample(3)
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
