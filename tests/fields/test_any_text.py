"""Any text at all in any field: a canonical value, or a refusal by a known code."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet import fields
from cabinet.fields import FieldError
from cabinet.wording.formats import format_money
from tests.fields.dates import TODAY
from tests.fields.refusals import refusal
from tests.properties import ANYTHING, UNTIMED

PARSERS: dict[str, Callable[[str], Any]] = {
    "phone": fields.phone,
    "phone_anywhere": lambda text: fields.phone(text, regions=()),
    "phone_kz_ru": lambda text: fields.phone(text, regions=("KZ", "RU")),
    "code": fields.code,
    "money": fields.money,
    "money_signed": lambda text: fields.money(text, signed=True),
    "period": fields.period,
    "account_number": fields.account_number,
    "person_name": fields.person_name,
    "birth_date": lambda text: fields.birth_date(text, TODAY),
    "email": fields.email,
    "site": fields.site,
}
CODES = {
    "phone": {"empty", "not_a_phone", "landline", "foreign"},
    "phone_anywhere": {"empty", "not_a_phone", "landline"},
    "phone_kz_ru": {"empty", "not_a_phone", "landline", "foreign"},
    "code": {"empty", "not_a_code"},
    "money": {"empty", "not_money", "negative", "too_large"},
    "money_signed": {"empty", "not_money", "too_large"},
    "period": {"empty", "not_a_period"},
    "account_number": {"empty", "not_an_account"},
    "person_name": {"empty", "not_a_name", "too_long"},
    "birth_date": {"empty", "not_a_date", "short_year", "no_such_date", "future", "too_young", "too_old"},
    "email": {"empty", "not_an_email", "comma"},
    "site": {"empty", "not_a_site"},
}

NASTY = [
    "",
    " \t\n\u00a0",
    "\u200b\u200e\ufeff",
    "\0",
    "1\0",
    "\ud800",
    "a@\udfff.ru",
    "👩‍👩‍👧",
    "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣",
    "١٢٣٤٥٦",
    "שלום",
    "\u202e123456",
    "ﷺ" * 64,
    "é" + "\u0301" * 1000,
    "<script>",
    "' OR 1=1 --",
    "+" * 90,
    "." * 90,
    "(" * 90,
    "лс" * 50,
    "лс " * 33,
    "сч" * 49 + "x",
    "тел." * 24 + "x",
    "1 " * 32,
    "1 234" * 12,
    "a" * 250 + "@",
    "a@" + "b." * 120,
    "a@" + "я" * 250,
    "0" * 32,
    "9" * 64,
]


@pytest.mark.parametrize("name", PARSERS)
def test_nasty_text_is_parsed_or_refused_by_a_known_code(name: str) -> None:
    for text in NASTY:
        try:
            PARSERS[name](text)
        except FieldError as error:
            assert error.code in CODES[name], ascii(text)


@pytest.mark.parametrize("name", PARSERS)
def test_a_megabyte_is_refused(name: str) -> None:
    for unit in ("1", " ", "a", "О", "ﷺ", "\u0301", "\ud800", "1 ", "a@b.", "лс", "-", "тел."):
        code = refusal(PARSERS[name], unit * (2**20 // len(unit)))
        assert code in CODES[name] - {"empty"}, ascii(unit)


@pytest.mark.parametrize("name", PARSERS)
def test_nothing_visible_is_empty(name: str) -> None:
    for text in ("", "   ", "\u00a0\u202f\t\n", "\u200b\u200e\u00ad\ufeff"):
        assert refusal(PARSERS[name], text) == "empty", ascii(text)


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", PARSERS)
@UNTIMED
@given(data=st.data())
def test_any_text_gives_a_canonical_value_or_a_known_code(name: str, data: st.DataObject) -> None:
    text = data.draw(
        ANYTHING
        | st.text("0123456789+-.,'/ ()№#@:|lIОоOЗзб₽рубкопгЛСлсaBя’\u00a0\u200e−", max_size=24)
        | st.text("abzABZабяАБЯёЁİıßŉǰǆΐ’-' \u0301\u030c", max_size=12)
    )
    try:
        value = PARSERS[name](text)
    except FieldError as error:
        assert error.code in CODES[name]
        return
    if isinstance(value, date):
        written = value.isoformat()
    else:
        written = format_money(value) if isinstance(value, int) else value
    assert PARSERS[name](written) == value


@pytest.mark.parametrize("name", PARSERS)
def test_the_error_does_not_carry_what_was_typed(name: str) -> None:
    with pytest.raises(FieldError) as caught:
        PARSERS[name]("secret@@31.02.1960")
    error: BaseException | None = caught.value
    while error and not error.__suppress_context__:
        assert "secret" not in repr(error)
        error = error.__context__
