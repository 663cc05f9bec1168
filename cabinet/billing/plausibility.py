"""Compares a staged file with what billing has: figures for a clerk, warnings of what is unlikely."""

from datetime import date

from cabinet.billing import sameness
from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.errors import BillingWarning
from cabinet.billing.layout import Layout
from cabinet.billing.report import MonthCheck
from cabinet.billing.sql import differ, execute, exists, is_charged
from cabinet.billing.staging.base import Staging
from cabinet.models.base import now
from cabinet.models.billing_period import accounts_of
from cabinet.models.database import is_sqlite

FEWEST = 10  # accounts, below which shares say nothing
HALF = 0.5
PAST = 12  # months ago; what is further back is hardly what is billed now
STRAY = 0.05  # of the accounts of the file's largest month
FAR = 8  # times as much in the mean is no change of prices
SAMPLES = 5
PAYABLE = "COALESCE(amount_due, amount_charged)"
MANY_KOPECKS = 10_000_000  # in the mean, which no flat is billed

TEXTS_OF = {
    "future": "Месяц {month} ещё не начался.",
    "past": "Месяц {month} был больше года назад: верно ли указан период в файле?",
    "stray-month": "За {month} в файле только {accounts} из {all} счетов: не опечатка ли это в периоде?",
    "month-smaller": "За {month} будет {after} счетов, а за {before} их {before_accounts}: вдвое меньше.",
    "sums-scaled": "За {month} в среднем {mean} ₽ на счёт, а {was}: проверьте, не стоят ли в файле копейки "
    "вместо рублей или рубли вместо копеек.",
    "sums-zero": "За {month} все суммы — нули, счетов: {accounts}. Если в файле формулы, откройте и "
    "сохраните его в Excel.",
    "sums-negative": "За {month} у {negative} счетов из {accounts} сумма с минусом, то есть переплата: не "
    "записан ли в файле с минусом долг?",
    "sums-changed": "За {month} суммы уже загружены, и файл меняет {changed} из {compared}.",
    "addresses-changed": "Адреса меняются у {changed} из {compared} известных счетов.",
}


def check(staging: Staging, layout: Layout) -> list[MonthCheck]:
    """The figures of each month of a staged file, newest first. Only reads."""
    totals = {period: _total(staging.accounts(period)) for period in staging.periods}
    return [_month(staging, layout, period, totals) for period in sorted(staging.periods, reverse=True)]


def _month(staging: Staging, layout: Layout, period: date, totals: dict[date, tuple[int, int]]) -> MonthCheck:
    rows = staging.accounts(period)
    accounts = staging.periods[period]
    total, negative = totals[period]
    month = MonthCheck(period, accounts, total, _samples(rows, layout), after=accounts, negative=negative)
    month.zero = not month.total and not exists(f"{rows} WHERE {PAYABLE} <> 0")
    month.before = _before(staging, period)
    if month.before in staging.periods:
        month.before_accounts = staging.periods[month.before]
        month.before_total = totals[month.before][0]
    elif month.before:
        _compare(month, rows, month.before, layout)
    if period not in staging.merged and is_charged(period):
        joined = f"{rows} AS new JOIN charge ON charge.account = new.number AND charge.period = :period"
        month.compared_sums, month.changed_sums = _compared(joined, _sums(layout), period=period)
        month.after += accounts_of(period) - month.compared_sums
    if period == max(totals) and layout.has("address") and exists("account"):
        in_order = " WHERE new.number >= ''" if is_sqlite() else ""  # else it looks accounts up as they come
        joined = f"{rows} AS new JOIN account ON account.number = new.number{in_order}"
        differs = "account.address <> new.address"
        month.compared_addresses, month.changed_addresses = _compared(joined, differs)
    sameness.count(month, rows, PAYABLE, period == max(totals) and layout.has("address"))
    return month


def _compared(joined: str, differs: str, **values: date) -> tuple[int, int]:
    """How many rows there are, and how many of them fulfil a condition."""
    told = execute(f"SELECT COUNT(*), COUNT(CASE WHEN {differs} THEN 1 END) FROM {joined}", **values)
    compared, changed = told.fetchone()
    return compared, changed


def _sums(layout: Layout) -> str:
    """The condition that a charge has other sums than a staged row."""
    return " OR ".join(differ(f"charge.{name}", f"new.{name}") for name in AMOUNTS if layout.has(name))


def _compare(month: MonthCheck, rows: str, before: date, layout: Layout) -> None:
    """Compare a month with the one before that billing has."""
    month.before_accounts, month.before_total = execute(
        f"SELECT COUNT(*), COALESCE(SUM({PAYABLE}), 0) FROM charge WHERE period = :period", period=before
    ).fetchone()
    month.before_total = int(month.before_total)
    joined = f"{rows} AS new JOIN charge ON charge.account = new.number AND charge.period = :period"
    common, changed = _compared(joined, _sums(layout), period=before)
    month.same_sums = 0 if layout.has("period") else common - changed
    month.before_varied = sameness.varied(before, PAYABLE)
    month.new, month.missing = month.accounts - common, month.before_accounts - common


