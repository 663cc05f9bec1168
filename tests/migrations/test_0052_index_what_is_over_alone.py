"""What was sent or given up before the upgrade is listed and goes; what waits is in none of these indexes."""

from datetime import datetime

import peewee

from cabinet.models import Message, migrations
from cabinet.models.database import is_sqlite
from tests.migrations.conftest import Before

NAME = "0052_index_what_is_over_alone"
MOMENT = "'2026-11-01 10:00:00'"
STATES = {
    "sent": ("NULL", MOMENT, "NULL"),
    "dead": ("NULL", "NULL", MOMENT),
    "waits": (MOMENT, "NULL", "NULL"),
}
MADE = {"message_sent", "message_sent_of_lane", "message_dead", "message_dead_of_lane"}
GONE = {"message_sent_at_id", "message_lane_sent_at_id", "message_dead_at_id", "message_lane_dead_at_id"}


def fill(database: peewee.DatabaseProxy) -> None:
    columns = 'id, lane, "to", template, data, locale, created_at, tries, failures, blank_after, status'
    columns += ", fault, round, error, due_at, sent_at, dead_at"
    same = f"'sms', '+7', 'code', '{{}}', 'ru', {MOMENT}, 0, 0, FALSE, '', '', 0, ''"
    with database.atomic():
        for name, moments in STATES.items():
            database.execute_sql(
                f"INSERT INTO message ({columns}) VALUES ('{name}', {same}, {', '.join(moments)})"
            )


def test_what_was_over_before_is_listed(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    fill(database)
    with database.atomic():  # as an earlier try may have left it
        of = '("sent_at", "id") WHERE "sent_at" IS NOT NULL'
        database.execute_sql(f'CREATE INDEX "message_sent" ON "message" {of}')
        database.execute_sql('DROP INDEX "message_sent_at_id"')
    assert NAME in migrations.upgrade()
    names = {one.name for one in database.get_indexes("message")}
    assert names >= MADE and not names & GONE
    for state, those in (("sent", Message.sent()), ("dead", Message.dead()), ("waits", Message.waiting())):
        assert [one.id for one in Message.select().where(those)] == [state]
    assert [one.id for one in Message.select().where(Message.sent_at < datetime(2026, 11, 2))] == ["sent"]


def test_the_new_indexes_find_what_is_over(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    fill(database)
    migrations.upgrade()
    if not is_sqlite():
        with database.atomic():
            database.execute_sql("SET LOCAL enable_seqscan = off")
            database.execute_sql("SET LOCAL enable_sort = off")
            check_plans(database)
        return
    check_plans(database)


def check_plans(database: peewee.DatabaseProxy) -> None:
    lane, old = Message.channel == "sms", datetime(2026, 11, 2)
    asked = {
        "message_sent": Message.select().where(Message.sent_at < old).order_by(Message.sent_at),
        "message_sent_of_lane": Message.select().where(Message.sent(), lane).order_by(Message.sent_at.desc()),
        "message_dead": Message.select().where(Message.dead()).order_by(Message.dead_at.desc()),
        "message_dead_of_lane": Message.select().where(Message.dead_at >= old, lane),
    }
    explain = "EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN "
    for name, query in asked.items():
        sql, values = query.sql()
        plan = " ".join(str(row[-1]) for row in database.execute_sql(explain + sql, values).fetchall())
        assert f"{name} " in plan, plan
