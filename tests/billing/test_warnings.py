"""What is understood but unlikely is asked about, one by one, before anything is stored."""

from datetime import date
from pathlib import Path

import peewee
import pytest
import time_machine

from cabinet.billing.answers import Answers
from cabinet.billing.errors import NeedsAnswerError
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from tests.billing.files import row, stored, write

NOVEMBER = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(NOVEMBER, tick=True):
        yield


def month(period: str, count: int = 40, factor: int = 1, **other: str) -> list[dict[str, str]]:
    return [row(str(n), period, f"{(4000 + n) * factor}.00", **other) for n in range(1, count + 1)]


def codes(report: Report) -> list[str]:
    return [warning.code for warning in report.unanswered]


def test_a_month_of_zeros_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    report = import_billing(write(tmp_path / "b.csv", month("2026-10", 5, factor=0)))
    assert codes(report) == ["sums-zero"] and report.nothing
    mixed = [*month("2026-10", 5, factor=0), row("9", "2026-10", "1.00")]
    assert not import_billing(write(tmp_path / "b.csv", mixed)).nothing


def test_a_month_of_overpayments_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    """Programs that keep balances write a debt with a minus. Some residents have always paid too much."""
    rows = month("2026-10", 40)
    for most, asked in ((20, []), (21, ["sums-negative"])):
        signed = [{**each, "amount_due": f"-{each['amount_due']}"} for each in rows[:most]]
        assert (
            codes(import_billing(write(tmp_path / "b.csv", [*signed, *rows[most:]]), dry_run=True)) == asked
        )


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Сальдо (- долг)", True), ("Баланс (минус - долг)", True), ("Сальдо (-долг, +переплата)", True),
        ("Сальдо (+ переплата)", True), ("Сальдо (+ долг, - переплата)", False), ("Сальдо", False),
        ("Сальдо (долг +)", False), ("К оплате", False), ("Сальдо (переплата -)", False),
    ],
)  # fmt: skip
def test_a_title_that_says_that_a_debt_has_a_minus_is_asked_about(
    database: peewee.Database, tmp_path: Path, title: str, asked: bool
) -> None:
    file = tmp_path / "b.csv"
    file.write_text(f"Лицевой счёт;Период;Адрес;{title}\n71;10.2026;г. Клин, ул. Мира, д. 1;-5,00\n")
    assert codes(import_billing(file, dry_run=True)) == (["debt-is-minus"] if asked else [])


def test_an_ordinary_next_month_is_not_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", month("2026-09")))
    report = import_billing(write(tmp_path / "b.csv", month("2026-10", 41)))
    assert not report.warnings and not report.nothing
    (check,) = report.months
    assert (check.accounts, check.before, check.before_accounts) == (41, date(2026, 9, 1), 40)
    assert (check.new, check.missing) == (1, 0)
    assert check.total == sum(range(4001, 4042)) * 100
    assert [sample["number"] for sample in check.samples] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("future", month("2026-12")),
        ("month-smaller", month("2026-10", 15)),
        ("sums-scaled", month("2026-10", factor=100)),
        ("sums-changed", month("2026-09", factor=2)),
        (
            "addresses-changed",
            [{**each, "address": f"г. Клин, д. {n}"} for n, each in enumerate(month("2026-10"))],
        ),
        ("past", month("2025-10")),
        ("stray-month", [*month("2026-10"), row("1", "2025-10")]),
    ],
)
def test_the_unlikely_is_asked_about_and_can_be_accepted(
    database: peewee.Database, tmp_path: Path, code: str, rows: list[dict[str, str]]
) -> None:
    import_billing(write(tmp_path / "b.csv", month("2026-09")))
    before = stored()
    file = write(tmp_path / "b.csv", rows)
    checked = import_billing(file, dry_run=True)
    assert codes(checked) == [code] and not checked.refused
    refused = import_billing(file)
    assert refused.nothing and stored() == before
    wrong = import_billing(file, answers=Answers(accept=frozenset({"something-else"})))
    assert codes(wrong) == [code] and stored() == before
    assert not import_billing(file, answers=Answers(accept=frozenset({code}))).nothing
    assert stored() != before


def test_the_same_month_of_last_year_may_be_put_right(database: peewee.Database, tmp_path: Path) -> None:
    assert not import_billing(write(tmp_path / "b.csv", month("2025-11"))).warnings


