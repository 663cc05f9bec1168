"""Requests of one person, as staff are offered them to merge."""

import pytest
from peewee import Database

from cabinet.models import (
    Audit,
    ConnectionRequest,
    Message,
    RequestNote,
    Staff,
    Unread,
    request_merging,
)
from cabinet.models.database import db
from cabinet.models.request_merging import followed, has_parts, may_merge, merge, others_of
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PERIODS, PHONE, bill, resident
from tests.models.clock import DAY, after, moment
from tests.models.test_request import IP, submit

Merged = tuple[ConnectionRequest, ConnectionRequest, Staff]


def test_they_are_of_the_cabinet_by_whichever_number(database: Database) -> None:
    anna = resident(PHONE)
    mine = [submit(phone, key=phone, user_id=anna.id) for phone in (PHONE, OTHER_PHONE)]
    assert others_of(mine[0]) == [mine[1]] and others_of(mine[1]) == [mine[0]]
    before = submit(PHONE, key="before the cabinet")
    assert others_of(mine[0]) == [before, mine[1]]


def test_strangers_crowd_none_out(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_merging, "MOST", 2)
    for number in range(2):
        submit(f"+7999000000{number}", key=f"{number}")
    older, newer = submit(PHONE, key="older"), submit(PHONE, key="newer")
    assert others_of(newer) == [older]


def test_what_was_written_about_the_other_is_told_from_all_else(database: Database) -> None:
    clerk = Staff.add("olga@example.org", "clerk", "hash")
    kept, other, strangers = submit(PHONE, key="1"), submit(PHONE, key="2"), submit(OTHER_PHONE, key="3")
    with db.atomic():
        for one in (kept, other, strangers):
            RequestNote.create(request=one, kind="note", text=one.number, staff="x")
            Unread.create(request=one.id)
        Unread.delete().where(Unread.request == kept.id).execute()
    assert merge(kept.number, other.number, clerk, "", kept.last_entry(), other.last_entry())
    notes = RequestNote.select().order_by(RequestNote.id)
    assert [(note.kind, note.request.id, note.origin, note.staff) for note in notes] == [
        ("note", kept.id, None, "x"),
        ("note", kept.id, other.number, "x"),
        ("note", strangers.id, None, "x"),
        ("joined", kept.id, other.number, clerk.id),
        ("merged", other.id, None, clerk.id),
    ]
    assert {one.request.id for one in Unread.select()} == {kept.id, strangers.id}


def test_one_that_is_gone_is_merged_with_nothing(database: Database) -> None:
    clerk, left = Staff.add("olga@example.org", "clerk", "hash"), submit(PHONE)
    for pair in ((left.number, "00000000"), ("00000000", left.number)):
        assert not merge(*pair, clerk, "", left.last_entry(), 0)


def again(request: ConnectionRequest) -> ConnectionRequest:
    found: ConnectionRequest = ConnectionRequest.get_by_id(request.id)
    return found


@pytest.fixture
def merged(database: Database) -> Merged:
    """The one kept, which says little, the other, which says all, and who merged them."""
    clerk = Staff.add("olga@example.org", "clerk", "hash")
    bill(LESNAYA)
    kept = submit(PHONE, key="1", email="", account="", account_key="", period=None, amount=None)
    more = {"email": "a@example.org", "receipt": "photo.jpg", "receipt_type": "image/jpeg"}
    other = submit(PHONE, key="2", account="12-34", account_key="1234", period=PERIODS[0], amount=5, **more)
    submit(PHONE, key="3", state="done", merged_into=other.number)
    with db.atomic():
        changes = {"state": "in_work", "assignee": clerk.id, "matched_account": LESNAYA}
        ConnectionRequest.update(changes).where(ConnectionRequest.id == other.id).execute()
        Message.delete().execute()
    with after():
        assert merge(kept.number, other.number, clerk, IP, kept.last_entry(), other.last_entry())
    return kept, other, clerk


