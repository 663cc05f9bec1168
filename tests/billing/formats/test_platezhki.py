"""XML of payment notices."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.importer import import_billing
from tests.billing.files import stored
from tests.billing.formats import writers
from tests.billing.formats.truth import PERIOD, homes


def test_a_file_without_a_month_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    file = writers.platezhki(tmp_path / "a.xml", homes(), period="")
    with pytest.raises(NeedsAnswerError):
        import_billing(file)
    assert import_billing(file, answers=Answers(period=PERIOD)).accepted == 40


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
    with pytest.raises(UnreadableFileError):
        import_billing(tmp_path / "a.xml")
