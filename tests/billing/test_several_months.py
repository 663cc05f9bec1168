"""Months of one file: what the newest has is compared with the others while it is merged."""

from pathlib import Path
from threading import Event
from typing import Any

import peewee
import pytest

from cabinet.billing import merge, sql
from cabinet.billing.importer import import_billing
from cabinet.billing.staging.base import Staging
from tests.billing.files import Row, row, stored, write
from tests.billing.test_importing import EYES_OPEN
from tests.waiting import PATIENCE

SAME: list[Row] = [row(str(n), month) for month in ("2026-09", "2026-10") for n in range(1, 13)]
MORE: list[Row] = [*SAME, row("77", "2026-09")]


def kinds() -> list[type[Staging]]:
    """The stagings of both databases."""
    from cabinet.billing.staging.postgres import PostgresStaging
    from cabinet.billing.staging.sqlite import SqliteStaging

    return [SqliteStaging, PostgresStaging]


def took_part(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions for accounts that billing lacks, which go through a whole month."""
    asked: list[str] = []
    exists = sql.exists

    def noting(rows: str, **values: object) -> bool:
        asked.extend([rows] if "NOT EXISTS" in rows else [])
        return exists(rows, **values)

    monkeypatch.setattr(merge, "exists", noting)
    return asked


def test_of_an_older_month_with_the_accounts_of_the_newest_billing_is_asked_nothing(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = took_part(monkeypatch)
    assert not import_billing(write(tmp_path / "b.csv", SAME), answers=EYES_OPEN).refused
    assert not asked and len(stored()[0]) == 12 and len(stored()[1]) == 24


@pytest.mark.parametrize("broken", [False, True])
def test_an_account_that_only_an_older_month_has_is_added(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: bool
) -> None:
    def failing(staging: Staging, query: str) -> bool:
        raise OSError("no connection to spare")

    for kind in kinds() if broken else ():
        monkeypatch.setattr(kind, "finds", failing)
    asked = took_part(monkeypatch)
    import_billing(write(tmp_path / "b.csv", MORE), answers=EYES_OPEN)
    assert len(asked) == 1 and "77" in stored()[0] and len(stored()[1]) == 25


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_an_import_may_end_while_an_older_months_rows_are_dropped(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    staging = kinds()[1]
    execute, leave = staging._execute, staging._leave  # type: ignore[attr-defined]
    dropping, over = Event(), Event()

    def executing(self: Staging, query: str) -> Any:
        if "lock_timeout" in query:
            dropping.set()
            assert over.wait(PATIENCE)
        return execute(self, query)

    def leaving(self: Staging) -> None:
        assert dropping.wait(PATIENCE)
        leave(self)

    monkeypatch.setattr(staging, "_execute", executing)
    monkeypatch.setattr(staging, "_leave", leaving)
    try:
        assert not import_billing(write(tmp_path / "b.csv", SAME), answers=EYES_OPEN).refused
    finally:
        over.set()
    assert len(stored()[1]) == 24
    assert not [name for name in database.get_tables() if name.startswith("billing_import_")]
