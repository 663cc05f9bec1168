"""A receiver that was away during the upgrade rests on, and what waits for it is not given up early."""

from datetime import timedelta

import peewee

from cabinet.models import GatewayHealth, Message, migrations
from cabinet.models.base import now
from cabinet.models.choosing import Only
from cabinet.models.receiver import Receiver
from tests.migrations.conftest import Before

NAME = "0045_let_receivers_rest"
STAFF = Only(for_staff=True)


def test_who_was_away_before_rests_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    until = now() + timedelta(seconds=60)
    with database.atomic():
        database.execute_sql(
            "INSERT INTO gateway_health (gateway, failures, open_until, reason, fault)"
            f" VALUES ('mail', 8, '{until}', 'down', '')"
        )
        columns = "id, lane, template, data, locale, created_at, due_at, tries, failures, blank_after, status"
        columns += ', fault, round, error, "to"'
        database.execute_sql(
            f"INSERT INTO message ({columns}) VALUES ('1', 'mail', 'staff/t', '{{}}', 'ru',"
            " '2026-11-01 10:00:00', '2026-11-01 10:00:00', 0, 0, FALSE, '', '', 0, '', 'a@example.org')"
        )
    assert NAME in migrations.upgrade()
    assert GatewayHealth.get().since is None and Message.claim_next("mail", STAFF) is None
    Receiver("mail").failed("down")
    assert GatewayHealth.get().since is not None and Message.claim_next("mail", STAFF) is None
    Receiver("mail").worked()
    claimed = Message.claim_next("mail", STAFF)
    assert claimed and not claimed.worn_out and GatewayHealth.get().since is None
