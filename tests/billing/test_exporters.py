"""What other exporters call and write the same things by: understood alike, or no row of an account."""

from pathlib import Path

import pytest

from cabinet.billing.batches import Reject
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
    "month", ["01.10.26", "31-10-26", "1.10.26 0:00:00", "октябрь'26", "за октябрь 2026 г.", "октябре 2026"]
)
def test_months(tmp_path: Path, month: str) -> None:
    assert read(tmp_path, text(month=month)) == READ


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
    (tmp_path / "a.csv").write_text(text(more=";10.2026;;4358,97"), encoding="utf-8")
    rejects: list[Reject] = []
    reader = recognise(Source(tmp_path / "a.csv", reject=rejects.append))
    assert sum(len(batch.numbers) for batch in reader) == 3
    assert [(reject.line, reject.reason) for reject in rejects] == [(5, "нет номера лицевого счёта")]
