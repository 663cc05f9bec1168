"""An account that is found for a request: who asked gets it, and nothing happens behind another's back."""

import pytest
from peewee import Database

from cabinet.models import Account, AccountLink, ConnectionRequest, Message, Staff
from cabinet.models.request_account import settle
from tests.cast import LESNAYA, PHONE, bill, resident
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
