"""Numbers of personal accounts, as printed and as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet import fields
from tests.fields.refusals import refusal
from tests.properties import UNTIMED


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("1234567890", "1234567890"),
        ("00123", "123"),
        ("123", "123"),
        ("0000012345678901234567890123456789", "12345678901234567890123456789"),
        ("12 345-67/8.9", "123456789"),
        ("12\u00a0345\u200e67", "1234567"),
        ("12–34—56", "123456"),
        ("л/с 123456", "123456"),
        ("Л/С № 0123456", "123456"),
        ("ЛС123456", "123456"),
        ("л.с. №123456", "123456"),
        ("Лицевой счёт: 123456", "123456"),
        ("лицевой счет № 123456", "123456"),
        ("лиц. сч. 123456", "123456"),
        ("ЕЛС 80РС558347", "80PC558347"),
        ("#123456", "123456"),
        ("л/сч 123456", "123456"),
        ("личный счёт 123456", "123456"),
        ("80РС558347-01", "80PC55834701"),
        ("80рс558347-01", "80PC55834701"),
        ("80PC558347-01", "80PC55834701"),
        ("80ЖД558347", "80ЖД558347"),
        ("80ОБ558347", "80OБ558347"),
        ("12O456", "120456"),
        ("12о456", "120456"),
        ("О1234", "1234"),
        ("1234З", "12343"),
        ("1234з", "12343"),
        ("l2345", "12345"),
        ("I2345", "12345"),
        ("|2345", "12345"),
        ("1234б", "12346"),
        ("1234Б", "1234Б"),
        ("123O", "123O"),
        ("A1234O", "A1234O"),
        ("а-12", "A12"),
        ("Ёж-1", "EЖ1"),
        ("１２３４", "1234"),
        ("9" * 32, "9" * 32),
        ("0" * 10 + "9" * 32, "9" * 32),
    ],
)
def test_an_account_is_found_as_printed(typed: str, key: str) -> None:
    assert fields.account_number(typed) == key


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "0000",
        "0-0-0",
        "л/с 000",
        "9" * 33,
        "а" * 33 + "1",
        "абв",
        "л/с",
        "12_34*",
        "12@34",
        "١٢٣٤",
        "12|A",
        "½",
        "123 🏠",
        "1\0",
        "éa1",
        "Σ1",
    ],
)
def test_what_is_no_account_is_refused(typed: str) -> None:
    assert refusal(fields.account_number, typed) == "not_an_account"


def test_only_numeric_keys_lose_their_zeros() -> None:
    assert fields.account_key("00123") == "123"
    assert fields.account_key("00A123") == "00A123"
    assert refusal(fields.account_key, "000") == "not_an_account"


PAIRS = dict(zip("АВЕКМНОРСТУХ", "ABEKMHOPCTYX", strict=True))
PRINTED = st.text("0123456789АВЕКМНОРСТУХЖДQZ", min_size=1, max_size=32).filter(
    lambda text: any("0" < char <= "9" for char in text)
)


@UNTIMED
@given(PRINTED, st.data())
def test_look_alikes_case_and_separators_keep_the_key(printed: str, data: st.DataObject) -> None:
    def retype(char: str) -> str:
        char = data.draw(st.sampled_from([char, PAIRS.get(char, char)]))
        char = data.draw(st.sampled_from([char, char.lower()]))
        return char + data.draw(st.sampled_from(["", "", "", " ", "-", ".", "/", "\u00a0", "\u200b"]))

    typed = data.draw(st.sampled_from(["", "№ ", " "])) + "".join(map(retype, printed))
    if len(typed) <= 100:
        assert fields.account_number(typed) == fields.account_number(printed)


@UNTIMED
@given(st.from_regex(r"[1-9][0-9]{4,20}", fullmatch=True), st.integers(0, 9), st.data())
def test_digits_typed_as_letters_and_zeros_in_front_keep_the_key(
    number: str, zeros: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    slips = {"0": "OОoо", "3": "Зз", "1": "lI|", "6": "б"}.get(number[place], number[place])
    typed = number[:place] + data.draw(st.sampled_from(slips)) + number[place + 1 :]
    prefix = data.draw(st.sampled_from(["", "л/с ", "Л/С №", "ЛС "]))
    if typed[0] not in "0123456789":
        prefix = ""
    assert fields.account_number(prefix + "0" * zeros + typed) == number
