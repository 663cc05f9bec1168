"""What other exporters call and write the same things by: understood alike, or no row of an account."""

from datetime import date
from pathlib import Path

import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.batches import Reject
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.recognition import recognise
from cabinet.billing.source import Source

ROWS = (("0040571", "4218,67"), ("7012300002", "150,30"), ("7012300003", "-10,00"))
READ = [("2026-10", "40571", 421_867), ("2026-10", "7012300002", 15_030), ("2026-10", "7012300003", -1_000)]


def text(
    account: str = "Лицевой счёт",
    due: str = "К оплате",
    month: str = "10.2026",
    mark: str = ";",
    more: str = "",
) -> str:
    lines = [f"{account};Период;Адрес;{due}".replace(";", mark)]
    lines += [mark.join((number, month, "ул. Садовая", sum_)) for number, sum_ in ROWS]
    return "\n".join([*lines, more])


def read(path: Path, content: str) -> list[tuple[str, str, int]]:
    """Month, account, and the sum to be paid of each row; nothing may be rejected."""
    (path / "a.csv").write_text(content, encoding="utf-8")
    rejects: list[Reject] = []
    reader = recognise(Source(path / "a.csv", reject=rejects.append))
    found = [
        (f"{batch.period:%Y-%m}", number, int(due or charged or 0))
        for batch in reader
        for number, due, charged in zip(batch.numbers, batch.amounts[0], batch.amounts[1], strict=True)
    ]
    assert not rejects and reader.tally.complete
    return found


def rejected(path: Path, content: str) -> list[tuple[int, str]]:
    """The lines that are rejected, and why."""
    (path / "a.csv").write_text(content, encoding="utf-8")
    rejects: list[Reject] = []
    reader = recognise(Source(path / "a.csv", reject=rejects.append))
    for _ in reader:
        continue
    assert reader.tally.complete
    return [(reject.line, reject.reason) for reject in rejects]


@pytest.mark.parametrize(
    "title",
    ["Лицевой счет, №", "Лицевой счёт №", "Номер л/с", "№ л.с.", "лиц.сч.", "ЛицевойСчет",
     "Номер ЛС абонента", "Номер лицевого счета плательщика", "Абонент (л/с)", "Основной лицевой счет",
     "Код лицевого счета", "account_number", "Account No"],
)  # fmt: skip
def test_titles_of_the_account(tmp_path: Path, title: str) -> None:
    assert read(tmp_path, text(account=title)) == READ


@pytest.mark.parametrize(
    "title",
    ["Итого к оплате с учетом задолженности", "Задолженность на конец периода", "Начислено за октябрь",
     "Сальдо, исходящее", "Долг на 01.11.2026", "К оплате на 01.11.26 г.", "Итого по квитанции, руб."],
)  # fmt: skip
def test_titles_of_the_sum(tmp_path: Path, title: str) -> None:
    assert read(tmp_path, text(due=title)) == READ


@pytest.mark.parametrize(
    "month",
    ["01.10.26", "31-10-26", "1.10.26 0:00:00", "октябрь'26", "за октябрь 2026 г.", "октябре 2026",
     "10 месяц 2026", "10-й мес. 2026 г.", "2026 год, 10 месяц", "октябрь месяц 2026", "Период: 10.2026",
     "за 2026-10", "в октябре 2026", "октябрь-2026", "10.2026 г.", "X.2026", "2026M10", "2026_10", "2026,10",
     "10. 2026", "1026", "2610", "31-OCT-26", "01-Oct-2026", "с 01.10.26 по 31.10.26",
     "1 октября - 31 октября 2026", "с 1 по 31 октября 2026 года", "31.10.2026 23:59:59", "31.10.2026, 9:05",
     "2026-М10", "2026-M10", "01.10-31.10.2026", "с 1.10 по 31.10.26",
     "2026октябрь", "«Октябрь 2026»", "за октябрём 2026", "10 / 2026"],
)  # fmt: skip
def test_months(tmp_path: Path, month: str) -> None:
    assert read(tmp_path, text(month=month)) == READ


