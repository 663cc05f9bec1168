"""The audit: who did what to what, from where."""

from peewee import Database

from cabinet.models import Audit
from cabinet.models.database import db
from tests.models.clock import after, moment


def test_an_event_is_written_in_full(database: Database) -> None:
    with after(), db.atomic():
        Audit.record("staff-request-moved", "staff:1", "12345678", "192.0.2.1", state="done")
    row = Audit.get()
    assert (row.action, row.actor, row.subject) == ("staff-request-moved", "staff:1", "12345678")
    assert (row.ip, row.detail, row.at) == ("192.0.2.1", {"state": "done"}, moment(0))


def test_it_is_a_visitors_unless_somebody_is_named(database: Database) -> None:
    with db.atomic():
        Audit.record("code-sent")
    row = Audit.get()
    assert (row.actor, row.subject, row.ip, row.detail) == ("visitor", "", "", {})
