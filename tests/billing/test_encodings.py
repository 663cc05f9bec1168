"""Encodings are found by the letters; what was encoded twice is refused."""

from pathlib import Path

import pytest

from cabinet.billing.encodings import encoding_of
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.recognition import recognise
from cabinet.billing.source import Source

TEXTS = {
    "titles and addresses": "Лицевой счёт;Период;Адрес;К оплате\n"
    + "".join(f"70{n};10.2026;г. Верхнереченск, ул. Садовая, д. 5, кв. {n};100,00\n" for n in range(20)),
    "Latin titles": "account;period;address;last_name;amount_due\n"
    + "".join(f"{n};10.2026;ул. Зелёная, д. {n};Щукин Юрий Эдуардович;5,00\n" for n in range(1, 20)),
    "capitals": "account;period;address;amount_due\n"
    + "".join(f"{n};10.2026;МОСКВА, ПРОФСОЮЗНАЯ, ДОМ {n}, Иванов;5,00\n" for n in range(1, 20)),
    "one row": "account;period;address;amount_due\n1;10.2026;г. Химки, ул. Зелёная, д. 19, кв. 4;5,00\n",
}
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
