"""The months that billing has, and which of them residents are offered."""

from datetime import date
from typing import Any, NamedTuple

from peewee import BooleanField, CharField, DateField, DateTimeField, IntegerField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, now
from cabinet.models.database import db, is_sqlite

LOOKED_AT = 24  # newest months that are compared with each other
FEWEST = 0.5  # of the accounts of an ordinary month
# rows beyond which a month that no import has counted is not counted either; in the order of the key, or
# PostgreSQL would read all months up to the first row of this one
MANY = 1000

RECENT = f"""
    WITH RECURSIVE month (period, place) AS (
        SELECT MAX(period), 1 FROM charge
        UNION ALL
        SELECT (SELECT MAX(period) FROM charge WHERE charge.period < month.period), place + 1
        FROM month WHERE period IS NOT NULL AND place < {LOOKED_AT}
    ),
    recent AS (SELECT month.period AS period,
        COALESCE(known.accounts, (
            SELECT COUNT(*) FROM (
                SELECT 1 FROM charge WHERE period = month.period ORDER BY account LIMIT {MANY}
            ) AS few
        )) AS accounts,
        known.accounts IS NULL AS guessed,
        known.withdrawn_at IS NOT NULL AS withdrawn,
        COALESCE(known.whole, TRUE) AS whole
    FROM month LEFT JOIN billing_period AS known ON known.period = month.period
    WHERE month.period IS NOT NULL)
"""  # noqa: S608 — numbers of our own
MONTH = "recent.period, recent.accounts, recent.guessed, recent.withdrawn, recent.whole"
_ALL = f"{RECENT} SELECT {MONTH} FROM recent ORDER BY recent.period DESC"  # noqa: S608 — as above


class BillingPeriod(Model):
    """What is known of a month besides its charges.

    `accounts` counts its charges, so that nobody has to. Not `whole`: an import, or what takes one back, is
    at work on it. A month withdrawn by staff is offered to nobody until they offer it again.
    """

    period = DateField(primary_key=True)
    accounts = IntegerField(default=0)
    whole = BooleanField(default=True)
    withdrawn_at = DateTimeField(null=True)
    withdrawn_by = CharField(64, default="")

    @classmethod
    def withdraw(cls, period: date, actor: str, ip: str = "") -> bool:
        """Offer the month to nobody; False when it is so already, or billing has no such month."""
        with db.atomic():
            cls.count(period)
            fresh: dict[Any, Any] = {cls.withdrawn_at: now(), cls.withdrawn_by: actor}
            changed = cls.update(fresh).where(cls.period == period, cls.withdrawn_at.is_null()).execute()
            if changed:
                Audit.record("period-withdrawn", actor, f"{period:%Y-%m}", ip)
            return bool(changed)

    @classmethod
    def offer(cls, period: date, actor: str, ip: str = "") -> bool:
        """Take a withdrawal back; False when the month is not withdrawn."""
        with db.atomic():
            fresh: dict[Any, Any] = {cls.withdrawn_at: None, cls.withdrawn_by: ""}
            withdrawn = cls.withdrawn_at.is_null(False)
            changed = cls.update(fresh).where(cls.period == period, withdrawn).execute()
            if changed:
                Audit.record("period-offered", actor, f"{period:%Y-%m}", ip)
            return bool(changed)

    @classmethod
    def hide(cls, period: date) -> None:
        """A month that billing had nothing of is coming; not whole until `settle`."""
        coming: dict[Any, Any] = {cls.accounts: 0, cls.whole: False}
        if not cls.update(coming).where(cls.period == period).execute():
            cls.insert({cls.period: period, **coming}).execute()

    @classmethod
    def grow(cls, period: date, charges: int) -> None:
        """Count charges that came; inside the caller's transaction."""
        if charges:
            more: dict[Any, Any] = {cls.accounts: cls.accounts + charges}
            cls.update(more).where(cls.period == period).execute()

    @classmethod
    def shrink(cls, period: date | None, charges: int) -> None:
        """Count charges that went; inside the caller's transaction."""
        if charges:
            fewer: dict[Any, Any] = {cls.accounts: cls.accounts - charges}
            cls.update(fewer).where(cls.period == period).execute()

    @classmethod
    def settle(cls, periods: list[date]) -> None:
        """Nothing works on these months any more: whole, or forgotten where no charge is left."""
        cls.delete().where(cls.period.in_(periods), cls.accounts <= 0).execute()
        cls.update({cls.whole: True}).where(cls.period.in_(periods)).execute()

    @classmethod
    def count(cls, period: date) -> None:
        """Count a month that no import has counted; before any transaction, if it may be large."""
        if cls.select().where(cls.period == period).exists():
            return
        accounts = accounts_of(period)
        if accounts:
            with db.atomic():
                cls.insert({cls.period: period, cls.accounts: accounts}).on_conflict_ignore().execute()


def accounts_of(period: date) -> int:
    """How many accounts have a charge in a month; they are only looked through if no import has counted."""
    known = BillingPeriod.get_or_none(BillingPeriod.period == period)
    if known is not None:
        return int(known.accounts)
    sql = "SELECT COUNT(*) FROM charge WHERE period = "
    value = period.isoformat() if is_sqlite() else period
    return int(db.execute_sql(sql + ("?" if is_sqlite() else "%s"), [value]).fetchone()[0])


class Month(NamedTuple):
    """A month and how many accounts have a charge in it; at least MANY when that is not `exact`."""

    period: date
    accounts: int
    exact: bool = True
    withdrawn: bool = False
    whole: bool = True


def all_months() -> list[Month]:
    """The newest months that billing has, newest first."""
    return [month_of(*row) for row in db.execute_sql(_ALL).fetchall()]


def month_of(period: Any, accounts: int, guessed: Any, withdrawn: Any, whole: Any) -> Month:
    """A month, of the columns named in MONTH."""
    return Month(_date(period), accounts, not guessed or accounts < MANY, bool(withdrawn), bool(whole))


def recent_months() -> list[Month]:
    """As `all_months`, but for those withdrawn or in the making."""
    return possible(all_months())


def possible(months: list[Month]) -> list[Month]:
    """Those that are neither withdrawn nor in the making."""
    return [month for month in months if month.whole and not month.withdrawn]


def ordinary(months: list[Month]) -> list[date]:
    """Those that hold about as many accounts as the others; in the order given.

    The measure is the month to which the row in the middle belongs when all rows are laid out by the size of
    their months: so rows count, not months, and any number of mistyped ones cannot outvote a real month.
    """
    sizes = sorted(month.accounts for month in months if month.exact)
    middle, passed, usual = sum(sizes) / 2, 0, 0
    for usual in sizes:
        passed += usual
        if passed >= middle:
            break
    return [month.period for month in months if not month.exact or month.accounts >= usual * FEWEST]


def _date(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
