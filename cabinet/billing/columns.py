"""Understands the titles of a table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cabinet.billing.batches import AMOUNTS
from cabinet.billing.compound_titles import names_house_alone
from cabinet.billing.errors import BillingWarning
from cabinet.billing.layout import WORDS
from cabinet.billing.other_sums import apart, turned, unclear
from cabinet.billing.overpaid import CREDIT, doubt, is_pair
from cabinet.billing.readers.sheet_months import months_of
from cabinet.billing.titles import field_of, fold, is_private, labels

KOPECKS_ONLY = re.compile(r"(?<![а-я])коп(?:ейк[а-я]*|еек)?(?![а-я])")
ROUBLES = re.compile(
    r"(?<![а-я])(?:руб|р(?![а-я])|(?:с|без|и|включая) коп)|₽|(?<![a-z])ru[br](?![a-z])"
)  # with the kopecks or without them it is roubles
DAY = re.compile(r"на ([0-9]{1,2})\.([0-9]{1,2})\.(?:20)?([0-9]{2})")
LAST = 9  # rank of a title that says least
COVERED = {  # what the other columns of the parts repeat
    "address": ("region", "district", "city", "street", "street_type", "street_house"),
    "street_house": ("street", "street_type"),
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """What each column of a table holds, by its title, and which columns repeat a field."""

    names: tuple[str | None, ...]
    doubles: tuple[tuple[str, str], ...]
    warnings: tuple[BillingWarning, ...]

    @property
    def score(self) -> int:
        """How many different things are named."""
        return len({name for name in self.names if name})


def understand(titles: Sequence[str], known: Mapping[str, str]) -> Columns:
    """What the columns of a table hold, by their titles; `known` is what staff said of some, by `labels`.

    Of two columns for one thing the one with the more exact title is taken; if none is more exact, the first,
    with a warning, or that of the later day: «Долг на 01.11.2026».
    """
    labelled = labels(titles) if known else titles
    best: dict[str, tuple[int, int]] = {}
    seconds: list[tuple[int, str, bool]] = []
    for place, title in enumerate(titles):
        label = labelled[place]
        found = (known[label], -1) if label in known else _amount_of(titles, place) or field_of(title)
        if found is None or not found[0] or is_private(title):
            continue
        name, rank = found
        held = best.get(name)
        later = held is not None and rank == held[0] and _later(titles[held[1]], title)
        better = held is None or rank < held[0] or later is True
        if better:
            best[name] = rank, place
        if held is not None:
            seconds.append((held[1] if better else place, name, rank == held[0] and later is None))
    doubts: list[BillingWarning] = []
    if CREDIT in best and CREDIT not in known.values():
        doubts, subtracted = _overpaid(titles, best)
        if not subtracted:
            del best[CREDIT]
            seconds = [second for second in seconds if second[1] != CREDIT]
    names: list[str | None] = [None] * len(titles)
    for name, (_, place) in best.items():
        names[place] = name
    _part(titles, names)
    _settle(names)
    doubles = tuple((titles[place], titles[best[name][1]]) for place, name, _ in seconds if name != "row")
    asked = [*turned(titles, names), *([] if known else unclear(titles, names)), *apart(titles, names)]
    equal = [(place, name) for place, name, same in seconds if same and name != "row"]
    return Columns(tuple(names), doubles, (*doubts, *asked, *_twice(titles, best, equal)))


def _overpaid(
    titles: Sequence[str], best: Mapping[str, tuple[int, int]]
) -> tuple[list[BillingWarning], bool]:
    """What to ask about a column of what was paid too much, and whether it is subtracted from what is owed.

    It is not where roubles and kopecks stand apart.
    """
    due, credit = best.get("amount_due") or best.get("amount_due_kopecks"), titles[best[CREDIT][1]]
    if due is None:
        return [], False
    title = titles[due[1]]
    if "amount_due_kopecks" not in best and is_pair(title, credit):
        return [], True
    return doubt(title, credit, "amount_charged" in best), False


def _twice(
    titles: Sequence[str], best: Mapping[str, tuple[int, int]], equal: Sequence[tuple[int, str]]
) -> list[BillingWarning]:
    """A warning for each field that has further columns with equally exact titles."""
    return [
        _two(titles, best[name][1], [place for place, other in equal if other == name], name)
        for name in dict.fromkeys(name for _, name in equal)
    ]


def _line(title: str) -> str:
    return " ".join(title.split())


def _amount_of(titles: Sequence[str], place: int) -> tuple[str, int] | None:
    """Which amount a column has the kopecks of, by its title or, if that is «коп.» alone, the one before.

    Where a pair of columns is called «Рубли» and «Копейки», it is the sum to be paid.
    """
    if _bare(titles, place, ROUBLES) and _bare(titles, place + 1, KOPECKS_ONLY):
        return "amount_due", LAST
    if not KOPECKS_ONLY.search(titles[place].lower()) or ROUBLES.search(titles[place].lower()):
        return None
    found = field_of(titles[place])
    if _bare(titles, place, KOPECKS_ONLY) and place:
        found = ("amount_due", LAST) if _bare(titles, place - 1, ROUBLES) else field_of(titles[place - 1])
    return (f"{found[0]}_kopecks", found[1]) if found and found[0] in AMOUNTS else None


def _bare(titles: Sequence[str], place: int, unit: re.Pattern[str]) -> bool:
    """Whether a title names a unit and nothing else."""
    return place < len(titles) and bool(unit.search(titles[place].lower())) and not fold(titles[place])


def _later(taken: str, other: str) -> bool | None:
    """Whether a title names a later day or month: «Долг на 01.11.2026»; None if one of them names none."""
    months = [list(months_of("", [title])) for title in (taken, other)]
    if len(months[0]) == len(months[1]) == 1 and months[0] != months[1] and all(m[0][0] for m in months):
        return months[1] > months[0]
    days = [found and tuple(map(int, found.groups()[::-1])) for found in map(DAY.search, (taken, other))]
    return days[1] > days[0] if days[0] and days[1] and days[0] != days[1] else None


def settled(names: Sequence[str]) -> tuple[str | None, ...]:
    """The fields that columns are said to hold, "" for none, without those that say a part of another."""
    found: list[str | None] = [name or None for name in names]
    _settle(found)
    return tuple(found)


def _two(titles: Sequence[str], taken: int, others: Sequence[int], name: str) -> BillingWarning:
    told = ", ".join(f"«{_line(titles[other])}» (столбец {other + 1})" for other in others)
    several = "Две колонки" if len(others) == 1 else "Несколько колонок"
    return BillingWarning(
        f"two-columns-{name.replace('_', '-')}",
        f"{several} об одном ({WORDS.get(name, name)}): «{_line(titles[taken])}» (столбец {taken + 1}) и "
        f"{told}. Взята первая.",
    )


def _part(titles: Sequence[str], names: list[str | None]) -> None:
    """Read an address that begins with the house, beside a column of streets, as the house."""
    if "address" in names and not {"street", "street_house"}.isdisjoint(names):
        place = names.index("address")
        if names_house_alone(fold(titles[place])):
            names[:] = [
                "house" if n == place else None if name == "house" else name for n, name in enumerate(names)
            ]


def _settle(names: list[str | None]) -> None:
    """Leave out what another column says as a whole, and read a lone «Месяц» as the period."""
    if "month" in names and ("year" not in names or "period" in names):
        names[names.index("month")] = None if "period" in names else "period"
    if "year" in names and "month" not in names and "period" not in names:
        names[names.index("year")] = None
    for whole, parts in COVERED.items():
        for part in parts if whole in names else ():
            if part in names:
                names[names.index(part)] = None
    if "last_name" in names and "full_name" in names:
        names[names.index("full_name")] = None
    if "row" in names:
        names[names.index("row")] = None