def test_kopecks_in_the_first_file_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    assert codes(import_billing(write(tmp_path / "b.csv", month("2026-10", factor=100)))) == ["sums-scaled"]


def test_a_small_correction_is_no_small_month(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", month("2026-09")))
    import_billing(write(tmp_path / "b.csv", month("2026-10")))
    assert not import_billing(write(tmp_path / "b.csv", month("2026-10", 3, factor=2))).warnings


def test_a_file_without_a_period_is_asked_for_it(database: peewee.Database, tmp_path: Path) -> None:
    columns = ["account", "address", "amount_due"]
    file = write(tmp_path / "b.csv", month("2026-10"), columns)
    text = "Начисления за октябрь 2026 г.;;\n" + file.read_text()
    file.write_text(text)
    with pytest.raises(NeedsAnswerError) as asked:
        import_billing(file)
    assert [(q.code, q.proposal) for q in asked.value.questions] == [("period", "2026-10")]
    assert stored() == ({}, {})
    september = date(2026, 9, 1)
    assert codes(import_billing(file, answers=Answers(september))) == ["other-month"]
    import_billing(file, answers=Answers(september, accept=frozenset({"other-month"})))
    assert {period for period, _ in stored()[1]} == {date(2026, 9, 1)}


def test_rows_of_another_month_than_named_are_rejected(database: peewee.Database, tmp_path: Path) -> None:
    file = write(tmp_path / "b.csv", [*month("2026-10"), row("1", "2026-09")])
    report = import_billing(file, answers=Answers(period=date(2026, 10, 1)))
    assert (report.accepted, report.rejected) == (40, 1)
    assert report.rejects[0].reason == "период другой, чем указан для файла"


def test_dates_that_can_be_read_two_ways_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    rows = [row("1", "01/02/2026"), row("2", "02/01/2026")]
    with pytest.raises(NeedsAnswerError):
        import_billing(write(tmp_path / "b.csv", rows))
    report = import_billing(write(tmp_path / "b.csv", rows[:1] * 1), answers=Answers(period=date(2026, 2, 1)))
    assert report.accepted == 1


def test_two_columns_with_one_title_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    text = "Лицевой счёт;Период;Адрес;К оплате;К оплате\n1;10.2026;г. Клин, д. 1;5,00;7,00\n"
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    assert codes(import_billing(tmp_path / "b.csv")) == ["two-columns-amount-due"]


SHIFTED = [{**each, "account": str(int(each["account"]) + 100)} for each in month("2026-10")]
FILLED = [{**each, "amount_due": "4001.00"} for each in month("2026-10")]
HOUSE = {"address": "г. Химки, ул. Зелёная, д. 19"}


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("sums-alike", FILLED),
        ("accounts-new", SHIFTED),
        ("sums-scaled", month("2026-10", factor=10)),
    ],
)
def test_what_clerks_do_by_mistake_is_asked_about(
    database: peewee.Database, tmp_path: Path, code: str, rows: list[dict[str, str]]
) -> None:
    import_billing(write(tmp_path / "b.csv", month("2026-09")))
    file = write(tmp_path / "b.csv", rows)
    assert codes(import_billing(file)) == [code]
    assert not import_billing(file, answers=Answers(accept=frozenset({code}))).nothing


def test_the_file_of_the_month_before_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    file = write(tmp_path / "b.csv", month(""), ["account", "address", "amount_due"])
    import_billing(file, answers=Answers(period=date(2026, 9, 1)))
    assert codes(import_billing(file, answers=Answers(period=date(2026, 10, 1)))) == ["sums-same"]


def test_a_fixed_price_is_the_same_every_month(database: peewee.Database, tmp_path: Path) -> None:
    for period in ("2026-09", "2026-10"):
        rows = [row(str(n), period, "48.00") for n in range(1, 41)]
        assert not import_billing(write(tmp_path / "b.csv", rows)).warnings


def test_addresses_without_flats_are_asked_about_once(database: peewee.Database, tmp_path: Path) -> None:
    file = write(tmp_path / "b.csv", [{**each, **HOUSE} for each in month("2026-09")])
    assert codes(import_billing(file)) == ["addresses-alike"]
    import_billing(file, answers=Answers(accept=frozenset({"addresses-alike"})))
    file = write(tmp_path / "b.csv", [{**each, **HOUSE} for each in month("2026-10", factor=2)])
    assert not import_billing(file).warnings
