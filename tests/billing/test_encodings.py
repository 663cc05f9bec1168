"""Encodings are found by the letters; what was encoded twice is refused."""

import contextlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.billing import letter_pairs
from cabinet.billing.encodings import encoding_of
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.recognition import recognise
from cabinet.billing.source import Source
from tests.properties import examples

TEXTS = {
    "titles and addresses": "Лицевой счёт;Период;Адрес;К оплате\n"
    + "".join(f"70{n};10.2026;г. Верхнереченск, ул. Садовая, д. 5, кв. {n};100,00\n" for n in range(20)),
    "Latin titles": "account;period;address;last_name;amount_due\n"
    + "".join(f"{n};10.2026;ул. Зелёная, д. {n};Щукин Юрий Эдуардович;5,00\n" for n in range(1, 20)),
    "capitals": "account;period;address;amount_due\n"
    + "".join(f"{n};10.2026;МОСКВА, ПРОФСОЮЗНАЯ, ДОМ {n}, Иванов;5,00\n" for n in range(1, 20)),
    "one row": "account;period;address;amount_due\n1;10.2026;г. Химки, ул. Зелёная, д. 19, кв. 4;5,00\n",
}
NAMES = (
    "Мира Садовая Ленина Щорса Южная Юбилейная Энтузиастов Цветочная Жукова Ёлочная Фрунзе Хользунова Юных "
    "Первомайская Чехова Пушкина Объездная Яхонтовая Зои Космодемьянской Ручьи Выезжая Сыктывкар Йошкар Ола "
    "Шуя Буй Плёс Ямская Нижний Новгород Иванова Ёлкин Юрий Эдуардович Щукин Зухра Ибрагимовна Мамедов "
    "Ли Ким Цой Гоголь Жигуль Объячево Льва Толстого Пётр Ильич Царёв Ян Эмма Юлия Фёдоровна Игорь Хусейн"
)
WORDS = NAMES.split()
LINES = st.lists(
    st.tuples(
        st.sampled_from(["{} {}", "г. {}, ул. {}, д. 5", "ул {} {}", "{}, {} пер, д 3", "{} {} - 4"]),
        st.sampled_from(WORDS), st.sampled_from(WORDS), st.integers(1, 10**6),
    ), min_size=3, max_size=8, unique=True,
)  # fmt: skip
SINGLE = ("cp1251", "cp866", "koi8-r", "iso8859-5", "mac-cyrillic")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", [*SINGLE, "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_each_encoding_is_found(tmp_path: Path, encoding: str, text: str) -> None:
    (tmp_path / "b.csv").write_bytes(TEXTS[text].encode(encoding))
    expected = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    assert encoding_of(tmp_path / "b.csv") == expected


@pytest.mark.parametrize("text", ["titles and addresses", "Latin titles"])
@pytest.mark.parametrize("wrong", ["cp1251", "cp866", "koi8-r", "latin-1", "cp1252", "mac-cyrillic"])
def test_utf8_saved_twice_is_refused(tmp_path: Path, wrong: str, text: str) -> None:
    data = TEXTS[text].encode().decode(wrong, "ignore").encode()
    (tmp_path / "b.csv").write_bytes(data)
    with pytest.raises(UnreadableFileError, match="дважды"):
        encoding_of(tmp_path / "b.csv")


@pytest.mark.parametrize("meant", SINGLE)
@pytest.mark.parametrize("wrong", [*SINGLE, "latin-1"])
def test_nonsense_that_became_utf8_is_refused(tmp_path: Path, meant: str, wrong: str) -> None:
    if meant == wrong:
        return
    data = TEXTS["titles and addresses"].encode(meant).decode(wrong, "ignore").encode()
    (tmp_path / "b.csv").write_bytes(data)
    with pytest.raises(UnreadableFileError, match="дважды"):
        encoding_of(tmp_path / "b.csv")


def test_files_glued_together_in_two_encodings_are_refused(tmp_path: Path) -> None:
    rows = TEXTS["titles and addresses"] * 60
    (tmp_path / "b.csv").write_bytes(rows.encode("cp1251") * 4 + rows.encode("cp866") * 20)
    with pytest.raises(UnreadableFileError, match="смешаны"):
        encoding_of(tmp_path / "b.csv")


