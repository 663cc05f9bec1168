"""A chain is read to its end, and the same by every version."""

from collections.abc import Iterator

import pytest
from peewee import Database

from cabinet.models import Audit, audit_chain, audit_check
from cabinet.models.database import db
from tests.models.clock import moment
from tests.models.test_audit_chain import FIRST, change, faults, remove

KNOWN = "7f988608367d085681e78d9b9c37d480b449bbd9dae86c5bab6ac65acac14746"


@pytest.fixture
def five(database: Database) -> None:
    """Five rows, chained."""
    for number in range(1, 6):
        with db.atomic():
            Audit.record("staff-request-seen", "staff:1", str(number), "192.0.2.1", count=number)
    assert audit_chain.seal() == 5


def test_the_digests_of_one_version_are_those_of_the_next(database: Database) -> None:
    """Whatever was chained stays whole: the same row, the same digest, in any order of its detail."""
    detail = {"я": 1, "a": [True, None]}
    row = Audit(id=7, at=moment(0), actor="staff:1", action="x", subject="s", detail=detail, ip_seal="f" * 64)
    assert audit_chain.digest_of(row, 3, "p") == KNOWN
    row.detail = dict(reversed(detail.items()))
    assert audit_chain.digest_of(row, 3, "p") == KNOWN


@pytest.mark.parametrize("portion", [1, 2, 3, 5, 6])
def test_a_long_chain_is_read_in_portions(five: None, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(audit_check, "READ", portion)
    assert faults() == []
    change(3, detail={})
    with db.atomic():
        Audit.record("x")
        Audit.update(place=FIRST).where(Audit.action == "x").execute()
    assert faults() == [("twice", 2, 2), ("changed", 3, 3)]
    remove(5)
    assert faults() == [("twice", 2, 2), ("changed", 3, 3), ("removed", 5, 5)]


def test_so_may_those_be_who_had_no_cabinet_and_nobody_else(database: Database) -> None:
    with db.atomic():
        for subject in ("11111111", "22222222"):
            Audit.record("request-sent", "visitor", subject, "192.0.2.1")
        Audit.record("person-deleted", "system", "request", requests=["11111111"])
        Audit.record("person-deleted", "staff:1", "forged", requests=["22222222"])
        Audit.record("request-sent", "system", "another", requests=["22222222"])
    audit_chain.seal()
    with db.atomic():
        Audit.forget_addresses(Audit.subject.in_(["11111111", "22222222"]))
        assert Audit.select().where(Audit.ip != "").count() == 0
    assert faults() == [("changed", 2, 2)]


def test_what_happens_while_it_is_read_is_no_fault(five: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old rows are dropped, and new ones chained."""
    rows = audit_check._rows

    def go_on_before(head: audit_chain.AuditHead) -> Iterator[Audit]:
        with db.atomic():
            Audit.record("x")
            Audit.delete().where(Audit.id <= 2).execute()
            audit_chain.AuditHead.update(base=2).execute()
        assert audit_chain.seal() == 1
        return rows(head)

    monkeypatch.setattr(audit_check, "_rows", go_on_before)
    assert audit_check.verify()[1] == []


def test_a_forged_end_is_told_before_all_else(five: None) -> None:
    change(3, detail={})
    with db.atomic():
        audit_chain.AuditHead.update(seal="f" * 64).execute()
    assert [fault[0] for fault in faults()] == ["head", "changed"]


def test_a_mark_is_the_digest_of_its_own_place(five: None) -> None:
    third, fourth = (Audit.get(Audit.place == place).digest for place in (3, 4))
    assert faults(f"3:{third}") == []
    assert faults(f"3:{fourth}") == [("mark", 3, 3)]


def test_an_end_that_is_not_that_of_the_last_row_is_told(five: None) -> None:
    with db.atomic():
        audit_chain.AuditHead.update(digest="f" * 64).execute()
    assert faults() == [("head", 5, 5), ("changed", 5, 5)]


def test_of_each_erased_resident_the_merged_cabinets_may_have_lost_their_addresses(
    database: Database,
) -> None:
    with db.atomic():
        for into, merged in (("anna", "annas"), ("boris", "boriss")):
            Audit.record("renamed", f"user:{into}", into, "192.0.2.1")
            Audit.record("renamed", f"user:{merged}", merged, "192.0.2.1")
            Audit.record("cabinets-merged", f"user:{into}", into, merged=merged)
            Audit.record("deleted", "system", into)
    audit_chain.seal()
    with db.atomic():
        Audit.forget_addresses(Audit.action == "renamed")
    assert faults() == []
