"""An account that is found for a request: who asked gets it, and nothing happens behind another's back."""

import pytest
from peewee import Database

from cabinet.models import Account, AccountLink, ConnectionRequest, Message, Staff
from cabinet.models.database import db
from cabinet.models.request_account import settle, words_to_find
from tests.cast import ADDRESSES, LESNAYA, OTHER_PHONE, PHONE, bill, resident
from tests.models.test_casework import IP, bring, fresh
from tests.models.test_request import submit


@pytest.fixture
def olga(database: Database) -> Staff:
    bill(LESNAYA)
    return Staff.add("olga@example.org", "clerk", "hash")


@pytest.fixture
def asked(olga: Staff) -> ConnectionRequest:
    return submit(PHONE, user_id=resident().id)


def test_it_is_linked_and_the_request_stays_open(asked: ConnectionRequest, olga: Staff) -> None:
    assert settle(asked, Account.get(), olga, IP, asked.last_entry())
    link = AccountLink.get()
    assert (link.user_id, link.account_id, fresh(asked).state) == (asked.user_id, LESNAYA, "new")


def test_nothing_is_linked_where_a_colleague_has_closed_it_meanwhile(
    asked: ConnectionRequest, olga: Staff
) -> None:
    stale, sent = fresh(asked), Message.select().count()
    bring(asked, "refused")
    assert not settle(stale, Account.get(), olga, IP, stale.last_entry())
    assert not AccountLink.select().exists() and Message.select().count() == sent
    assert fresh(asked).matched_account is None and not asked.notes()


def test_who_has_no_cabinet_is_invited_to_make_one(olga: Staff) -> None:
    request = submit(PHONE)
    assert settle(request, Account.get(), olga, IP, request.last_entry())
    invited = Message.get(Message.template == "request_matched")
    assert invited.data["registered"] is False and not AccountLink.select().exists()


def test_it_is_looked_for_by_its_number_where_billing_has_that_and_by_the_address_else(olga: Staff) -> None:
    typed = "1234-567-890"
    assert words_to_find(submit(PHONE, key="1", account=typed, account_key=LESNAYA)) == typed
    for number in ("999", ""):
        request = submit(PHONE, key=f"of {number}", account=number, account_key=number)
        assert words_to_find(request) == "ул. Лесная 5 2 12"
    assert words_to_find(submit(PHONE, key="2", account="", account_key="", street="")) == "Москва 5 2 12"


@pytest.mark.parametrize("close", [True, False])
def test_who_closes_what_nobody_had_has_it_and_what_a_colleague_has_stays_theirs(
    asked: ConnectionRequest, olga: Staff, close: bool
) -> None:
    ivan = Staff.add("ivan@example.org", "clerk", "hash")
    other = submit(OTHER_PHONE, key="other")
    with db.atomic():
        ConnectionRequest.update(assignee=ivan.id).where(ConnectionRequest.id == other.id).execute()
    for request in (asked, fresh(other)):
        assert settle(request, Account.get(), olga, IP, request.last_entry(), close)
    assert fresh(asked).assignee == (olga.id if close else None) and fresh(other).assignee == ivan.id
    assert {fresh(one).state for one in (asked, other)} == {"done" if close else "new"}


def test_colleagues_read_what_was_done(asked: ConnectionRequest, olga: Staff) -> None:
    theirs = submit(OTHER_PHONE, key="theirs")
    for request in (asked, theirs):
        settle(request, Account.get(), olga, IP, request.last_entry())
    place = f"{LESNAYA}, {ADDRESSES[LESNAYA]}"
    assert [note.text for note in asked.notes()] == [f"Лицевой счёт добавлен жителю: {place}"]
    assert [note.text for note in theirs.notes()] == [f"Житель приглашён, лицевой счёт: {place}"]
