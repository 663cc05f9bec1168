"""Nobody had written back before; the code of before goes on writing, on both databases."""

import peewee

from cabinet.models import RequestNote, Unread, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0019_write_back_about_requests"
REQUEST = {
    "number": "12345678",
    "phone": "+79161234567",
    "last_name": "Ежова",
    "first_name": "Анна",
    "email": "anna@example.org",
    "city": "Клин",
    "street": "Дачная",
    "house": "3",
    "idempotency_key": "1",
    "created_at": "2026-11-01 10:00:00",
    "state": "new",
    "middle_name": "",
    "building": "",
    "flat": "",
    "account": "",
    "account_key": "",
    "comment": "",
    "receipt": "",
    "receipt_type": "",
    "locale": "ru",
}


def _note(database: peewee.DatabaseProxy, text: str) -> None:
    """An entry as the version before writes it."""
    with database.atomic():
        database.execute_sql(
            "INSERT INTO request_note (request_id, at, kind, text) "
            f"SELECT id, '{now()}', 'note', '{text}' FROM connection_request"
        )


def test_entries_have_no_files_and_old_code_goes_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    values = ", ".join(f"'{value}'" for value in REQUEST.values())
    with database.atomic():
        database.execute_sql(f"INSERT INTO connection_request ({', '.join(REQUEST)}) VALUES ({values})")
    _note(database, "old")
    assert NAME in migrations.upgrade()
    _note(database, "new")
    assert sorted((row.text, row.file, row.file_type) for row in RequestNote.select()) == [
        ("new", "", ""),
        ("old", "", ""),
    ]
    assert not Unread.select().exists()
