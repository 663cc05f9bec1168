"""What waited during the upgrade is found, codes first; an index that was left unfinished is made again."""

import peewee

from cabinet.models import Message, migrations
from cabinet.worker.lanes import lanes
from config import Settings
from tests.migrations.conftest import Before

NAME = "0050_find_codes_first"


def test_what_waited_before_is_found_by_its_lane(
    database: peewee.DatabaseProxy, settings: Settings, before: Before
) -> None:
    before(NAME)
    columns = "id, lane, template, data, locale, created_at, due_at, tries, failures, blank_after, status"
    columns += ', fault, round, error, "to"'
    with database.atomic():
        for name, minute in (("password_changed", 1), ("code", 2)):
            database.execute_sql(
                f"INSERT INTO message ({columns}) VALUES ('{name}', 'sms', '{name}', '{{}}', 'ru',"
                f" '2026-11-01 10:00:00', '2026-11-01 10:0{minute}:00', 0, 0, FALSE, '', '', 0, '', '+7')"
            )
        database.execute_sql('CREATE INDEX "message_codes" ON "message" ("due_at")')
    assert NAME in migrations.upgrade()
    [lane] = [one for one in lanes(settings) if one.name == "sms"]
    found = [Message.claim_next(lane.channel, lane.only) for _ in range(3)]
    assert [one and one.id for one in found] == ["code", "password_changed", None]
