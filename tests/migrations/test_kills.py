"""An upgrade that is killed at each of its statements, and begun anew each time, ends as one that is not."""

from typing import Any

import peewee
import pytest
from playhouse.schema_diff import diff_models

from cabinet.models import TABLES, expanding, migrations
from tests.migrations.conftest import Before

WRITES = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")
EVENTS = 5


class KilledError(Exception):
    """The process ends here."""


def _fill(database: peewee.DatabaseProxy) -> None:
    columns = "id, lane, template, data, created_at, sent_at, locale"
    with database.atomic():
        for number in range(EVENTS):
            day = f"'2026-11-0{9 - number} 10:00:00'"
            values = f"'{number}', 'staff', 'registered', '{{}}', {day}, {day}, 'ru'"
            database.execute_sql(f"INSERT INTO message ({columns}) VALUES ({values})")
        database.execute_sql(
            "INSERT INTO charge (period, account, amount_due)"
            " VALUES ('2026-09-01', '1', 1), ('2026-10-01', '1', 1), ('2026-10-01', '2', 1)"
        )


def test_each_statement_is_the_last_once(
    database: peewee.DatabaseProxy, before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    before("0002_imports_can_be_taken_back")
    _fill(database)
    monkeypatch.setattr(expanding, "ROWS", 2)
    survived: set[str] = set()
    execute_sql = database.obj.execute_sql

    def until_killed(sql: str, params: Any = None, *rest: Any) -> Any:
        which = sql + repr(params if "event_place" in sql else "")
        if sql.lstrip().startswith(WRITES) and which not in survived:
            survived.add(which)
            raise KilledError
        return execute_sql(sql, params, *rest)

    monkeypatch.setattr(database.obj, "execute_sql", until_killed)
    kills = 0
    while True:
        try:
            migrations.upgrade()
            break
        except KilledError:
            kills += 1
    assert kills > 100 and migrations.missing() == []
    assert not diff_models(database.obj, TABLES)
    feed = execute_sql("SELECT place, message FROM event_place ORDER BY place").fetchall()
    assert [tuple(row) for row in feed] == [(EVENTS - n, str(n)) for n in range(EVENTS - 1, -1, -1)]
    assert execute_sql("SELECT place FROM event_head").fetchall()[0][0] == EVENTS
    months = execute_sql("SELECT accounts FROM billing_period ORDER BY period").fetchall()
    assert [accounts for (accounts,) in months] == [1, 2]
