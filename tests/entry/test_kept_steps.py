"""Steps that are made once say to each visitor what they would say if they were made anew."""

import re
from datetime import date
from itertools import product

import pytest
from flask import Flask

from cabinet.models import Account, Charge
from cabinet.models.database import db
from cabinet.web import kept_pages
from cabinet.wording.formats import display_phone
from cabinet.wording.typography import tie
from tests.cast import ADDRESSES, DACHNAYA, LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, bill, receipt_of
from tests.visitor import Visitor, last_code

TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')
LOOKS = [*product(("", "?lang=en", "?theme=dark", "?accent=ff0000"), ({}, {"Sec-Fetch-Dest": "iframe"}))]


def begun(app: Flask, phone: str, headers: dict[str, str]) -> Visitor:
    """A browser with these headers, in a network of its own."""
    visitor = Visitor(app, htmx=True, ip=f"2001:db8:{phone[-4:]}::1")
    names = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    visitor.client.environ_base.update(names)
    return visitor


def steps_of(
    app: Flask,
    phone: str,
    query: str = "",
    headers: dict[str, str] | None = None,
    receipt: dict[str, str] | None = None,
) -> list[str]:
    """The steps of the code, the account and the address, as they come by htmx, without their tokens."""
    visitor = begun(app, phone, headers or {})
    visitor.get("/" + query)
    shown = []
    for typed in ({"phone": phone, "consent": "y"}, {"code": ""}, receipt or receipt_of(LESNAYA)):
        visitor.fill_and_submit(**{name: value or last_code(phone) for name, value in typed.items()})
        html = visitor.response.text
        assert set(TOKEN.findall(html)) == {visitor.csrf_token}
        shown.append(TOKEN.sub("", html))
    return shown


@pytest.fixture(autouse=True)
def billing(app: Flask) -> None:
    bill(LESNAYA, DACHNAYA)


def test_what_was_made_before_is_what_would_be_made_now(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (query, headers) in enumerate(LOOKS):
        first, second, third = (f"+7916111{who}{number}00" for who in range(3))
        steps_of(app, first, query, headers, receipt_of(DACHNAYA))
        kept = steps_of(app, second, query, headers)
        with monkeypatch.context() as patch:
            for module in ("entry.code_page", "register.views"):
                patch.setattr(f"cabinet.{module}.nothing_said", lambda: False)
            made = steps_of(app, third, query, headers)
        own, other = display_phone(second), display_phone(third)
        assert own in kept[0] and kept == [made[0].replace(other, own), *made[1:]], (query, headers)


def test_a_phone_and_an_address_are_shown_to_nobody_else(app: Flask) -> None:
    for phone, other, own, of_others in (
        (PHONE, OTHER_PHONE, LESNAYA, DACHNAYA),
        (OTHER_PHONE, NEW_PHONE, DACHNAYA, LESNAYA),
    ):
        code, account, address = steps_of(app, phone, receipt=receipt_of(own))
        html = code + account + address
        assert display_phone(phone) in code and display_phone(other) not in html
        assert own in address and tie(ADDRESSES[own]) in address
        assert of_others not in html and tie(ADDRESSES[of_others]) not in html
        assert not re.search(r"\{\w+\}", html)


def test_an_address_is_of_the_month_of_the_receipt(app: Flask) -> None:
    for number, (period, month) in enumerate((("2026-10", "октябрь"), ("2026-09", "сентябрь"))):
        receipt = receipt_of(LESNAYA, period=period)
        assert tie(f"Квитанция за {month} 2026") in steps_of(app, f"+7916111000{number}", receipt=receipt)[2]


def test_an_address_is_text(app: Flask) -> None:
    written = {"address": "ул. {number} <b> & {csrf_token}, д. 5", "printed": "7<i>"}
    with db.atomic():
        Account.update(written).where(Account.number == LESNAYA).execute()
    for phone in (PHONE, OTHER_PHONE):
        address = steps_of(app, phone)[2]
        assert "ул. {number} &lt;b&gt; &amp; {csrf_token}, д.\xa05" in address
        assert "счёту 7&lt;i&gt;." in address


def test_the_months_are_those_of_now(app: Flask) -> None:
    before = steps_of(app, "+79161110001")[1]
    with db.atomic():
        Charge.create(period=date(2026, 11, 1), account=LESNAYA, amount_due=100, amount_charged=100)
    after = steps_of(app, "+79161110002")[1]
    assert "2026-11" in after and "2026-11" not in before


def test_what_was_typed_stays_with_who_typed_it(app: Flask) -> None:
    steps_of(app, PHONE)
    visitor = begun(app, OTHER_PHONE, {})
    visitor.get("/")
    visitor.fill_and_submit(phone=OTHER_PHONE, consent="y")
    visitor.fill_and_submit(code=last_code(OTHER_PHONE))
    visitor.fill_and_submit(**receipt_of(LESNAYA))
    visitor.get("/register/account")
    assert visitor.value("account")
    fresh = steps_of(app, "+79161110001")[1]
    assert visitor.value("account") not in fresh


def test_they_are_few(app: Flask) -> None:
    for number in range(3):
        steps_of(app, f"+79161110{number}00")
    kept = app.extensions["kept_pages"]
    assert len(kept) <= 4 < kept_pages.MOST_KEPT
