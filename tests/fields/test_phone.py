"""Phones, as people type them and as they are shown."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet import fields
from cabinet.wording.formats import display_part_of_phone, display_phone
from tests.fields.refusals import refusal
from tests.properties import ANYTHING, UNTIMED


@pytest.mark.parametrize(
    "typed",
    [
        "+79161234567",
        "89161234567",
        "79161234567",
        "9161234567",
        "8 916 123-45-67",
        "+7(916)123-45-67",
        "+7 (916) 123 45 67",
        "8-916-123-45-67",
        "8.916.123.45.67",
        "8\u00a0916\u202f123\u200945\u200967",
        "+8 916 123 45 67",
        "+7 8 916 123-45-67",
        "+7 +7 916 123-45-67",
        "+7 7 916 123 45 67",
        "+916 123 45 67",
        "(916) 123-45-67",
        "тел. 8 916 123-45-67",
        "Тел.: +7 916 123 45 67",
        "моб. тел. 8 (916) 123-45-67",
        "Телефон 89161234567",
        "tel:+79161234567",
        "№ 89161234567",
        "\u202a+7 916 123‑45‑67\u202c",
        "\u200e+7\u00ad916\ufeff1234567",
        "８９１６１２３４５６７",
        "+7 916 123–45—67",
        "  89161234567\n",
        "8 916 123 45 67 (мама)",
        "мама 8 916 123 45 67",
        "«+79161234567»",
        "89161234567;",
        "8 916 123, 45, 67",
        "8 9l6 123 45 67",
        "89161234567, звонить после шести",
        "мой номер: 8(916)123-45-67.",
    ],
)
def test_a_russian_mobile_number_is_understood(typed: str) -> None:
    assert fields.phone(typed) == "+79161234567"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("8 495 123-45-67", "landline"),
        ("+7 812 123 45 67", "landline"),
        ("8 800 100 00 00", "landline"),
        ("8 701 123 45 67", "foreign"),
        ("+7 777 123 45 67", "foreign"),
        ("+375 29 123-45-67", "foreign"),
        ("375 29 123-45-67", "foreign"),
        ("+1 212 555 01 23", "foreign"),
        ("8 916 123-45-6", "one_missing"),
        ("+7 916 123-45-6", "one_missing"),
        ("7916123456", "one_missing"),
        ("916 123 45 6", "one_missing"),
        ("8 916 123-45", "not_a_phone"),
        ("8 495 123-45-6", "not_a_phone"),
        ("8 916 123-45-678", "not_a_phone"),
        ("916 123-45-67 8", "not_a_phone"),
        ("123", "not_a_phone"),
        ("916123456б", "one_missing"),
        ("8 916 ALFA-777", "not_a_phone"),
        ("8 916 123 45 67 доб. 12", "not_a_phone"),
        ("8 916 123-45-67, 8 903 765-43-21", "not_a_phone"),
        ("89161234567@mail.ru", "not_a_phone"),
        ("7 701 123 45 67", "foreign"),
        ("701 123 45 67", "foreign"),
        ("тел.", "not_a_phone"),
        ("+", "not_a_phone"),
        ("a@b.ru", "not_a_phone"),
        ("٨٩١٦١٢٣٤٥٦٧", "not_a_phone"),
    ],
)
def test_other_numbers_are_refused_by_kind(typed: str, code: str) -> None:
    assert refusal(fields.phone, typed) == code


def test_the_regions_decide_whose_numbers_are_welcome() -> None:
    assert fields.phone("8 701 123 45 67", regions=("RU", "KZ")) == "+77011234567"
    assert fields.phone("+375 29 123-45-67", regions=("RU", "BY")) == "+375291234567"
    assert fields.phone("8 029 123-45-67", regions=("BY",)) == "+375291234567"
    assert refusal(fields.phone, "+7 916 123-45-67", regions=("BY",)) == "foreign"
    assert fields.phone("+375 29 123-45-67", regions=()) == "+375291234567"
    assert fields.phone("+1 212 555 01 23", regions=()) == "+12125550123"
    assert fields.phone("8 916 123-45-67", regions=()) == "+79161234567"
    assert refusal(fields.phone, "+44 20 7946 0958", regions=()) == "landline"


# 954 is a satellite's
RUSSIAN_MOBILES = st.from_regex(r"9(?!54)[0-9]{9}", fullmatch=True)
GAPS = st.sampled_from(["", " ", "-", "\u00a0", ".", "\u2011", "\u202f", "–", "\u200e", " - "])


@UNTIMED
@given(
    RUSSIAN_MOBILES,
    st.sampled_from(["", "8", "+7", "7", "+8", "+7 8", "тел. 8", "Тел: +7", "\u202a+7", " 8"]),
    st.booleans(),
    st.tuples(GAPS, GAPS, GAPS, GAPS),
)
def test_decorations_do_not_change_a_number(
    number: str, prefix: str, brackets: bool, gaps: tuple[str, ...]
) -> None:
    canonical = "+7" + number
    mobile = phonenumbers.is_valid_number(phonenumbers.parse(canonical))
    area = f"({number[:3]})" if brackets else number[:3]
    typed = prefix + "".join(
        gap + part for gap, part in zip(gaps, [area, number[3:6], number[6:8], number[8:]], strict=True)
    )
    if mobile:
        assert fields.phone(typed) == canonical
        assert fields.phone(display_phone(canonical)) == canonical
    else:
        assert refusal(fields.phone, typed) == "not_a_phone"


def test_a_number_is_shown_in_groups_that_do_not_break() -> None:
    assert display_phone("+79161234567") == "+7\u00a0916\u00a0123-45-67"
    assert display_phone("+375291234567") == "+375\u00a029\u00a0123-45-67"
    assert display_phone("nonsense") == display_part_of_phone("nonsense") == "nonsense"
    assert display_part_of_phone("+79161234567") == "+7\u00a0916\u00a0•••-••-67"
    assert display_part_of_phone("+375291234567") == "+375\u00a02•\u00a0•••-••-67"
    assert display_phone("+000000000") == "+000000000"


@UNTIMED
@given(ANYTHING)
def test_showing_takes_any_text(text: str) -> None:
    assert display_phone(text) == text or text.startswith(("+", "~"))


@pytest.mark.parametrize(("typed", "regions"), [("+7 954 123-45-67", ("RU",)), ("+870 773 111 632", ())])
def test_no_sms_goes_to_satellites(typed: str, regions: tuple[str, ...]) -> None:
    assert refusal(lambda text: fields.phone(text, regions), typed) == "satellite"


@pytest.mark.parametrize("begin", ["+7", "8", ""])
def test_the_usual_russian_numbers_are_read_as_the_library_reads_them(begin: str) -> None:
    for first in range(9000, 10_000):
        number = phonenumbers.parse(f"{begin}{first}123456", "RU")
        mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        if not mobile or first // 10 == 954:  # a satellite's
            assert refusal(fields.phone, f"{begin}{first}123456")
        else:
            assert phonenumbers.region_code_for_number(number) == "RU"
            assert fields.phone(f"{begin}{first}123456") == f"+7{first}123456"
