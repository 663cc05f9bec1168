"""Authenticators of before go on, also when SECRET_KEY is replaced for the first time."""

from dataclasses import replace

import peewee
import pytest

from cabinet.models import Staff, base, migrations
from cabinet.models.base import now
from config import Settings
from tests.migrations.conftest import Before

NAME = "0015_second_factors_outlive_a_key"


def _insert(database: peewee.DatabaseProxy) -> None:
    """A member of staff as the version before writes one."""
    with database.atomic():
        database.execute_sql(
            "INSERT INTO staff (id, email, role, password_hash, totp_salt, totp_step, created_at)"
            f" VALUES ('olga', 'o@example.org', 'clerk', 'x', 'salt', 0, '{now()}')"
        )


def test_authenticators_of_before_outlive_the_first_replacement(
    database: peewee.DatabaseProxy, before: Before, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(NAME)
    _insert(database)
    migrations.upgrade()
    moment = base.unix_time()
    code = Staff.get().codes_at(moment)[0]
    new = replace(settings, secret_key="n" * 40, secret_key_fallbacks=(settings.secret_key,))
    monkeypatch.setattr(base, "_settings", new)
    assert Staff.move_factors() == (1, [])
    monkeypatch.setattr(base, "_settings", replace(new, secret_key_fallbacks=()))
    assert Staff.get().codes_at(moment)[0] == code


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    _insert(database)
    assert Staff.get().totp_kept == ""
