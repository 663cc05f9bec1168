"""XML of payment notices."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.recognition import recognise
from cabinet.billing.source import Source
from tests.billing.files import stored
from tests.billing.formats import writers
from tests.billing.formats.truth import PERIOD, homes


def test_a_file_without_a_month_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    file = writers.platezhki(tmp_path / "a.xml", homes(), period="")
    with pytest.raises(NeedsAnswerError):
        import_billing(file)
    assert import_billing(file, answers=Answers(period=PERIOD)).accepted == 40


def test_attributes_that_are_not_taken_are_told(tmp_path: Path) -> None:
    file = writers.platezhki(tmp_path / "a.xml", homes())
    text = file.read_text(encoding="cp1251").replace("<item ", '<item area="45.1" ')
    file.write_text(text.replace("nomerls=", 'ean_2d="ST00012|x" nomerls='), encoding="cp1251")
    assert recognise(Source(file)).layout.ignored[:2] == ["area", "ean_2d"]


@pytest.mark.parametrize("cut", [40, 300, 3000])
def test_a_file_cut_off_is_refused(database: peewee.Database, tmp_path: Path, cut: int) -> None:
    file = writers.platezhki(tmp_path / "a.xml", homes())
    file.write_bytes(file.read_bytes()[:-cut])
    with pytest.raises(UnreadableFileError, match="оборван"):
        import_billing(file)
    assert stored() == ({}, {})


def test_entities_are_refused(database: peewee.Database, tmp_path: Path) -> None:
    bomb = (
        '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><platezhki period="2026.10">&b;</platezhki>'
    )
    (tmp_path / "a.xml").write_text(bomb)
    with pytest.raises(UnreadableFileError, match="объявлены сокращения"):
        import_billing(tmp_path / "a.xml")


@pytest.mark.parametrize(
    "root", ["<Platezhki", '<platezhki xmlns="urn:rkc"', '<r:platezhki xmlns:r="urn:rkc"']
)
def test_namespaces_and_capitals_are_no_other_format(
    database: peewee.Database, tmp_path: Path, root: str
) -> None:
    file = writers.platezhki(tmp_path / "a.xml", homes())
    text = file.read_text(encoding="cp1251").replace("<platezhki", root, 1)
    file.write_text(text.replace("</platezhki", "</" + root[1:].partition(" ")[0]), encoding="cp1251")
    assert import_billing(file, answers=Answers(period=PERIOD)).accepted == 40


@pytest.mark.parametrize("doctype", ["<!DOCTYPE platezhki>", '<!DOCTYPE platezhki SYSTEM "p.dtd">'])
def test_a_harmless_doctype_is_read(database: peewee.Database, tmp_path: Path, doctype: str) -> None:
    file = writers.platezhki(tmp_path / "a.xml", homes())
    text = file.read_text(encoding="cp1251").replace("<platezhki", f"{doctype}<platezhki", 1)
    file.write_text(text, encoding="cp1251")
    assert import_billing(file, answers=Answers(period=PERIOD)).accepted == 40


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("UTF-8", "cp1251"),
        ("windows-1251", "utf-8"),
        ("windows-1251", "utf-8-sig"),
        ("windows-1251", "cp1251"),
        ("UTF-8", "cp866"),
        ("KOI8-R", "koi8-r"),
        ("cp1251", "cp1251"),
        ("utf-8", "utf-16"),
        ("UTF-16", "utf-8"),
        ("no-such", "cp1251"),
        ("", "cp1251"),
    ],
)
def test_the_letters_tell_the_encoding_whatever_the_file_declares(
    tmp_path: Path, declared: str, real: str
) -> None:
    text = writers.platezhki(tmp_path / "a.xml", homes()).read_text(encoding="cp1251")
    body = text.partition("?>")[2].strip()
    for each in ("koi8-r", "cp866"):
        body = body.encode(each, "ignore").decode(each)
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    (tmp_path / "a.xml").write_text(body, encoding="utf-8")
    expected = list(recognise(Source(tmp_path / "a.xml")))
    for text in (f"{head}\n{body}\n", head + body.replace("\n", "")):
        (tmp_path / "b.xml").write_bytes(text.encode(real))
        reader = recognise(Source(tmp_path / "b.xml"))
        assert list(reader) == expected and reader.tally.accepted == 40
