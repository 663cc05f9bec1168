"""The audit: who did what to what, from where."""

from peewee import Database

from cabinet.models import Audit
from cabinet.models.audit import SALT
from cabinet.models.audit_chain import seal
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


def test_the_log_has_the_event_by_its_name_and_who_of_the_staff(
    database: Database, log_lines: list[str]
) -> None:
    with db.atomic():
        Audit.record("staff-request-moved", "staff:1", "12345678", "192.0.2.1")
        Audit.record("password-changed", "user:2", "2", "192.0.2.1")
    moved, changed = log_lines[-2:]
    assert "staff_request_moved" in moved and "staff:1" in moved
    assert "password_changed" in changed and "user:2" not in changed


def test_only_the_addresses_of_these_rows_are_erased(database: Database) -> None:
    for subject in "ab":
        with db.atomic():
            Audit.record("password-changed", subject=subject, ip="192.0.2.1")
    seal()
    before = {row.subject: row.ip_seal for row in Audit.select()}
    for _ in range(2):
        with db.atomic():
            Audit.forget_addresses(Audit.subject == "a")
    rows = {row.subject: (row.ip, row.ip_seal) for row in Audit.select()}
    assert rows == {"a": ("", before["a"][SALT:]), "b": ("192.0.2.1", before["b"])}