def _before(staging: Staging, period: date) -> date | None:
    """The month before, of those that billing or the file has."""
    found = execute("SELECT MAX(period) FROM charge WHERE period < :period", period=period).fetchone()[0]
    known = date.fromisoformat(found) if isinstance(found, str) else found
    return max(filter(None, (known, *(other for other in staging.periods if other < period))), default=None)


def _total(rows: str) -> tuple[int, int]:
    """The sum of all that is to be paid, and how many sums have a minus."""
    told = f"SELECT COALESCE(SUM({PAYABLE}), 0), COUNT(CASE WHEN {PAYABLE} < 0 THEN 1 END) FROM {rows}"
    total, negative = execute(told).fetchone()
    return int(total), negative


def listed(staging: Staging, layout: Layout) -> list[dict[str, str | int | None]]:
    """The first rows of a list of accounts, as MonthCheck.samples."""
    return [row for period in staging.periods for row in _samples(staging.accounts(period), layout)]


def _samples(rows: str, layout: Layout) -> list[dict[str, str | int | None]]:
    """The first rows as they will be stored: our fields with their values, amounts in kopecks."""
    names = ["number", "printed", *filter(layout.has, (*TEXTS, *AMOUNTS))]
    found = execute(f"SELECT {', '.join(names)} FROM {rows} LIMIT {SAMPLES}").fetchall()
    return [{**dict(zip(names, row, strict=True)), "printed": row[1] or row[0]} for row in found]


def warnings(months: list[MonthCheck]) -> list[BillingWarning]:
    """What is unlikely about the months of a file; the codes are those of TEXTS_OF."""
    largest = max((month.accounts for month in months), default=0)
    found = [warning for month in months for warning in _of_month(month, largest)]
    return list({warning.code: warning for warning in reversed(found)}.values())[::-1]


def _of_month(month: MonthCheck, largest: int) -> list[BillingWarning]:
    codes = []
    if month.period > now().date():
        codes.append(_warning("future", month))
    if largest >= 2 * FEWEST and month.accounts < largest * STRAY:
        return [*codes, _warning("stray-month", month, all=largest)]
    if _months_ago(month.period) > PAST:
        codes.append(_warning("past", month))
    if month.before_accounts >= FEWEST and month.after < month.before_accounts * HALF:
        codes.append(_warning("month-smaller", month))
    if month.accounts > 1 and month.zero:
        codes.append(_warning("sums-zero", month))
    if month.accounts >= FEWEST and month.negative > month.accounts * HALF:
        codes.append(_warning("sums-negative", month, negative=month.negative))
    if month.accounts >= FEWEST and (was := _far(month)):
        codes.append(_warning("sums-scaled", month, mean=_roubles(month.total / month.accounts), was=was))
    if month.compared_sums >= FEWEST and month.changed_sums > month.compared_sums * HALF:
        counts = {"changed": month.changed_sums, "compared": month.compared_sums}
        codes.append(_warning("sums-changed", month, **counts))
    if month.compared_addresses >= FEWEST and month.changed_addresses > month.compared_addresses * HALF:
        counts = {"changed": month.changed_addresses, "compared": month.compared_addresses}
        codes.append(_warning("addresses-changed", month, **counts))
    return codes + sameness.warnings(month)


def _far(month: MonthCheck) -> str:
    """What the mean sum is far from; "" if it is plausible."""
    mean = month.total / month.accounts
    if month.before_accounts:
        before = month.before_total / month.before_accounts
        far = mean * before > 0 and not before / FAR < mean < before * FAR
        return f"за {month.before:%m.%Y} — {_roubles(before)} ₽" if far else ""
    if month.whole and mean <= MANY_KOPECKS:
        return "копеек нет ни в одной сумме"
    return "столько за квартиру не бывает" if mean > MANY_KOPECKS else ""


def _months_ago(period: date) -> int:
    today = now().date()
    return (today.year - period.year) * 12 + today.month - period.month


def _warning(code: str, month: MonthCheck, **values: object) -> BillingWarning:
    known = {
        "month": f"{month.period:%m.%Y}", "accounts": month.accounts, "after": month.after,
        "before": f"{month.before:%m.%Y}" if month.before else "", "before_accounts": month.before_accounts,
    }  # fmt: skip
    return BillingWarning(code, TEXTS_OF[code].format(**known | values))


def _roubles(kopecks: float) -> str:
    return f"{kopecks / 100:,.2f}".replace(",", " ").replace(".", ",")
