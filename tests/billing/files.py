"""Writes billing files for tests, and says what the database must hold after them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from cabinet import fields
from cabinet.billing import homes
from cabinet.billing.amounts import kopecks
from cabinet.billing.batches import COLUMNS, WIDTHS
from cabinet.billing.numbers import account
from cabinet.billing.periods import Periods
from cabinet.billing.report import Report
from cabinet.models import Account, Charge

TEXTS = (
    "els", "zhku_id", "address", "last_name", "first_name", "middle_name", "fias_house_guid", "premises",
)  # fmt: skip
AMOUNTS = ("amount_due", "amount_charged", "amount_paid")
PERIODS = Periods(date.today())
Row = Mapping[str, str]
State = tuple[dict[str, tuple[str, ...]], dict[tuple[date, str], tuple[int | None, ...]]]


def row(account: str, period: str = "2026-10", due: str = "100.00", **other: str) -> dict[str, str]:
    """A row that is in order."""
    return {
        "account": account,
        "period": period,
        "amount_due": due,
        "address": f"г. Химки, ул. Зелёная, д. 19, кв. {account}",
        **other,
    }


def write(
    path: Path,
    rows: Iterable[Row],
    columns: Sequence[str] = COLUMNS,
    delimiter: str = ";",
    encoding: str = "utf-8",
) -> Path:
    """Write rows as a billing system does."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, delimiter=delimiter, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def stored() -> State:
    """What the database holds: accounts with their texts, charges with their amounts."""
    accounts = {a.number: tuple(getattr(a, name) for name in ("printed", *TEXTS)) for a in Account.select()}
    charges = {(c.period, c.account): tuple(getattr(c, name) for name in AMOUNTS) for c in Charge.select()}
    return accounts, charges


def expected(rows: Iterable[Row]) -> tuple[State, int]:
    """What an empty database must hold after a file of these rows, and how many of them are rejected.

    The rules one row at a time, without any of the importer's short cuts.
    """
    found: dict[tuple[date, str], list[Row]] = {}
    rejected = 0
    for each in rows:
        try:
            key = PERIODS.of(each["period"].strip()), account(each["account"].strip())[0]
            amounts = [kopecks(each.get(name, "")) for name in AMOUNTS]
        except fields.FieldError:
            rejected += 1
            continue
        texts = {"printed": each["account"], **_texts(each)}
        if (
            not texts["address"].strip()
            or amounts[0] is amounts[1] is None
            or any(len(text.strip()) > WIDTHS[name] for name, text in texts.items())
            or any("\0" in text or "\ufffd" in text for text in texts.values())
        ):
            rejected += 1
            continue
        found.setdefault(key, []).append(each)
    last = {key: same[-1] for key, same in found.items() if len(set(map(_said, same))) == 1}
    rejected += sum(len(same) for key, same in found.items() if key not in last)
    accounts: dict[str, tuple[str, ...]] = {}
    charges: dict[tuple[date, str], tuple[int | None, ...]] = {}
    for (period, number), each in sorted(last.items(), key=lambda item: item[0]):
        accounts[number] = (each["account"].strip(), *_texts(each).values())
        due, charged, paid = (kopecks(each.get(name, "")) for name in AMOUNTS)
        charges[period, number] = due, charged, paid
    return (accounts, charges), rejected


def _texts(each: Row) -> dict[str, str]:
    """The texts that a row stores; its address with the flat that another column has."""
    texts = {name: each.get(name, "").strip() for name in TEXTS}
    texts["address"] = homes.with_flats([texts["address"]], [texts["premises"]])[0]
    return texts


def _said(each: Row) -> tuple[object, ...]:
    """What a row says of its account, however it spells it; the printed number aside."""
    return (
        *_texts(each).values(),
        *(kopecks(each.get(name, "")) for name in AMOUNTS),
    )


def changes(report: Report) -> dict[str, int]:
    """The sums of a report over its periods."""
    names = ("new_accounts", "changed_accounts", "new_charges", "changed_charges", "unchanged_charges")
    return {name: sum(getattr(period, name) for period in report.periods) for name in names}
