"""What is known of a file's shape before its rows are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cabinet.billing.answers import Answers
from cabinet.billing.batches import AMOUNTS, KOPECKS
from cabinet.billing.errors import BillingWarning, NeedsAnswerError, Question, UnreadableFileError
from cabinet.billing.titles import field_of

ADDRESS_PARTS = (
    "region",
    "district",
    "city",
    "street",
    "street_house",
    "house",
    "building",
    "structure",
    "letter",
    "premises",
    "room",
)
DERIVED = {  # our field, and each set of columns that makes it
    "address": (("street", "house"), ("street_house",), ("city", "house")),
    "last_name": (("full_name",),),
    "first_name": (("full_name",),),
    "middle_name": (("full_name",),),
    "period": (("month", "year"),),
    **{name: ((raw,),) for name, raw in zip(AMOUNTS, KOPECKS, strict=True)},
}
NO_PERIOD = "В файле не назван месяц. За какой расчётный период эти начисления?"
WORDS = {  # our fields in the clerk's words
    "account": "номер лицевого счёта", "els": "ЕЛС", "zhku_id": "идентификатор ЖКУ",
    "period": "расчётный период", "amount_due": "к оплате", "amount_charged": "начислено",
    "amount_paid": "оплачено", "last_name": "фамилия",
    "first_name": "имя", "middle_name": "отчество", "address": "адрес", "fias_house_guid": "код дома по ФИАС",
    "premises": "помещение", "full_name": "фамилия, имя, отчество", "month": "месяц", "year": "год",
    "region": "регион", "district": "район", "city": "населённый пункт", "street": "улица", "house": "дом",
    "street_type": "тип улицы",
    "street_house": "улица и дом",
    "amount_due_kopecks": "к оплате, копейки", "amount_charged_kopecks": "начислено, копейки",
    "amount_paid_kopecks": "оплачено, копейки",
    "supplier": "поставщик", "amount_due_credit": "переплата на конец",
    "building": "корпус", "structure": "строение", "letter": "литера", "room": "комната", "service": "услуга",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """The shape of a file, for readers, for the judge of its rows, and for the clerk who looks at the check.

    `format` is its name in Russian, `encoding` Python's name of it, "" where a format has its own. `columns`
    names each column of the file: one of batches.COLUMNS, or a raw column that makes such a field ("month",
    "year", "full_name", the ADDRESS_PARTS, "street_type", "service"), None for those not taken; `titles` are
    theirs as they stand in the file. `doubles` are titles of a second column for one thing, with the title
    that was taken. `order` is what comes first in dates with slashes ("day", "month", "" for unknown);
    `exact` says that long numbers were not rounded by a spreadsheet. `warnings` are to be accepted before an
    import. `left_out` are names of files of its ZIP that are no tables. `unnamed_services` says that an
    account may have a row for each service though no column names them. `tail`: so many digits follow the dot
    in accounts like 12.001234; 0 for no such ones, None for any.
    `supplier` is the company whose rows alone are taken, "" for all.
    """

    format: str
    encoding: str
    columns: tuple[str | None, ...]
    titles: tuple[str, ...] = ()
    doubles: tuple[tuple[str, str], ...] = ()
    order: str = "day"
    exact: bool = False
    hint: date | None = None
    warnings: tuple[BillingWarning, ...] = field(default=())
    left_out: tuple[str, ...] = ()
    unnamed_services: bool = False
    tail: int | None = None
    supplier: str = ""

    def place(self, name: str) -> int | None:
        """The place of a column in the file; None if there is none."""
        return self.columns.index(name) if name in self.columns else None

    def has(self, name: str) -> bool:
        """Whether the file says this of its accounts, in one column or in several."""
        found = set(self.columns)
        return name in found or any(found.issuperset(parts) for parts in DERIVED.get(name, ()))

    @cached_property
    def needed(self) -> int:
        """How many columns a row has at least: up to the last one that is taken."""
        return max(place for place, name in enumerate(self.columns) if name) + 1

    @cached_property
    def unneeded(self) -> list[int]:
        """The places of the columns that are not taken."""
        return [place for place, name in enumerate(self.columns) if name is None]

    @cached_property
    def taken(self) -> list[tuple[str, str]]:
        """Titles of the columns taken, each with our field in the clerk's words."""
        return [
            (title, WORDS[name])
            for title, name in zip(self.titles, self.columns, strict=False)
            if name in WORDS
        ]

    @cached_property
    def ignored(self) -> list[str]:
        """Titles of the columns not taken, but for those of a second column for one thing and row numbers."""
        known = {title for title, _ in self.doubles}
        pairs = zip(self.titles, self.columns, strict=False)
        return [
            title
            for title, name in pairs
            if name is None
            and any(map(str.isalnum, title))
            and title not in known
            and field_of(title) != ("row", 0)
        ]

    @property
    def per_service(self) -> bool:
        """Whether the rows of an account are added up."""
        return self.unnamed_services or self.has("service")

    @property
    def has_amounts(self) -> bool:
        """Whether the file brings charges, not accounts alone."""
        return any(map(self.has, AMOUNTS))

    @property
    def lacking(self) -> list[str]:
        """What every row needs but no column holds, in the clerk's words; except the month."""
        lacking = [WORDS[name] for name in ("account", "address") if not self.has(name)]
        if not self.has("amount_due") and not self.has("amount_charged"):
            lacking.append("сумма к оплате или начислено")
        return lacking

    def require(self, answers: Answers) -> None:
        """Raises UnreadableFileError or NeedsAnswerError if something is lacking that every row needs."""
        lacking = self.lacking
        if lacking:
            raise UnreadableFileError(
                f"В файле не хватает колонок: {', '.join(lacking)}. Есть: {_listed(self.titles)}."
            )
        if not self.has("period") and answers.period is None:
            raise NeedsAnswerError(Question("period", NO_PERIOD, f"{self.hint:%Y-%m}" if self.hint else ""))


def _listed(titles: Sequence[str]) -> str:
    shown = [f"«{' '.join(title.split())[:60]}»" for title in titles if title.strip()]
    return ", ".join(shown[:20]) or "колонок с названиями нет"