@pytest.mark.parametrize(
    ("month", "reason"),
    [("2026.1", "не ясно, январь это или октябрь: укажите расчётный период файла"),
     ("с 01.10.26 по 30.11.26", "период не разобран"), ("01.10-30.11.2026", "период не разобран"),
     ("01.13-31.10.2026", "период не разобран"), ("на 01.11.2026", "период не разобран"),
     ("1110", "период не разобран"), ("26.10", "период не разобран")],
)  # fmt: skip
def test_months_that_nobody_can_know(tmp_path: Path, month: str, reason: str) -> None:
    assert rejected(tmp_path, text(month=month)) == [(2, reason), (3, reason), (4, reason)]


def test_a_lost_zero_is_told_by_the_month_that_staff_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text(month="2026.1"), encoding="utf-8")
    reader = recognise(Source(tmp_path / "a.csv", answers=Answers(period=date(2026, 10, 1))))
    assert {batch.period for batch in reader} == {date(2026, 10, 1)}


@pytest.mark.parametrize(
    ("amount", "kopecks"),
    [("150,30 CR", -15030), ("150,30CR", -15030), ("Кт 150,30", -15030), ("150,30 руб. Кр.", -15030),
     ("150,30 (переплата)", -15030), ("150,30 DR", 15030), ("150,30 Дт", 15030), ("долг: 150,30", 15030)],
)  # fmt: skip
def test_sums_that_say_on_which_side_they_are(tmp_path: Path, amount: str, kopecks: int) -> None:
    found = read(tmp_path, text(more=f"9;10.2026;ул. Садовая;{amount}"))
    assert found == [*READ, ("2026-10", "9", kopecks)]


@pytest.mark.parametrize("amount", ["150,30 p.", "150,30p", "p. 150,30"])
def test_roubles_by_a_latin_letter(tmp_path: Path, amount: str) -> None:
    found = read(tmp_path, text(more=f"9;10.2026;ул. Садовая;{amount}"))
    assert found == [*READ, ("2026-10", "9", 15030)]


@pytest.mark.parametrize("amount", ["599|682,02", "1O0,00", "4З1,00", "l00"])
def test_letters_are_no_digits_of_sums(tmp_path: Path, amount: str) -> None:
    assert rejected(tmp_path, text(more=f"9;10.2026;ул. Садовая;{amount}")) == [(5, "сумма не разобрана")]


def test_a_minus_beside_a_side_could_mean_either(tmp_path: Path) -> None:
    line = "9;10.2026;ул. Садовая;-150,30 CR"
    assert rejected(tmp_path, text(more=line)) == [(5, "сумма не разобрана")]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("01.дек", "номер лицевого счёта стал датой: сделайте столбец текстовым и заполните снова"),
     ("дек.12", "номер лицевого счёта стал датой: сделайте столбец текстовым и заполните снова"),
     ("12.01.2026", "номер лицевого счёта стал датой: сделайте столбец текстовым и заполните снова"),
     ("#Н/Д", "вместо значения в ячейке ошибка формулы")],
)  # fmt: skip
def test_accounts_that_a_spreadsheet_spoilt(tmp_path: Path, cell: str, reason: str) -> None:
    assert rejected(tmp_path, text(more=f"{cell};10.2026;ул. Садовая;5")) == [(5, reason)]


def test_formulas_that_failed_are_no_address(tmp_path: Path) -> None:
    reason = "вместо значения в ячейке ошибка формулы"
    assert rejected(tmp_path, text(more="9;10.2026;#ССЫЛКА!;5")) == [(5, reason)]


def test_a_formula_that_failed_where_nobody_looks_costs_no_account(tmp_path: Path) -> None:
    lines = "ЛС;Период;Адрес;К оплате;Примечание\n1;10.2026;ул. Лесная;5;#Н/Д\n2;10.2026;ул. Лесная;6;\n"
    assert rejected(tmp_path, lines) == []


