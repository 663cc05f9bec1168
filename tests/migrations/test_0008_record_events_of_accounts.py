"""Events are recorded from now on; residents of before have an empty history but for the audit log."""

import peewee

from cabinet.models import AccountEvent, User, migrations
from cabinet.models.account_event import history_of
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0008_record_events_of_accounts"


def test_what_the_audit_log_has_of_before_is_shown(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            'INSERT INTO "user" (id, phone, last_name, first_name, middle_name, email, locale, created_at) '
            f"VALUES ('anna', '+79161234567', '', '', '', '', 'ru', '{now()}')"
        )
        database.execute_sql(
            "INSERT INTO audit (at, actor, action, subject, ip, detail) "
            f"VALUES ('{now()}', 'user:anna', 'renamed', 'anna', '192.0.2.1', '{{}}')"
        )
    assert NAME in migrations.upgrade()
    anna = User.get()
    with database.atomic():
        AccountEvent.record("signed-in", anna.phone, "192.0.2.2", "browser", anna.id)
    assert [one.what for one in history_of(anna)] == ["signed-in", "renamed"]
