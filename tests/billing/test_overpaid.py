"""What was paid too much is subtracted only from the other side of its own balance, or asked about."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.alternatives import AlternativesError
from cabinet.billing.answers import Answers
from cabinet.billing.columns import understand
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Charge

ASKED = frozenset({"overpaid", "other-sum"})
COMBINATIONS = [  # titles, cells, what is to be paid in kopecks, whether that is asked about first
    ("Начислено;Переплата;Итого", "1000;200;800", 80000, False),
    ("Начислено;Переплата;Всего", "1000;200;800", 80000, False),
    ("Переплата;Сумма", "200;800", 80000, True),
    ("Переплата;Итого", "200;800", 80000, True),
    ("Сальдо на конец;Переплата на конец", "-50;50", -5000, False),
    ("Сальдо на конец;Переплата", "100;-50", 10000, False),
    ("Исходящее сальдо;Аванс на конец", "-50;50", -5000, False),
    ("Баланс;Переплата", "-30;30", -3000, False),
    ("Сальдо нач.;Переплата;Долг", "0;30;100", 10000, True),
    ("Задолженность;Переплата", "100;30", 10000, True),
    ("Переплата (долг);Сумма", "30;100", 10000, False),
    ("Итого;Аванс на конец", "100;30", 10000, True),
    ("Сумма долга;Переплата на конец", "100;30", 10000, True),
    ("Долг на конец;Переплата", "100;30", 10000, True),
    ("Долг (переплата) на конец;Переплата на конец", "-50;50", -5000, True),
    ("Сумма по квитанции;Переплата", "70;30", 7000, False),
    ("К оплате;Переплата на конец", "70;30", 7000, False),
    ("Итого к оплате;Переплата", "70;30", 7000, False),
    ("К оплате (с учётом долга);Переплата на конец", "70;30", 7000, False),
    ("Начислено;Переплата", "70;30", None, False),
    ("Долг на конец;Переплата на конец", "0;30", -3000, False),
    ("Долг на конец, руб.;Переплата на конец, руб.", "100,50;30", 7050, False),
    ("Задолженность на конец периода;Переплата на конец периода", "100;", 10000, False),
    ("Сальдо кон. Дт;Сальдо кон. Кт", "0;30", -3000, False),
    ("Сальдо на конец (дебет);Сальдо на конец (кредит)", "0;30", -3000, False),
    ("Сальдо кон. Дт;Переплата", "100;30", 10000, True),
    ("Долг на конец, руб;коп;Переплата на конец", "100;50;30", 10050, True),
    ("Дебет на конец;Кредит на конец;Сальдо нач.", "100;0;5", 10000, False),
]  # fmt: skip


def imported(
    tmp_path: Path, titles: str, cells: str, accept: frozenset[str] = frozenset(), **chosen: str
) -> Report:
    lines = [f"Лицевой счёт;Адрес;{titles}"]
    lines += [f"7012000{n};г. Химки, ул. Лесная, д. {n};{cells}" for n in range(1, 4)]
    (tmp_path / "a.csv").write_text("\r\n".join(lines), encoding="utf-8")
    answers = Answers(date(2026, 10, 1), accept=accept, chosen=chosen)
    return import_billing(tmp_path / "a.csv", answers=answers)


@pytest.mark.parametrize(("titles", "cells", "due", "asked"), COMBINATIONS)
def test_a_sum_beside_what_was_overpaid(
    database: peewee.Database, tmp_path: Path, titles: str, cells: str, due: int | None, asked: bool
) -> None:
    if asked:
        with pytest.raises(AlternativesError) as question:
            imported(tmp_path, titles, cells, frozenset({"other-sum"}))
        assert [each.value for each in question.value.found] == ["subtract", "as-is"]
        assert not Charge.select().exists()
    report = imported(tmp_path, titles, cells, ASKED if asked else frozenset())
    assert not report.unanswered
    assert (report.accepted, report.rejected) == (3, 0)
    assert {charge.amount_due for charge in Charge.select()} == {due}


@pytest.mark.parametrize(
    ("titles", "cells", "due", "as_is"),
    [
        ("Долг;Переплата", "100;", 10000, 10000),
        ("Долг;Переплата", "0;30,50", -3050, 0),
        ("Задолженность;Переплата", "100;30", 7000, 10000),
        ("Сумма;Переплата на конец", "100;30", 7000, 10000),
        ("Долг, руб.;коп.;Переплата", "100;50;30", 7050, 10050),
    ],
)
def test_staff_say_whether_what_was_overpaid_is_subtracted(
    database: peewee.Database, tmp_path: Path, titles: str, cells: str, due: int, as_is: int
) -> None:
    accept = frozenset({"other-sum"})
    for value, expected in (("as-is", as_is), ("subtract", due)):
        with pytest.raises(AlternativesError, match="Какая сумма стоит на квитанции"):
            imported(tmp_path, titles, cells, accept)
        report = imported(tmp_path, titles, cells, accept | {"sums-changed", "sums-zero"}, overpaid=value)
        assert (report.accepted, report.rejected, report.unanswered) == (3, 0, [])
        assert {charge.amount_due for charge in Charge.select()} == {expected}


def test_an_account_that_has_only_an_overpayment(database: peewee.Database, tmp_path: Path) -> None:
    report = imported(tmp_path, "Долг;Переплата", ";30", overpaid="subtract")
    assert report.accepted == 3 and {charge.amount_due for charge in Charge.select()} == {-3000}


@pytest.mark.parametrize("cells", ["-50;50", "50;-50"])
def test_signs_that_nobody_knows_are_refused(database: peewee.Database, tmp_path: Path, cells: str) -> None:
    report = imported(tmp_path, "Долг на конец;Переплата на конец", cells)
    assert report.rejected == 3 and not Charge.select().exists()


def test_what_was_owed_before_is_no_sum() -> None:
    assert understand(["Лицевой счёт", "Долг (на начало)", "Начислено"], {}).names[1] is None
