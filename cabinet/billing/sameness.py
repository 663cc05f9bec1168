"""Warns of months in which too much is the same: sums of the month before, one sum or one address for all."""

from cabinet.billing import homes
from cabinet.billing.errors import BillingWarning
from cabinet.billing.report import MonthCheck
from cabinet.billing.sql import CHARGED, IN_ORDER, execute, exists

FEWEST = 10  # accounts, below which shares say nothing
LOOKED_AT = 1000  # different sums, and first addresses, that are counted
FIRST = 10_000  # rows, among which there are mostly as many different sums as are counted
LARGE = 1_500_000  # kopecks in the mean, too much where no sum has any kopecks
VARIED = 5  # accounts to a sum, at most, where each account has a sum of its own
CROWDED = 4  # accounts to an address, at least, where addresses lack their flats

TEXTS_OF = {
    "sums-same": "За {month} те же счета с теми же суммами, что и за {before}, а месяц в файле не назван: "
    "не прошлый ли это месяц?",
    "sums-alike": "За {month} у всех счетов, их {accounts}, одна и та же сумма, а за {before} суммы были "
    "разные: не заполнен ли столбец одним числом?",
    "accounts-new": "За {month} в файле счетов: {accounts}, и {new} из них за {before} не было: тот ли это "
    "файл?",
    "addresses-short": "В адресах нет ни улицы, ни населённого пункта, например «{address}». Жители "
    "ищут себя по улице и дому: если столбец с ними в файле есть, укажите его, если нет — добавьте.",
    "addresses-alike": "Один и тот же адрес стоит у многих счетов: разных адресов {different} на {rows} "
    "счетов. Проверьте по первым строкам, есть ли в адресах квартиры.",
}


def count(month: MonthCheck, rows: str, payable: str, with_addresses: bool) -> None:
    """Count what differs in the rows of a month."""
    month.different_sums = _different(payable, rows)
    if not month.before_accounts and month.total > LARGE * month.accounts:
        month.whole = not exists(f"{rows} WHERE {payable} / 100 * 100 <> {payable}")
    if with_addresses:
        first = f"SELECT address FROM {rows} LIMIT {LOOKED_AT}"
        found = execute(f"SELECT DISTINCT address FROM ({first}) AS seen").fetchall()
        month.different_addresses = len(found)
        month.placeless = bool(found) and all(homes.lacks_place(address or "") for (address,) in found)


def _different(payable: str, rows: str) -> int:
    """How many different sums there are, LOOKED_AT at most."""
    return _few(payable, rows, LOOKED_AT)


def varied(period: object, payable: str) -> bool:
    """Whether the accounts of a stored month have sums of their own, two different ones at least."""
    return _few(payable, CHARGED, 2, IN_ORDER, period=period) > 1


def _few(payable: str, rows: str, most: int, order: str = "", **values: object) -> int:
    """How many different sums there are, so many at most: seldom to be counted in all rows.

    PostgreSQL would put them all into a table of their own before it counts the first ones.
    """
    first = f"(SELECT {payable} AS sum FROM {rows} {order} LIMIT {FIRST}) AS first"
    found = _counted(f"SELECT DISTINCT sum FROM {first} LIMIT {most}", **values)
    if found < most:
        found = _counted(f"SELECT DISTINCT {payable} FROM {rows} LIMIT {most}", **values)
    return found


def _counted(query: str, **values: object) -> int:
    return int(execute(f"SELECT COUNT(*) FROM ({query}) AS found", **values).fetchone()[0])


def warnings(month: MonthCheck) -> list[BillingWarning]:
    """What is too much the same in a month; the codes are those of TEXTS_OF."""
    found = []
    if month.new is not None and month.accounts >= FEWEST and month.before_accounts >= FEWEST:
        common = month.accounts - month.new
        if common * 2 < month.accounts:
            found.append(_warning("accounts-new", month, new=month.new))
        elif month.different_sums == 1 and month.before_varied:
            found.append(_warning("sums-alike", month))
        elif month.same_sums == common and not (month.new or month.missing) and _have_their_own(month):
            found.append(_warning("sums-same", month))
    if month.placeless:
        found.append(_warning("addresses-short", month, address=month.samples[0]["address"]))
    rows = min(month.accounts, LOOKED_AT)
    fresh = month.accounts - month.compared_addresses + month.changed_addresses
    different = month.different_addresses
    if different and rows >= FEWEST and different * CROWDED <= rows and fresh * 2 > month.accounts:
        found.append(_warning("addresses-alike", month, different=different, rows=rows))
    return found


def _have_their_own(month: MonthCheck) -> bool:
    """Whether sums are hardly those of a fixed price, which are the same every month."""
    return month.different_sums * VARIED >= min(month.accounts, LOOKED_AT)


def _warning(code: str, month: MonthCheck, **values: object) -> BillingWarning:
    before = f"{month.before:%m.%Y}" if month.before else ""
    known = {"month": f"{month.period:%m.%Y}", "before": before, "accounts": month.accounts}
    return BillingWarning(code, TEXTS_OF[code].format(**known, **values))
