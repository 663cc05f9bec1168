"""There are none before somebody writes one."""

import peewee

from cabinet.models import ReplyTemplate, migrations
from tests.migrations.conftest import Before

NAME = "0020_write_templates_of_replies"


def test_there_are_no_templates_at_first(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    assert NAME in migrations.upgrade()
    assert ReplyTemplate.all() == []
    with database.atomic():
        ReplyTemplate.create(title="Фото", text="{имя}")
    assert [one.title for one in ReplyTemplate.all()] == ["Фото"]
