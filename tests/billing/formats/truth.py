"""One seeded truth of accounts and charges, to be written in every format."""

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from cabinet import fields
from cabinet.models.database import db
from tests.billing.files import AMOUNTS, TEXTS, State

PERIOD = date.today().replace(day=1)
STREETS = (
    "8 Марта", "ул. Зелёная", "ул. 40 лет Октября", "пер. Садовый", "ул. 1-я Парковая",
    "ул. Героев-Панфиловцев", "микрорайон 5а", "ул. Новая Садовая",
)  # fmt: skip
PEOPLE = (
    ("Иванова", "Анна", "Петровна"), ("Ёлкин", "Пётр", "Семёнович"),
    ("Петрова-Водкина", "Мария", "Ильинична"), ("Мамедов", "Рашид", "Ахмед оглы"),
)  # fmt: skip
HOUSES = ("35", "5/2", "12к3", "17а")
Digest = tuple[int, int]  # how many rows, and a sum that tells whether they are the same, in whatever order


@dataclass(slots=True)  # not frozen, which takes twice as long to make
class Home:
    """An account with what is charged for it in PERIOD, sums in kopecks."""

    account: str
    els: str
    zhku: str
    fias: str
    city: str
    street: str
    house: str
    flat: str
    last_name: str
    first_name: str
    middle_name: str
    due: int
    charged: int
    unsaid = ""  # what a file does not say
    unknown = None

    @property
    def address(self) -> str:
        """The address in one line."""
        return f"{self.city}, {self.street}, д. {self.house}, кв. {self.flat}"

    @property
    def name(self) -> str:
        """Surname, first name, patronymic."""
        return f"{self.last_name} {self.first_name} {self.middle_name}"


def homes(count: int = 40, seed: int = 1) -> list[Home]:
    """Some accounts: leading zeros, letters, debts and overpaid ones among them."""
    return list(many_homes(count, seed))


def many_homes(count: int, seed: int = 1) -> Iterator[Home]:
    """As `homes`, more of them than the memory need hold."""
    chance = random.Random(seed)
    for n in range(count):
        account = f"{7_012_300_000 + n}"
        if n % 7 == 3:
            account = f"00{40571 + n}"
        elif n % 7 == 5:
            account = f"АБ-{10_000 + n}"
        charged = int(chance.random() * 1_200_000)  # half of all time went into `randrange`
        due = charged + int(chance.random() * 800_000) - 400_000
        els = f"20МВ{100_000 + n}"
        fias = f"8f3b{n // 4 % 65536:04x}-1a2b-4c3d-8e4f-0123456789ab"
        yield Home(
            account, els, f"{els}-01", fias, "Поспелиха", STREETS[n // 4 % len(STREETS)], HOUSES[n % 4],
            str(n + 1), *PEOPLE[n % 4], due, charged,
        )  # fmt: skip


def roubles(kopecks: int, mark: str = ".") -> str:
    """An amount as most files have it."""
    return f"{'-' if kopecks < 0 else ''}{abs(kopecks) // 100}{mark}{abs(kopecks) % 100:02d}"


def said_of(home: Home, *fields_in_file: str) -> tuple[tuple[str, ...], tuple[int | None, ...]]:
    """The account and the charge of a home after a file that says this of it: texts and amounts."""
    texts, amounts = _attributes(fields_in_file)
    return texts(home), amounts(home)


@cache
def _attributes(said: tuple[str, ...]) -> tuple["attrgetter[Any]", "attrgetter[Any]"]:
    """What gives the texts and the amounts of a home."""
    own = {"zhku_id": "zhku", "fias_house_guid": "fias", "premises": "flat"}
    own |= {"amount_due": "due", "amount_charged": "charged"}
    found = {name: own.get(name, name) for name in said}
    texts = attrgetter("account", *(found.get(name, "unsaid") for name in TEXTS))
    return texts, attrgetter(*(found.get(name, "unknown") for name in AMOUNTS))


def state(truth: Iterable[Home], *fields_in_file: str) -> State:
    """What an empty database holds after a file that says this of the truth."""
    accounts, charges = {}, {}
    for home in truth:
        number = fields.account_number(home.account)
        accounts[number], amounts = said_of(home, *fields_in_file)
        if "amount_due" in fields_in_file:
            charges[PERIOD, number] = amounts
    return accounts, charges


def digest(truth: Iterable[Home], *fields_in_file: str) -> Digest:
    """As `state`, in a few bytes."""
    return _digest(_rows(truth, fields_in_file))


def _rows(truth: Iterable[Home], said: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    (texts, amounts), period, charged = _attributes(said), str(PERIOD), "amount_due" in said
    for home in truth:
        number = fields.account_number(home.account)
        yield "account", number, *texts(home)
        if charged:
            yield "charge", period, number, *amounts(home)


def digest_of_database() -> Digest:
    """What the database holds, to be compared with `digest`."""
    tables = {
        "account": ("number", "printed", *TEXTS),
        "charge": ("CAST(period AS TEXT)", "account", *AMOUNTS),
    }
    return _digest(
        row
        for table, columns in tables.items()
        for row in db.execute_sql(f"SELECT '{table}', {', '.join(columns)} FROM {table}")
    )


def _digest(rows: Iterable[tuple[Any, ...]]) -> Digest:
    counted = itertools.count()
    total = sum(hash(row) for row, _place in zip(rows, counted, strict=False))
    return next(counted), total