def test_other_alphabets_are_no_nonsense(tmp_path: Path) -> None:
    for text in (
        "Ґалаґан; Їжак; Єва; вулиця Шевченка, будинок п'ять",
        "Әлмәт, Җиңү урамы, Гөлнара Хәйруллина",
    ):
        (tmp_path / "b.csv").write_text(text * 20, encoding="utf-8")
        assert encoding_of(tmp_path / "b.csv") == "utf-8"


def test_titles_that_were_encoded_twice_are_no_unknown_layout(tmp_path: Path) -> None:
    garbled = TEXTS["titles and addresses"].encode().decode("cp1251", "replace")
    (tmp_path / "b.csv").write_text(garbled, encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="дважды перекодировали"):
        recognise(Source(tmp_path / "b.csv"))


@examples(150)
@given(LINES, st.sampled_from([str, str.upper, str.lower]), st.sampled_from(SINGLE))
def test_no_list_is_read_in_a_wrong_encoding(
    lines: list[tuple[str, str, str, int]], case: Callable[[str], str], meant: str
) -> None:
    text = "".join(f"{number};{case(form.format(*words))};10.00\n" for form, *words, number in lines)
    found, certain = letter_pairs.encoding(text.encode(meant))
    assert not certain or text.encode(meant).decode(found) == text


@pytest.mark.parametrize("meant", SINGLE)
def test_capitals_and_short_words_are_found_in_most_lists(meant: str) -> None:
    chance, unclear = random.Random(18), 0
    for case in [str.upper, str.lower] * 25:
        words = [f"{n};ул. {chance.choice(WORDS)}, {n}\n" for n in range(8)]
        text = case("".join(words))
        found, certain = letter_pairs.encoding(text.encode(meant))
        unclear += not certain
        assert not certain or text.encode(meant).decode(found) == text
    assert unclear <= 5


@pytest.mark.parametrize("meant", ["cp1251", "koi8-r", "iso8859-5"])
def test_a_few_letters_that_may_be_any_are_no_reason_to_guess(tmp_path: Path, meant: str) -> None:
    rows = "".join(f"Б-{n};2026-10;{n} А;5.00\n" for n in range(5))
    (tmp_path / "b.csv").write_bytes(f"account;period;address;amount_due\n{rows}".encode(meant))
    with pytest.raises(UnreadableFileError, match="По буквам не узнать"):
        encoding_of(tmp_path / "b.csv")


SIGNED = {
    "roubles": "account;period;address;amount_due\n"
    + "".join(f"{n};10.2026;Lenina, {n};5.0{n} р.\n" for n in range(1, 9)),
    "numbers": "№;account;period;address;amount_due\n"
    + "".join(f"{n};{n};10.2026;Lenina, №{n};5.00\n" for n in range(1, 9)),
    "thousands": "account;period;address;amount_due\n"
    + "".join(f"{n};10.2026;Lenina, {n};1\xa0{n}34,50\n" for n in range(1, 9)),
    "all of them": "№;account;period;address;amount_due\n"
    + "".join(f"{n};№ {n};10.2026;Lenina, {n};1\xa0{n}34,50 руб.\n" for n in range(1, 9)),
}


@pytest.mark.parametrize("text", SIGNED)
@pytest.mark.parametrize("meant", SINGLE)
def test_signs_tell_an_encoding_by_where_they_stand(tmp_path: Path, meant: str, text: str) -> None:
    if "№" in SIGNED[text] and meant not in ("cp1251", "cp866"):
        return
    (tmp_path / "b.csv").write_bytes(SIGNED[text].encode(meant))
    assert SIGNED[text].encode(meant).decode(encoding_of(tmp_path / "b.csv")) == SIGNED[text]


@pytest.mark.parametrize("meant", SINGLE)
@pytest.mark.parametrize("account", ["р{}01", "К{}", "70К{}23", "70я{}23", "{} р", "Й{}"])
def test_letters_in_accounts_are_no_signs(tmp_path: Path, meant: str, account: str) -> None:
    rows = "".join(f"{account.format(n)};2026-10;Lenina, {n};5.00 р.\n" for n in range(1, 9))
    text = f"account;period;address;amount_due\n{rows}"
    (tmp_path / "b.csv").write_bytes(text.encode(meant))
    with contextlib.suppress(UnreadableFileError):
        assert text.encode(meant).decode(encoding_of(tmp_path / "b.csv")) == text
