"""Sessions of before end as they would have."""

import peewee

from cabinet.models import WebSession, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0023_stay_signed_in"


def test_sessions_of_before_are_kept_no_longer(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            "INSERT INTO web_session (key, data, ip, user_agent, created_at, seen_at, expires_at) "
            f"VALUES ('k', '{{}}', '', '', '{now()}', '{now()}', '{now()}')"
        )
    assert NAME in migrations.upgrade()
    assert WebSession.get().kept_until is None and WebSession.find("k") is None
