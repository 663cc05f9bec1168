"""Checks what staff say of the columns of a file before anything is read by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cabinet import fields
from cabinet.billing.amounts import kopecks
from cabinet.billing.batches import AMOUNTS
from cabinet.billing.columns import settled
from cabinet.billing.layout import WORDS, Layout
from cabinet.billing.mapping import Preview
from cabinet.billing.periods import Periods
from cabinet.billing.readers.contents import is_account
from cabinet.models.base import now

UNKNOWN = "Такого поля нет."
TWICE = "Это поле уже выбрано для столбца «{}»."
PRIVATE = "Данные документов мы не загружаем."
NO_ACCOUNTS = "В столбце «{}» не номера лицевых счетов."
NO_SUMS = "В столбце «{}» не суммы."
NO_MONTHS = "В столбце «{}» не месяцы."
LACKING = "Не выбрано: {}. Без этого файл не загрузить."
UNLIKELY = (
    "future",
    "old",
    "other",
    "day_or_month",
    "no_year",
    "lost_zero",
)  # months that are read, but not accepted as they are


@dataclass
class Faults:
    """What is wrong with a choice: `columns` by their places, `lacking` of the file as a whole."""

    columns: dict[int, str] = field(default_factory=dict)
    lacking: str = ""

    def __bool__(self) -> bool:
        return bool(self.columns or self.lacking)


def faults(shown: Preview, chosen: Sequence[str]) -> Faults:
    """What is wrong with our fields as chosen for the columns, in their order; "" for not needed."""
    found = Faults()
    first: dict[str, int] = {}
    for place, name in enumerate(chosen):
        sentence = _fault(shown, place, name).replace("{}", shown.title(place)) if name else ""
        if name in first:
            sentence = TWICE.replace("{}", shown.title(first[name]))
        elif name:
            first[name] = place
        if sentence:
            found.columns[place] = sentence
    lacking = Layout("", "", settled(chosen)).lacking
    if lacking:
        found.lacking = LACKING.format(", ".join(lacking))
    return found


def _fault(shown: Preview, place: int, name: str) -> str:
    """What is wrong with a field for a column, whatever is chosen for the others."""
    if name not in WORDS:
        return UNKNOWN
    if place in shown.private:
        return PRIVATE
    samples = shown.samples(place)
    if name == "account":
        return NO_ACCOUNTS if sum(map(is_account, samples)) * 2 < len(samples) else ""
    if name in AMOUNTS:
        return NO_SUMS if _mostly_unread(samples, kopecks) else ""
    if name == "period":
        return NO_MONTHS if _mostly_unread(samples, Periods(now().date(), "").of) else ""
    return ""


def _mostly_unread(samples: Sequence[str], read: Callable[[str], object]) -> bool:
    """Whether more than half of the cells do not fit the field; totals may be among them."""
    unread = 0
    for text in samples:
        try:
            read(text)
        except fields.FieldError as error:
            unread += error.code not in UNLIKELY
    return unread * 2 > len(samples)