def test_what_the_one_kept_lacks_comes_from_the_other(merged: Merged) -> None:
    kept, other, clerk = merged
    row, over = again(kept), again(other)
    assert (row.email, row.state, row.assignee, row.matched_account) == (
        *("a@example.org", "in_work", clerk.id, LESNAYA),
    )
    assert (row.account, row.account_key, row.period, row.amount) == ("12-34", "1234", PERIODS[0], 5)
    assert (over.state, over.closed_at, over.merged_into, over.receipt) == (
        *("done", moment(0), kept.number, ""),
    )
    [earlier] = ConnectionRequest.select().where(ConnectionRequest.id.not_in([kept.id, other.id]))
    assert earlier.merged_into == kept.number and followed(earlier) == kept


def test_what_the_other_said_is_read_with_the_one_kept(merged: Merged) -> None:
    kept, other, _ = merged
    joined = RequestNote.get(RequestNote.kind == "joined")
    assert (joined.file, joined.file_type) == ("photo.jpg", "image/jpeg")
    lines = [other.full_name, PHONE, "a@example.org", other.address, "12-34", other.comment]
    assert joined.text.splitlines() == [line for line in lines if line]
    assert RequestNote.get(RequestNote.kind == "merged").text == kept.number
    assert has_parts(kept) and not has_parts(other)


def test_systems_are_told_which_became_a_part_of_which(merged: Merged) -> None:
    kept, other, clerk = merged
    told = Message.get()
    assert (told.channel, told.template) == ("staff", "request_merged")
    assert told.data == {
        "number": other.number,
        "into": kept.number,
        "at": moment(0).isoformat(),
        "name": kept.full_name,
        "phone": PHONE,
        "email": "a@example.org",
        "user": "",
    }
    act = Audit.get(Audit.action == "staff-request-merged")
    assert (act.actor, act.subject, act.ip, act.detail) == (
        *(clerk.actor, other.number, IP, {"into": kept.number}),
    )


def test_what_the_one_kept_has_stays(database: Database) -> None:
    clerk = Staff.add("olga@example.org", "clerk", "hash")
    kept = submit(PHONE, key="1", email="own@example.org", account="1", account_key="1")
    other = submit(PHONE, key="2", email="other@example.org", account="2", account_key="2")
    assert not merge(kept.number, other.number, clerk, IP, kept.last_entry() + 1, other.last_entry())
    assert not merge(kept.number, other.number, clerk, IP, kept.last_entry(), other.last_entry() + 1)
    assert merge(kept.number, other.number, clerk, IP, kept.last_entry(), other.last_entry())
    row = again(kept)
    assert (row.email, row.account, row.account_key, row.state) == ("own@example.org", "1", "1", "new")
    assert not may_merge(row, again(other)), "it is a part already"
    assert not may_merge(row, row)
    assert followed(again(other)) == kept
    with db.atomic():
        ConnectionRequest.delete().where(ConnectionRequest.id == kept.id).execute()
    assert followed(again(other)) == other, "it may be deleted"


@pytest.mark.settings(prove_again_after=30 * DAY)
def test_a_phone_is_one_persons_for_as_long_as_it_is_not_proved_again(database: Database) -> None:
    with after():
        first = submit(PHONE, key="1")
    with after(30 * DAY - 1):
        near = submit(PHONE, key="2")
    with after(30 * DAY):
        far = submit(PHONE, key="3")
    assert others_of(first) == [near] and others_of(far) == [near]
    assert may_merge(first, near) and not may_merge(first, far)


def test_who_has_the_number_now_did_not_ask_before_it_was_theirs(database: Database) -> None:
    anna = resident(NEW_PHONE)
    hers, anybodys = submit(PHONE, key="1", user_id=anna.id), submit(PHONE, key="2")
    assert others_of(hers) == [] == others_of(anybodys), "her number is another one by now"
    theirs = submit(PHONE, key="3", proved_by="max")
    assert others_of(anybodys) == [], "a contact in MAX is no SIM"
    assert not may_merge(theirs, anybodys)