def test_a_house_that_became_a_date(tmp_path: Path) -> None:
    lines = "ЛС;Период;Улица;Дом;К оплате\n1;10.2026;Лесная;5/2;5\n2;10.2026;Лесная;05.фев;5\n"
    reason = "номер дома стал датой: сделайте столбец текстовым и заполните снова"
    assert rejected(tmp_path, lines) == [(3, reason)]


def test_an_apostrophe_that_kept_zeros_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text(more="'0040579;10.2026;ул. Садовая;5"), encoding="utf-8")
    printed = [number for batch in recognise(Source(tmp_path / "a.csv")) for number in batch.printed]
    assert printed[-1] == "0040579"


def test_a_month_without_a_year_needs_the_month_of_the_file(tmp_path: Path) -> None:
    reason = "месяц без года: укажите расчётный период файла"
    assert rejected(tmp_path, text(more="9;октябрь;ул. Садовая;5")) == [(5, reason)]
    with pytest.raises(NeedsAnswerError, match="без года"):
        rejected(tmp_path, text(month="октябрь"))
    reader = recognise(Source(tmp_path / "a.csv", answers=Answers(period=date(2026, 10, 1))))
    assert {batch.period for batch in reader} == {date(2026, 10, 1)}


def test_years_of_two_digits_beside_their_months(tmp_path: Path) -> None:
    lines = "ЛС;Месяц;Год;Адрес;К оплате\n9;10;26;ул. Садовая;5\n"
    assert read(tmp_path, lines) == [("2026-10", "9", 500)]


def test_of_balances_on_two_days_the_later_one_is_due(tmp_path: Path) -> None:
    lines = "ЛС;Период;Адрес;Сальдо на 01.10.2026;Сальдо на 01.11.2026\n9;10.2026;ул. Садовая;5;7\n"
    assert read(tmp_path, lines) == [("2026-10", "9", 700)]
    assert not recognise(Source(tmp_path / "a.csv")).layout.warnings


def test_columns_lined_up_by_spaces_are_refused_in_words(tmp_path: Path) -> None:
    lines = ["Счёт        Период    Адрес              К оплате"]
    lines += [f"70123{n}    10.2026   ул. Садовая, д. {n}   {n}00,00" for n in range(1, 9)]
    with pytest.raises(UnreadableFileError, match="разделены пробелами"):
        read(tmp_path, "\n".join(lines))


def test_tables_drawn_with_frames(tmp_path: Path) -> None:
    lines = text(mark="│").splitlines()
    framed = ["┌─┬─┬─┬─┐", f"│{lines[0]}│", "├─┼─┼─┼─┤", *(f"│{line}│" for line in lines[1:]), "└─┴─┴─┴─┘"]
    assert read(tmp_path, "\n".join(framed)) == READ


@pytest.mark.parametrize("mark", ["^", "~"])
def test_delimiters(tmp_path: Path, mark: str) -> None:
    assert read(tmp_path, text(mark=mark)) == READ


@pytest.mark.parametrize(
    "line",
    [";;;4358,97", "Общий итог;;;4358,97", "Сумма:;;;4358,97", "Общая сумма;;;4358,97", "Подытог;;;1,00",
     "Grand Total;;;4358.97", "Обороты;;;1,00", "Баланс;;;1,00", "-----;;;", "----;---;---;---", "А;Б;В;Г",
     "А;1;2;3", "1;2;3;4"],
)  # fmt: skip
def test_lines_of_no_account(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, text(more=line)) == READ


def test_a_row_that_lost_its_account_is_rejected(tmp_path: Path) -> None:
    line = ";10.2026;;4358,97"
    assert rejected(tmp_path, text(more=line)) == [(5, "нет номера лицевого счёта")]
