"""Registrations and consents of before, and those by the code of before, came by no invitation."""

import peewee

from cabinet.models import Consent, Invitation, Registration, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0042_invite_by_telephone"
DRAFT = "id, phone, locale, created_at, last_name, first_name, middle_name, email"
CONSENT = "kind, version, sha256, phone, at, ip, user_agent"


def _insert(database: peewee.DatabaseProxy, key: int) -> None:
    with database.atomic():
        if key == 1:
            database.execute_sql(
                "INSERT INTO consent_text (sha256, kind, version, text) VALUES ('x', 'consent', '1', 't')"
            )
        database.execute_sql(
            f"INSERT INTO registration ({DRAFT}) VALUES"
            f" ('{key}', '+7916123456{key}', 'ru', '{now()}', '', '', '', '')"
        )
        database.execute_sql(
            f"INSERT INTO consent ({CONSENT}) VALUES"
            f" ('consent', '1', 'x', '+7916123456{key}', '{now()}', '', '')"
        )


def test_what_was_there_came_by_no_invitation(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database, 1)
    assert NAME in migrations.upgrade()
    _insert(database, 2)
    assert [(one.way, one.heard_by) for one in Consent.select()] == [(None, None)] * 2
    assert [one.invitation for one in Registration.select()] == [None, None]
    assert not Invitation.select().exists()
