"""Files of ГИС ЖКХ: lists of accounts, exports of ЕЛС, and payment documents that name no account."""

import itertools
from dataclasses import replace
from pathlib import Path

import peewee
import pytest

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.models import Account, Charge
from tests.billing.files import stored
from tests.billing.formats import gis_writers
from tests.billing.formats.truth import homes, state

LISTED = ("zhku_id", "address", "last_name", "first_name", "middle_name", "premises", "fias_house_guid")
EXPORTED = ("els", "zhku_id", "address")
TRUTH = homes()


def test_a_list_of_accounts_brings_accounts_alone(database: peewee.Database, tmp_path: Path) -> None:
    report = import_billing(gis_writers.gis_accounts(tmp_path / "a.xlsx", TRUTH))
    assert (report.refused, report.rejects, report.nothing) == ("", [], False)
    assert report.tally.complete and report.accepted == len(TRUTH)
    assert stored() == state(TRUTH, *LISTED)
    again = import_billing(tmp_path / "a.xlsx")
    assert [(p.new_accounts, p.changed_accounts, p.new_charges) for p in again.periods] == [(0, 0, 0)]


def test_an_export_of_els_brings_accounts_alone(database: peewee.Database, tmp_path: Path) -> None:
    file = gis_writers.gis_els(tmp_path / "a.xlsx", TRUTH)
    foretold = import_billing(file, dry_run=True)
    assert stored() == ({}, {})
    done = import_billing(file)
    assert (
        [p.new_accounts for p in foretold.periods] == [p.new_accounts for p in done.periods] == [len(TRUTH)]
    )
    assert stored() == state(TRUTH, *EXPORTED)


@pytest.mark.parametrize(("old", "sheet"), [(False, "Разделы"), (True, "Раздел ")])
def test_documents_find_their_accounts(
    database: peewee.Database, tmp_path: Path, old: bool, sheet: str
) -> None:
    import_billing(gis_writers.gis_els(tmp_path / "b.xlsx", TRUTH))
    report = import_billing(gis_writers.gis_documents(tmp_path / "c.xlsx", TRUTH, old, sheet))
    assert report.rejects == [] and report.tally.complete
    accounts, charges = state(TRUTH, *EXPORTED, "amount_due", *(() if old else ("amount_charged",)))
    assert stored() == (accounts, charges)


def test_documents_of_unknown_accounts_are_told(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(gis_writers.gis_els(tmp_path / "b.xlsx", TRUTH[:38]))
    file = gis_writers.gis_documents(tmp_path / "c.xlsx", TRUTH)
    report = import_billing(file, max_rejects=10)
    assert [(reject.line, "ЖКУ" in reject.reason) for reject in report.rejects] == [(42, True), (43, True)]
    assert Charge.select().count() == 38 and Account.select().count() == 38
    import_billing(gis_writers.gis_accounts(tmp_path / "a.xlsx", TRUTH))
    assert import_billing(file).rejected == 0
    assert Charge.select().count() == 40


def test_documents_alone_are_refused(database: peewee.Database, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="Экспорт ЕЛС"):
        import_billing(gis_writers.gis_documents(tmp_path / "c.xlsx", TRUTH))


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "order",
    [
        pytest.param(order, marks=() if order in ("abc", "cba") else pytest.mark.slow, id=order)
        for order in map("".join, itertools.permutations("abc"))
    ],
)
def test_files_of_one_import_in_any_order(database: peewee.Database, tmp_path: Path, order: str) -> None:
    made = {
        "a": gis_writers.gis_accounts(tmp_path / "a.xlsx", TRUTH),
        "b": gis_writers.gis_els(tmp_path / "b.xlsx", TRUTH),
        "c": gis_writers.gis_documents(tmp_path / "c.xlsx", TRUTH),
    }
    files = [made[name] for name in order]
    checked = import_billing(files, dry_run=True)
    assert checked.rejects == [] and stored() == ({}, {})
    report = import_billing(files)
    assert report.rejects == [] and report.tally.complete
    assert report.accepted == checked.accepted == 3 * len(TRUTH)
    assert stored() == state(TRUTH, *LISTED, "els", "amount_due", "amount_charged")


def test_letters_of_either_alphabet_are_one_zhku(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(gis_writers.gis_els(tmp_path / "b.xlsx", TRUTH))
    latin = [replace(home, zhku=home.zhku.replace("М", "M").replace("В", "B")) for home in TRUTH]
    assert import_billing(gis_writers.gis_documents(tmp_path / "c.xlsx", latin)).accepted == len(TRUTH)
