"""A row of the audit that is changed or removed shows, whatever else goes on."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from peewee import Database

from cabinet.models import Audit, AuditHead, User, audit_chain
from cabinet.models.audit import SALT
from cabinet.models.audit_check import Fault, verify
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.departure import erase
from cabinet.models.merging import merge
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.threads import together

FIRST, LAST = 2, 5


@pytest.fixture
def five(database: Database) -> None:
    """Five rows, chained."""
    for number in range(1, 6):
        with db.atomic():
            Audit.record("staff-request-seen", "staff:1", str(number), "192.0.2.1", count=number)
    assert audit_chain.seal() == 5 and audit_chain.seal() == 0


def faults(mark: str = "") -> list[tuple[str, int, int]]:
    """What is wrong, and where."""
    return [(fault.what, fault.place, fault.last) for fault in verify(mark)[1]]


def change(number: int, **values: Any) -> None:
    with db.atomic():
        Audit.update(**values).where(Audit.subject == str(number)).execute()


def remove(*numbers: int) -> None:
    with db.atomic():
        Audit.delete().where(Audit.subject.in_([str(number) for number in numbers])).execute()


def test_rows_as_they_were_written_have_no_fault(five: None) -> None:
    head, found = verify()
    assert (head.base, head.place, found) == (0, 5, [])


def test_rows_are_chained_in_their_order(five: None) -> None:
    assert [row.place for row in Audit.select().order_by(Audit.id)] == [1, 2, 3, 4, 5]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "values",
    [
        {"at": now() - timedelta(days=1)},
        {"actor": "staff:2"},
        {"action": "staff-request-moved"},
        {"ip": "192.0.2.2"},
        {"ip": ""},
        {"detail": {"count": 33}},
        {"ip_seal": "0" * 64},
        {"ip": "", "ip_seal": ""},
    ],
)
def test_a_changed_row_is_named(five: None, values: dict[str, Any]) -> None:
    change(3, **values)
    assert faults() == [("changed", 3, 3)]
    (fault,) = verify()[1]
    assert isinstance(fault, Fault) and fault.row and fault.row.subject == "3"


def test_a_changed_subject_is_named(five: None) -> None:
    change(3, subject="4000")
    assert faults() == [("changed", 3, 3)]


def test_another_digest_shows_there_and_in_the_next_row(five: None) -> None:
    change(3, digest="0" * 64)
    assert faults() == [("changed", 3, 3), ("changed", 4, 4)]


def test_two_rows_that_changed_places_show(five: None) -> None:
    change(2, place=30)
    change(3, place=2)
    change(2, place=3)
    assert {place for _what, place, _last in faults()} >= {2, 3}


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ((1,), [("removed", 1, 1)]),
        ((3,), [("removed", 3, 3)]),
        ((2, 4), [("removed", 2, 2), ("removed", 4, 4)]),
        ((2, 3), [("removed", 2, 3)]),
        ((4, 5), [("removed", 4, 5)]),
        ((1, 2, 3, 4, 5), [("removed", 1, 5)]),
    ],
)
def test_removed_rows_are_named(five: None, gone: tuple[int, ...], named: list[tuple[str, int, int]]) -> None:
    remove(*gone)
    assert faults() == named


def test_a_row_put_in_again_stays_named(five: None) -> None:
    change(3, place=None, digest=None)
    assert faults() == [("removed", 3, 3)]


def test_a_row_at_a_place_that_is_taken_is_named(five: None) -> None:
    change(4, place=3)
    assert {("twice", 3, 3), ("removed", 4, 4)} <= set(faults())


def test_other_ends_of_the_chain_show(five: None) -> None:
    remove(4, 5)
    last = Audit.get(Audit.place == 3)
    with db.atomic():
        AuditHead.update(place=3, digest=last.digest).execute()
    assert faults() == [("head", 3, 3)]


def test_a_noted_end_shows_that_an_older_database_was_restored(five: None) -> None:
    mark = verify()[0].mark
    assert faults(mark) == []
    head = AuditHead.get()
    with db.atomic():
        Audit.record("staff-signed-in", "staff:1")
    later = verify()[0].mark
    assert faults(mark) == faults(later) == []
    with db.atomic():  # as of before the last row
        Audit.delete().where(Audit.place == 6).execute()
        head.save()
    assert faults() == [] and faults(later) == [("mark", 6, 6)]


def test_a_wrong_mark_is_refused(five: None) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        verify("x")


@pytest.mark.settings(audit_kept=3600)
@pytest.mark.parametrize("batch", [1, audit_chain.BATCH])
def test_what_is_dropped_for_its_age_leaves_the_rest_whole(
    five: None, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", batch)
    with db.atomic():
        Audit.update(place=None, digest=None, ip_seal=None, at=now() - timedelta(hours=2)).where(
            Audit.subject.in_(["1", "2"])
        ).execute()
        Audit.update(place=None, digest=None, ip_seal=None).where(Audit.subject.not_in(["1", "2"])).execute()
        AuditHead.delete().execute()
    assert audit_chain.seal() == 5
    mark = verify()[0].mark
    assert audit_chain.drop_old() == 2 and audit_chain.drop_old() == 0
    head, found = verify(mark)
    assert (head.base, head.place, found) == (2, 5, [])
    assert sorted(row.subject for row in Audit.select()) == ["3", "4", "5"]
    assert faults(f"2:{head.base_digest}") == [] and faults(f"2:{'0' * 64}") == [("mark", 2, 2)]
    assert faults(f"1:{'0' * 64}") == [], "nobody knows any more"
    remove(3)
    assert faults() == [("removed", 3, 3)], "no more than what is old may go"


def test_the_erased_address_of_a_deleted_resident_is_no_fault(database: Database) -> None:
    anna = resident()
    with db.atomic():
        Audit.record("password-changed", f"user:{anna.id}", anna.id, "192.0.2.1")
        Audit.record("account-linked", "user:another", "1", "192.0.2.1")
    assert faults() == []
    salted = Audit.get(Audit.action == "password-changed").ip_seal
    erase(anna)
    assert faults() == []
    with db.atomic():
        Audit.forget_addresses(Audit.subject == anna.id)
    assert faults() == [], "once more changes nothing"
    row = Audit.get(Audit.action == "password-changed")
    assert row.ip == "" and row.ip_seal == salted[SALT:], "nothing tells the address any more"
    with db.atomic():
        Audit.update(ip="").where(Audit.actor == "user:another").execute()
    assert [what for what, *_ in faults()] == ["changed"], "of nobody else"


def test_nor_are_those_by_cabinets_that_were_merged_into_it(database: Database) -> None:
    first, second, anna = resident(PHONE), resident(NEW_PHONE), resident(OTHER_PHONE)
    with db.atomic():
        for one in (first, second, anna):
            Audit.record("password-changed", f"user:{one.id}", one.id, "192.0.2.1")
    for former, user in ((first, second), (second, anna)):
        merge(User.get_by_id(user.id), User.get_by_id(former.id), "192.0.2.1")
    assert faults() == []
    erase(User.get_by_id(anna.id))
    assert not Audit.select().where(Audit.ip != "").exists() and faults() == []


def test_nothing_is_wrong_where_nothing_was_written_yet(database: Database) -> None:
    assert audit_chain.drop_old() == 0 and faults() == []


def test_rows_that_the_version_before_writes_are_chained(five: None) -> None:
    with db.atomic():
        db.execute_sql(
            "INSERT INTO audit (at, actor, action, subject, ip, detail)"
            " VALUES ('2026-11-26 10:00:00', 'system', 'x', '', '', '{}')"
        )
    assert audit_chain.seal() == 1 and faults() == []


def test_writers_and_sealers_at_once_make_one_chain(database: Database) -> None:
    def write(number: int) -> None:
        for _ in range(5):
            with db.atomic():
                Audit.record("staff-request-seen", f"staff:{number}", ip="192.0.2.1")

    def chain(_: int) -> None:
        for _ in range(5):
            audit_chain.seal()

    work: list[Callable[[], None]] = [partial(write, number) for number in range(4)]
    work += [partial(chain, number) for number in range(3)]
    together(work)
    head, found = verify()
    assert (head.place, found) == (20, [])
    assert sorted(row.place for row in Audit.select()) == list(range(1, 21))
