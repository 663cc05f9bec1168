"""The same accounts and charges, written in every format, leave the same database."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from tests.billing.files import stored
from tests.billing.formats import writers
from tests.billing.formats.truth import PERIOD, homes, state

PEOPLE = ("last_name", "first_name", "middle_name")
DUE = ("address", *PEOPLE, "amount_due")
BOTH = (*DUE, "amount_charged")
FORMATS = {
    "csv": ("billing.csv", writers.csv, BOTH),
    "sberbank": ("a.txt", writers.sberbank, DUE),
    "sberbank-koi8": ("a.txt", lambda path, truth: writers.sberbank(path, truth, "koi8-r"), DUE),
    "sberbank-els": ("a.txt", writers.new_sberbank, (*DUE, "els", "fias_house_guid")),
    "gorod": ("a.txt", writers.gorod, DUE),
    "gorod-services": ("a.txt", lambda path, truth: writers.gorod(path, truth, 3), DUE),
    "xlsx": ("a.xlsx", writers.xlsx, BOTH),
    "xls": ("a.xls", writers.xls, BOTH),
    "ods": ("a.ods", writers.ods, BOTH),
    "dbf-866": ("a.dbf", writers.dbf, BOTH),
    "dbf-1251-called-866": ("a.dbf", lambda path, truth: writers.dbf(path, truth, "cp1251", 0x65), BOTH),
    "xml": ("a.xml", writers.platezhki, (*BOTH, "els", "zhku_id")),
}


@pytest.mark.parametrize("name", FORMATS)
def test_same_truth(database: peewee.Database, tmp_path: Path, name: str) -> None:
    file_name, write, said = FORMATS[name]
    truth = homes()
    file = write(tmp_path / file_name, truth)
    report = import_billing(file, answers=Answers(period=PERIOD))
    assert report.rejects == [] and report.refused == ""
    assert report.tally.complete
    assert stored() == state(truth, *said)
