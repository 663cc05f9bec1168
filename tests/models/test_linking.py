"""Which resident sees which accounts, and who learns of it."""

import pytest
from peewee import Database

from cabinet.models import Account, AccountLink, Audit, Message, Staff, User, linking
from cabinet.models.database import db
from tests.cast import ADDRESSES, DACHNAYA, LESNAYA, OTHER_PHONE, SADOVAYA, bill, resident, told
from tests.models.clock import after
from tests.models.test_request import submit

IP = "192.0.2.1"


@pytest.fixture
def anna(database: Database) -> User:
    bill()
    return resident(accounts=[LESNAYA])


def account(number: str) -> Account:
    return Account.get_by_id(number)


def recorded() -> list[tuple[str, str, str, str]]:
    return [(a.action, a.actor, a.subject, a.ip) for a in Audit.select()]


def test_accounts_come_in_the_order_of_their_linking(anna: User) -> None:
    boris = resident(OTHER_PHONE, accounts=[LESNAYA])
    for seconds, number in ((1, DACHNAYA), (2, SADOVAYA)):
        with after(seconds):
            linking.link(boris, account(number), IP)
    assert [a.number for a in linking.accounts(boris)] == [DACHNAYA, SADOVAYA, LESNAYA]
    assert [a.number for a in linking.accounts(anna)] == [LESNAYA]


def test_who_holds_what(anna: User) -> None:
    boris = resident(OTHER_PHONE, accounts=[SADOVAYA])
    assert linking.holds(anna, LESNAYA) and linking.holds(boris, SADOVAYA)
    assert not linking.holds(anna, SADOVAYA) and not linking.holds(boris, LESNAYA)
    assert linking.other_holders(anna, LESNAYA) == 0 and linking.other_holders(anna, SADOVAYA) == 1


def test_one_more_account_is_told_to_staff_and_to_its_other_holders(anna: User) -> None:
    boris = resident(OTHER_PHONE, accounts=[SADOVAYA])
    assert linking.link(boris, account(LESNAYA), IP)
    assert linking.holds(boris, LESNAYA)
    staff, notice = Message.get(Message.channel == "staff"), Message.get(Message.to == anna.email)
    assert staff.template == "account_linked" and staff.data["user"] == boris.id
    assert (staff.data["account"], staff.data["address"]) == (LESNAYA, ADDRESSES[LESNAYA])
    assert notice.template == "account_linked_by_other"
    assert notice.data == {"name": "Анна", "address": ADDRESSES[LESNAYA]}
    assert told(boris.email) == [] == told(anna.phone), "no SMS for that, and none to whoever did it"
    assert recorded() == [("account-linked", f"user:{boris.id}", LESNAYA, IP)]


def test_an_account_that_is_linked_is_not_linked_again(anna: User) -> None:
    assert not linking.link(anna, account(LESNAYA), IP)
    assert AccountLink.select().count() == 1 and not Message.select().exists() and recorded() == []


def test_an_account_is_taken_off_the_list(anna: User) -> None:
    boris = resident(OTHER_PHONE, accounts=[LESNAYA])
    linking.link(anna, account(SADOVAYA), IP)
    with db.atomic():
        Message.delete().execute()
        Audit.delete().execute()
    assert linking.unlink(anna, account(LESNAYA), IP)
    assert [a.number for a in linking.accounts(anna)] == [SADOVAYA] and linking.holds(boris, LESNAYA)
    staff = Message.get()
    assert (staff.channel, staff.template, staff.data["user"]) == ("staff", "account_unlinked", anna.id)
    assert (staff.data["account"], staff.data["address"]) == (LESNAYA, ADDRESSES[LESNAYA])
    assert recorded() == [("account-unlinked", f"user:{anna.id}", LESNAYA, IP)]
    assert not linking.unlink(anna, account(LESNAYA), IP)
    assert Message.select().count() == 1 == len(recorded())


def test_holders_of_other_accounts_learn_nothing(anna: User) -> None:
    boris = resident(OTHER_PHONE, accounts=[SADOVAYA])
    linking.link(boris, account(DACHNAYA), IP)
    assert told(anna.email) == []


def test_what_staff_did_is_undone_though_others_came_to_the_account_since(anna: User) -> None:
    olga, boris = Staff.add("olga@example.org", "clerk", "hash"), resident(OTHER_PHONE)
    linking.link(anna, account(SADOVAYA), IP, olga.actor)
    linking.link(boris, account(SADOVAYA), IP)
    assert linking.take_back(anna, account(SADOVAYA), "linked", IP, olga.actor)
    assert not linking.holds(anna, SADOVAYA) and linking.holds(boris, SADOVAYA)


def test_who_has_requests_and_no_account_is_led_to_them(anna: User) -> None:
    boris = resident(OTHER_PHONE)
    submit(OTHER_PHONE, user_id=boris.id)
    assert linking.accounts_and_whether_asked(boris) == ([], True)
    shown, asked = linking.accounts_and_whether_asked(anna)
    assert [account.number for account, _charges in shown] == [LESNAYA] and not asked


def test_what_staff_did_is_undone_whatever_else_they_did_since(anna: User) -> None:
    olga, ivan = (Staff.add(f"{name}@example.org", "clerk", "hash") for name in ("olga", "ivan"))
    boris = resident(OTHER_PHONE)
    linking.link(anna, account(SADOVAYA), IP, olga.actor)
    linking.link(anna, account(DACHNAYA), IP, ivan.actor)
    linking.link(boris, account(SADOVAYA), IP, ivan.actor)
    assert not linking.take_back(anna, account(SADOVAYA), "linked", IP, ivan.actor)
    assert linking.take_back(anna, account(SADOVAYA), "linked", IP, olga.actor)
    assert [one.number for one in linking.accounts(anna)] == [LESNAYA, DACHNAYA]
    assert linking.holds(boris, SADOVAYA)


def test_what_staff_do_to_an_account_is_told_by_mail_alone(anna: User) -> None:
    olga = Staff.add("olga@example.org", "clerk", "hash")
    linking.unlink(anna, account(LESNAYA), IP, olga.actor)
    linking.link(anna, account(LESNAYA), IP, olga.actor)
    assert told(anna.phone) == []
    assert told(anna.email) == ["account_unlinked_by_staff", "account_linked_by_staff"]
