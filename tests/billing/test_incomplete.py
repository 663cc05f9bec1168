"""An account of which a service's row is rejected does not go in with what is left of its sum."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing import incomplete
from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Account, Charge

TITLES = "Лицевой счёт;Период;Адрес;Услуга;К оплате"
KEPT = {"70001": 110_00, "70003": 130_00}


def lines() -> list[str]:
    """Three accounts with two services each; those of 70002 are on lines 4 and 5."""
    homes = ((n, f"7000{n};10.2026;г. Клин, д. {n}") for n in (1, 2, 3))
    return [TITLES, *(f"{home};{name}" for n, home in homes for name in (f"Тепло;1{n}0,00", "Лифт;0,00"))]


def imported(tmp_path: Path, text: str) -> Report:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    report = import_billing(tmp_path / "a.csv", max_rejects=100)
    assert report.tally.complete
    assert {a.number for a in Account.select()} == {c.account for c in Charge.select()}
    return report


def sums() -> dict[str, int]:
    return {charge.account: charge.amount_due or 0 for charge in Charge.select()}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (";120,00", ";сто"),
        ("10.2026;г. Клин, д. 2;Тепло", "13.2026;г. Клин, д. 2;Тепло"),
        ("г. Клин, д. 2;Тепло", ";Тепло"),
        ("Тепло;120,00", "Тепло;120,00;лишнее"),
        ("70002;10.2026;г. Клин, д. 2;Тепло", ";10.2026;г. Клин, д. 2;Тепло"),
        ("д. 2;Лифт;0,00", "д. 2;Лифт;0,00 и ещё"),
        ("70002;10.2026;г. Клин, д. 2;Лифт", ";10.2026;;Лифт"),
    ],
)
def test_all_rows_of_an_account_go_with_one(
    database: peewee.Database, tmp_path: Path, good: str, bad: str
) -> None:
    text = "\n".join(lines())
    assert text.count(good) == 1
    report = imported(tmp_path, text.replace(good, bad))
    assert "70002" not in sums() and sums().items() <= KEPT.items()
    assert {4, 5} <= {reject.line for reject in report.rejects}


def test_other_accounts_are_not_touched(database: peewee.Database, tmp_path: Path) -> None:
    report = imported(tmp_path, "\n".join(lines()).replace(";120,00", ";сто"))
    assert sums() == KEPT
    assert [(reject.line, reject.account) for reject in report.rejects] == [(4, "70002"), (5, "70002")]
    assert len(report.reasons) == 2 and (report.accepted, report.rejected) == (4, 2)


def test_a_torn_row_takes_its_neighbours_with_it(database: peewee.Database, tmp_path: Path) -> None:
    text = "\n".join(lines()).replace(
        "70002;10.2026;г. Клин, д. 2;Тепло", "70\n002;10.2026;г. Клин, д. 2;Тепло"
    )
    imported(tmp_path, text)
    assert "70002" not in sums() and sums().items() <= KEPT.items()


def test_every_month_of_the_account_stays_out(database: peewee.Database, tmp_path: Path) -> None:
    before = [line.replace("10.2026", "09.2026") for line in lines()[1:]]
    text = "\n".join([*lines(), *before]).replace(
        "10.2026;г. Клин, д. 2;Тепло", "октобрь;г. Клин, д. 2;Тепло"
    )
    report = imported(tmp_path, text)
    assert set(sums()) == set(KEPT) and report.rejected == 4


def test_a_row_of_no_known_account_far_below_takes_nothing_far_above(
    database: peewee.Database, tmp_path: Path
) -> None:
    homes = [f"{8000 + n};10.2026;г. Клин, д. {n};Тепло;{n}" for n in range(1, 3000)]
    homes[2500] = homes[2500].replace("10501;", ";")
    imported(tmp_path, "\n".join([TITLES, *homes]))
    assert set(map(str, range(8001, 11000))) - set(sums()) == {"10500", "10501", "10502"}


@pytest.mark.parametrize("misread", ["70002.5", "7,0002E+04", "70002 и 70003", ""])
def test_a_misread_account_takes_no_service_away_unseen(
    database: peewee.Database, tmp_path: Path, misread: str
) -> None:
    rows = lines()
    assert rows[4].startswith("70002;")
    report = imported(tmp_path, "\n".join([*rows[:4], misread + rows[4].removeprefix("70002"), *rows[5:]]))
    assert "70002" not in sums() and sums().items() <= KEPT.items() and not report.warnings


def test_a_lost_service_of_nobody_known_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    rows = lines()
    by_service = [rows[0], *rows[1::2], *rows[2::2]]
    report = imported(tmp_path, "\n".join(by_service).replace("70002;10.2026;г. Клин, д. 2;Лифт", "?;;;Лифт"))
    assert [warning.code for warning in report.unanswered] == ["lost-services"] and not sums()


def test_services_below_a_merged_account_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    rows = [line if number % 2 else f";;;{line.split(';', 3)[3]}" for number, line in enumerate(lines())]
    rows[0] = TITLES
    text = "\n".join([*rows, ";;;Итого;360,00"]).replace("Лифт;0,00", "Лифт;1,00")
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    report = import_billing(tmp_path / "a.csv")
    assert [warning.code for warning in report.unanswered] == ["account-above"] and not sums()
    report = import_billing(tmp_path / "a.csv", answers=Answers(accept=frozenset(["account-above"])))
    assert report.tally.complete and (report.summed, report.rejected, report.tally.other) == (3, 0, 2)
    assert sums() == {"70001": 111_00, "70002": 121_00, "70003": 131_00}


@pytest.mark.parametrize("above", ["сто;10.2026;г. Клин, д. 9;Тепло;1,00", ";;;;", "ул. Мира;;;;"])
def test_nothing_is_carried_over_other_lines(database: peewee.Database, tmp_path: Path, above: str) -> None:
    report = imported(tmp_path, "\n".join([*lines()[:3], above, ";;;Лифт;5,00", *lines()[3:]]))
    assert not report.tally.merged and 5 in {reject.line for reject in report.rejects}
    assert sums().items() <= {"70001": 110_00, "70002": 120_00, "70003": 130_00}.items()


def test_so_many_lost_rows_are_no_import(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incomplete, "MOST", 50)
    rows = [f"?;10.2026;г. Клин, д. {n};Лифт;1,00" for n in range(60)]
    with pytest.raises(UnreadableFileError, match="слишком много строк услуг"):
        imported(tmp_path, "\n".join([TITLES, *rows]))
