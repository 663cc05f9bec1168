"""What `make test` takes of all that there is; `.ci/run` takes everything.

A test of a journey comes in up to four ways: without JavaScript and by htmx, on SQLite and on PostgreSQL. One
of them is chosen by a digest of the test's name: every run takes the same, and each is taken by a quarter of
the tests; the others are slow. What is below the pages is tried on both databases, but for how a file is
read. `make test` takes both where what differs between them is in question: statements, locks, order, what a
killed process leaves. Elsewhere one of them is thorough: left to `make coverage`, and so to `.ci/run`.
So are some parameters of a test that tries one promise by many: `@pytest.mark.sample(2)` leaves half of them.
Of those that try how a file is read, or how staff find something in a list, it takes a quarter unmarked, and
half of those that try many things by pages.
Of migrations it tries the newest: those before were tried while they were written, and stay as they are.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Protocol, cast

import pytest

from config import ROOT

BOTH_DATABASES = (
    *("tests/models/", "tests/billing/", "tests/delivery/", "tests/worker/", "tests/commands/"),
    "tests/backup/",
    "tests/migrations/test_expand.py",
    *("tests/web/test_sessions", "tests/staff/test_paging.py", "tests/staff/test_plans.py"),
)
IN_QUESTION = (
    *("tests/backup/", "tests/worker/test_loop", "tests/migrations/", "tests/web/", "tests/staff/"),
    *(
        f"tests/models/test_{name}"
        for name in (
            *("alone", "attempt", "audit_chain", "base", "budgets", "database", "event_feed", "import_batch"),
            *("kept_connections", "limits", "matching", "migrations", "prepared", "readiness"),
            *("resident_words", "session", "shared_commit", "spending", "unit", "write_queue"),
        )
    ),
    *(f"tests/billing/test_{name}" for name in ("commands", "import_failures", "undo_kills")),
    *("tests/delivery/test_fan_out", "tests/delivery/test_schedules"),
)
READING = (
    "tests/billing/formats/",
    *(
        f"tests/billing/test_{name}"
        for name in (
            *("addresses", "encodings", "exporters", "incomplete", "kopecks", "more_exporters", "one_truth"),
            *("other_programs", "reading.py", "reading_anything", "repeats", "residents", "samples"),
            *("totals_in_rows", "warnings"),
        )
    ),
)
MANY_TABLES = (
    *READING,
    *(
        f"tests/billing/test_{name}"
        for name in (
            *("alternatives", "closed_accounts", "dotted_accounts", "file_totals", "further_titles"),
            *("mixed_encodings", "odd_tables", "overpaid", "silently_wrong", "torn_rows"),
            *("traces_of_pages", "untrue_refusals"),
        )
    ),
    *(
        f"tests/staff/test_{name}"
        for name in ("filters", "paging", "request_search", "resident_help", "residents")
    ),
)  # a quarter of the tables that they read or show is taken
MANY = 4  # things tried by pages: half of them is taken
NEWEST = 8  # migrations whose own tests are taken
OF_A_MIGRATION = re.compile(r"tests/migrations/test_([0-9]{4})_")
DRIVEN = {"chromium", "site", "sites", "engine"}  # fixtures and parameters that mean a real browser
CHOICES = ("visitor", "database_url")
SQLITE_ALONE = bool(os.environ.get("SQLITE_ALONE"))  # where mutants run: the ways there are chosen from
Way = tuple[object, ...]


class Parameters(Protocol):
    """What pytest says of a parametrized test."""

    params: Mapping[str, object]


def mark_browsers(items: Iterable[pytest.Item]) -> None:
    """Mark what drives a browser; all but the walks are slow, left to `make browsers` and `.ci/run`.

    A walk is marked with the ids of the parameters with which `make test` takes it, if it has any:
    `@pytest.mark.walk("360px-no-js", "1280px-js")`.
    """
    for item in items:
        if DRIVEN.isdisjoint(getattr(item, "fixturenames", ())):
            continue
        item.add_marker(pytest.mark.browser)
        walk = item.get_closest_marker("walk")
        if walk is None or not (item.name.partition("[")[2].rstrip("]") in walk.args or not walk.args):
            item.add_marker(pytest.mark.slow)


def mark_other_ways(items: Iterable[pytest.Item]) -> None:
    """Mark as slow or thorough the ways that `make test` leaves to `.ci/run`."""
    tests: dict[str, dict[Way, pytest.Item]] = {}
    for item in items:
        parameters = cast(Parameters | None, getattr(item, "callspec", None))
        if parameters and "database_url" in parameters.params:
            way = tuple(parameters.params.get(choice) for choice in CHOICES)
            tests.setdefault(_name(item, way), {})[way] = item
    for name, ways in tests.items():
        on_sqlite = [way for way in ways if way[1] == "sqlite"]
        taken = chosen(name, (SQLITE_ALONE and on_sqlite) or list(ways))
        for way, item in ways.items():
            if way not in taken:
                item.add_marker(pytest.mark.slow)
            elif way not in at_once(name, taken):
                item.add_marker(pytest.mark.thorough)


def mark_samples(items: Iterable[pytest.Item]) -> None:
    """Mark as thorough all but an nth of the parameters of tests marked `sample(n)`, of files or of pages.

    Which `make test` takes on each database is chosen by a digest: every run takes the same.
    """
    tables: dict[str, dict[object, list[pytest.Item]]] = {}
    for item in items:
        if not any(map(item.get_closest_marker, ("slow", "thorough"))):
            parameters = cast(Parameters | None, getattr(item, "callspec", None))
            database = parameters and parameters.params.get("database_url")
            table = tables.setdefault(item.nodeid.partition("[")[0], {})
            table.setdefault(database, []).append(item)
    for table in tables.values():
        every = sampled([item for same in table.values() for item in same])
        for same in table.values():
            for item in sorted(same, key=lambda one: _digest(one.nodeid))[-(-len(same) // every) :]:
                item.add_marker(pytest.mark.thorough)


def sampled(table: Sequence[pytest.Item]) -> int:
    """Of how many parameters of a test `make test` takes one; `table` has all that are not thorough."""
    marker = table[0].get_closest_marker("sample")
    if marker:
        return int(marker.args[0])
    if table[0].nodeid.startswith(MANY_TABLES):
        return 4
    return 2 if len(table) >= MANY and "app" in getattr(table[0], "fixturenames", ()) else 1


def mark_old_migrations(items: Iterable[pytest.Item]) -> None:
    """Mark as thorough the tests of all migrations but the newest; others try those on the way to today."""
    for item in items:
        if is_of_old_migration(item.nodeid):
            item.add_marker(pytest.mark.thorough)


def is_of_old_migration(name: str) -> bool:
    """Whether a test is of one migration that is not among the newest."""
    found = OF_A_MIGRATION.match(name)
    return found is not None and found[1] not in _newest()


@cache
def _newest() -> list[str]:
    return sorted(path.name[:4] for path in (ROOT / "migrations").glob("[0-9]*.py"))[-NEWEST:]


def chosen(name: str, ways: list[Way]) -> list[Way]:
    """The ways, (visitor, database), that are taken of those there are."""
    number = _digest(name)
    if name.startswith(READING) or not name.startswith(BOTH_DATABASES):
        return [ways[number % len(ways)]]
    databases = dict.fromkeys(database for _, database in ways)
    by_database = [[way for way in ways if way[1] == database] for database in databases]
    # the two databases get different visitors
    return [own[(number + place) % len(own)] for place, own in enumerate(by_database)]


def at_once(name: str, taken: list[Way]) -> list[Way]:
    """Those of the chosen ways that `make test` takes."""
    return taken if name.startswith(IN_QUESTION) else [taken[_digest(name) // 4 % len(taken)]]


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest())


def _name(item: pytest.Item, way: Way) -> str:
    """The test's name with the ids of its parameters, but for the choices."""
    function, _, ids = item.nodeid.partition("[")
    others = ids.rstrip("]").split("-")
    for choice in way:
        if choice is not None:
            others.remove(str(choice))
    return f"{function}[{'-'.join(others)}]"
