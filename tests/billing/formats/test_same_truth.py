"""The same accounts and charges, written in every format, leave the same database."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.models.database import is_sqlite
from tests.billing.files import stored
from tests.billing.formats import gis_writers, large, writers
from tests.billing.formats.truth import (
    PERIOD,
    Digest,
    Home,
    digest,
    digest_of_database,
    homes,
    many_homes,
    state,
)

FEW, MANY, MILLIONS = 3_000, 20_000, 3_000_000  # a few are several blocks, portions and pieces
PEOPLE = ("last_name", "first_name", "middle_name")
DUE = ("address", *PEOPLE, "amount_due")
BOTH = (*DUE, "amount_charged")
LISTED = ("zhku_id", "address", *PEOPLE, "premises", "fias_house_guid")
Write = Callable[..., Path]
FORMATS: dict[str, tuple[str, Write, tuple[str, ...]]] = {
    "csv": ("billing.csv", writers.csv, BOTH),
    **{
        f"csv-{encoding}": ("a.csv", partial(writers.csv, encoding=encoding), BOTH)
        for encoding in ("utf-16", "cp1251", "cp866", "koi8-r", "iso8859-5", "mac-cyrillic")
    },
    "sberbank": ("a.txt", writers.sberbank, DUE),
    "sberbank-koi8": ("a.txt", partial(writers.sberbank, encoding="koi8-r"), DUE),
    "sberbank-els": ("a.txt", writers.new_sberbank, (*DUE, "els", "fias_house_guid")),
    "gorod": ("a.txt", writers.gorod, DUE),
    "gorod-services": ("a.txt", partial(writers.gorod, services=3), DUE),
    "xlsx": ("a.xlsx", writers.xlsx, BOTH),
    "xls": ("a.xls", writers.xls, BOTH),
    "ods": ("a.ods", writers.ods, BOTH),
    "page": ("a.xls", writers.page, BOTH),
    "page-cp1251": ("a.xls", partial(writers.page, encoding="cp1251"), BOTH),
    "page-utf-16": ("a.xls", partial(writers.page, encoding="utf-16"), BOTH),
    "xml-2003": ("a.xls", writers.xml_2003, BOTH),
    "dbf-866": ("a.dbf", writers.dbf, BOTH),
    "dbf-1251-called-866": ("a.dbf", partial(writers.dbf, encoding="cp1251", language=0x65), BOTH),
    "xml": ("a.xml", writers.platezhki, (*BOTH, "els", "zhku_id")),
    "zip": ("a.zip", writers.zipped, BOTH),
    "gis-accounts": ("a.xlsx", gis_writers.gis_accounts, LISTED),
    "gis-els": ("a.xlsx", gis_writers.gis_els, ("els", "zhku_id", "address")),
}


@cache
def truth(count: int) -> list[Home]:
    return homes(count)


@cache
def expected(count: int, said: tuple[str, ...]) -> Digest:
    return digest(truth(count), *said)


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_same_truth(database: peewee.Database, tmp_path: Path, name: str, count: int) -> None:
    file_name, write, said = FORMATS[name]
    file = write(tmp_path / file_name, truth(count))
    report = import_billing(file, answers=Answers(period=PERIOD))
    assert report.rejects == [] and report.refused == ""
    assert report.tally.complete
    if digest_of_database() != expected(count, said):
        assert stored() == state(truth(count), *said)  # says what differs


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_same_truth_of_documents(database: peewee.Database, tmp_path: Path, count: int) -> None:
    """Payment documents name no accounts: they come with a list of them."""
    files = [
        gis_writers.gis_documents(tmp_path / "a.xlsx", truth(count)),
        gis_writers.gis_accounts(tmp_path / "b.xlsx", truth(count)),
    ]
    report = import_billing(files)
    assert report.rejects == [] and report.refused == "" and report.tally.complete
    assert digest_of_database() == expected(count, (*LISTED, "amount_due", "amount_charged"))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("write", "said"),
    [(large.csv, BOTH), (large.sberbank, DUE), (large.gorod, DUE), (large.dbf, BOTH)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_same_truth_of_millions(
    database: peewee.Database, tmp_path: Path, write: Any, said: tuple[str, ...]
) -> None:
    if not is_sqlite():
        return  # what differs between the databases does not differ with the number of rows
    file = write(tmp_path / "file", MILLIONS)
    report = import_billing(file, answers=Answers(period=PERIOD))
    file.unlink()
    assert report.rejects == [] and report.refused == "" and report.tally.complete
    assert digest_of_database() == digest(many_homes(MILLIONS), *said)
