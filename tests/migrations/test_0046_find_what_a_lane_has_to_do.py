"""What waits during the upgrade is found by its lane; an index that was left unfinished is made again."""

import peewee

from cabinet.models import Message, migrations
from cabinet.worker.lanes import lanes
from config import Settings
from tests.migrations.conftest import Before

NAME = "0046_find_what_a_lane_has_to_do"
WAITING = {
    "mail": ("mail", "password_changed", "a@example.org"),
    "staff-mail": ("mail", "staff/registered", "b@example.org"),
    "webhook": ("webhook", "registered", "https://former.example.org/"),
}


def test_what_waited_before_is_found_by_its_lane(
    database: peewee.DatabaseProxy, settings: Settings, before: Before
) -> None:
    before(NAME)
    columns = "id, lane, template, data, locale, created_at, due_at, tries, failures, blank_after, status"
    columns += ', fault, round, error, "to"'
    with database.atomic():
        for name, (channel, template, to) in WAITING.items():
            database.execute_sql(
                f"INSERT INTO message ({columns}) VALUES ('{name}', '{channel}', '{template}', '{{}}', 'ru',"
                f" '2026-11-01 10:00:00', '2026-11-01 10:00:00', 0, 0, FALSE, '', '', 0, '', '{to}')"
            )
        database.execute_sql('CREATE INDEX "message_for_staff" ON "message" ("due_at")')
    assert NAME in migrations.upgrade()
    for lane in lanes(settings):
        claimed = Message.claim_next(lane.channel, lane.only)
        assert (claimed and claimed.id) == (lane.name if lane.name in WAITING else None)
    made = {one.name for one in database.get_indexes("message")}
    assert {"message_for_staff", "message_for_residents", "message_for_webhook", "message_failed"} <= made
