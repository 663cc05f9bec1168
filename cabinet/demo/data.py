"""The demonstration's accounts and receipts: made up, always for the last four months."""

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cabinet.billing.answers import Answers
from cabinet.billing.batches import COLUMNS
from cabinet.billing.importer import import_billing
from cabinet.models.account import latest_periods

MONTHS = 4
LONG = (
    "Московская обл., городской округ Одинцовский, рабочий посёлок Большие Вязёмы, улица Городок-17, "
    "дом 25, корпус 2, строение 1, подъезд 4, квартира 1187"
)
# account as printed, address, kopecks due for last month
ACCOUNTS = (
    ("7012345678", "г. Москва, ул. Профсоюзная, д. 104, кв. 57", 421867),
    ("3300918264", "Московская обл., г. Истра, СНТ «Ручеёк», уч. 12", 96000),
    ("0040571", "г. Москва, Ленинградское ш., д. 8, корп. 2, кв. 311", 538112),
    ("80РС558347", "г. Химки, ул. Зелёная, д. 19, кв. 4", 287540),
    ("5510044321", "г. Мытищи, ул. Летная, д. 30, кв. 96", 365000),
    ("5510044322", LONG, 1012345),
    ("5510044323", "г. Москва, ул. Вавилова, д. 1, кв. 1", 0),
    ("5510044324", "г. Москва, ул. Вавилова, д. 1, кв. 2", -15030),
    ("5510044325", "г. Королёв, просп. Космонавтов, д. 41, кв. 12", 712099),
    ("5510044326", "г. Люберцы, ул. 3-е Почтовое отделение, д. 90, кв. 45", 334455),
    ("5510044327", "г. Подольск, ул. Кирова, д. 72, кв. 8", 298001),
    ("5510044328", "г. Красногорск, ул. Ленина, д. 5, кв. 17", 401250),
)
SHOWN = (0, 1, 2, 3, 6, 7)  # receipts drawn on /demo: the last two of nothing to pay and of an overpayment


@dataclass(frozen=True)
class Receipt:
    """A receipt as the page draws it. `amount` is kopecks."""

    period: date
    account: str
    address: str
    amount: int


def receipts(today: date) -> list[Receipt]:
    """The receipts to try, all for last month."""
    month = months(today)[0]
    return [Receipt(month, *_drawn(index)) for index in SHOWN]


def _drawn(index: int) -> tuple[str, str, int]:
    account, address, amount = ACCOUNTS[index]
    return account, address, amount


def months(today: date) -> list[date]:
    """The first days of the last MONTHS months, newest first."""
    found, day = [], today.replace(day=1)
    for _ in range(MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
        found.append(day)
    return found


def load(today: date) -> bool:
    """Import the demonstration's billing unless last month is there already; True if it was imported."""
    if months(today)[0] in latest_periods(1):
        return False
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "demo.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, COLUMNS, delimiter=";", restval="")
            writer.writeheader()
            writer.writerows(_rows(today))
        import_billing(file, answers=Answers(accept=frozenset({"sums-changed"})))  # a month later all differ
    return True


def _rows(today: date) -> Iterator[dict[str, str]]:
    for age, month in enumerate(months(today)):
        for account, address, due in ACCOUNTS:
            amount = due - age * 11_700 if due > 100_000 else due
            text = f"{'-' if amount < 0 else ''}{abs(amount) // 100},{abs(amount) % 100:02d}"
            yield {
                "account": account,
                "period": f"{month:%Y-%m}",
                "amount_due": text,
                "amount_charged": text,
                "address": address,
            }
