"""What staff do for a resident who asks for it: correct the name, link and unlink accounts."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Account, Audit, Device, Message, Passkey, Staff, User, linking, profile
from cabinet.models.account_event import history_of
from cabinet.models.database import db
from tests.cast import (
    ADDRESSES,
    DACHNAYA,
    LESNAYA,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    SADOVAYA,
    bill,
    resident,
    told,
    write_houses,
)
from tests.placing import signed_in
from tests.visitor import Visitor

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an account."""
    bill()
    return resident(PHONE, accounts=[LESNAYA])


def card(desk: Visitor, user: User) -> Visitor:
    desk.get(f"/staff/resident/{user.id}")
    return desk


def undo(desk: Visitor, user: User) -> None:
    desk.fill_and_submit(f"form[action='/staff/resident/{user.id}/undo']")


def find(desk: Visitor, user: User, query: str) -> list[str]:
    """The numbers of the accounts found."""
    write_houses()
    desk.get(f"/staff/resident/{user.id}/accounts")
    desk.fill_and_submit("main form[role=search]", query=query)
    assert desk.path == f"/staff/resident/{user.id}/accounts" and (not query or query not in desk.url)
    return [link.get_text(strip=True) for link in desk.page.select("main .card__title a")]


def acts(user: User) -> list[str]:
    """What the journal has of the resident, but for looks, oldest first."""
    rows = Audit.select().where(Audit.subject == user.id).order_by(Audit.id)
    return [row.action for row in rows if not row.action.endswith(("-seen", "-searched"))]


@BOTH
def test_a_name_is_corrected_told_and_put_back(desk: Visitor, clerk: Staff, anna: User) -> None:
    card(desk, anna).follow("Исправить имя")
    desk.fill_and_submit("main form", last_name="Иваньшина", middle_name="Петровна")
    assert desk.path == f"/staff/resident/{anna.id}" and "Иваньшина Анна Петровна" in desk.text
    assert told(anna.email) == ["name_corrected"] and told("staff") == ["profile_changed"]
    assert Message.get(Message.channel == "staff").data["by"] == "staff"
    assert "staff-resident-renamed" in [one.what for one in history_of(anna)]
    assert Audit.get(Audit.action == "staff-resident-renamed").actor == clerk.actor
    undo(desk, anna)
    assert User.get_by_id(anna.id).full_name == "Иванова Анна" and "Вернули как было" in desk.text
    assert told(anna.email) == ["name_corrected"] * 2 and "Вернуть прежнее имя" not in desk.text


def test_a_name_that_the_resident_changed_meanwhile_stays(desk: Visitor, anna: User) -> None:
    card(desk, anna).follow("Исправить имя")
    profile.rename(anna, "Петрова", "Анна", "", "")
    desk.fill_and_submit("main form", last_name="Иваньшина")
    assert "Сейчас оно такое: Петрова Анна" in desk.text and desk.value("last_name") == "Иваньшина"
    assert User.get_by_id(anna.id).last_name == "Петрова"
    desk.fill_and_submit("main form")
    assert User.get_by_id(anna.id).last_name == "Иваньшина", "once it was seen"
    profile.rename(User.get_by_id(anna.id), "Сидорова", "Анна", "", "")
    undo(desk, anna)
    assert "отменять нечего" in desk.text and User.get_by_id(anna.id).last_name == "Сидорова"


def test_a_wrong_name_is_refused_and_stays_typed(desk: Visitor, anna: User) -> None:
    card(desk, anna).follow("Исправить имя")
    desk.fill_and_submit("main form", last_name="Иванова1", first_name="")
    assert "Напишите буквами" in desk.text and "Введите имя" in desk.text
    assert desk.value("last_name") == "Иванова1" and acts(anna) == []
    boris = resident(OTHER_PHONE, last_name="Белкин", first_name="Борис")
    card(desk, boris).follow("Исправить имя")
    assert desk.value("last_name") == "Белкин", "what was typed about another is not shown"
    card(desk, anna).follow("Исправить имя")
    desk.fill_and_submit("main form", last_name="Иванова", first_name="Анна")
    assert "Имя такое и есть" in desk.text and told(anna.email) == []


@BOTH
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("садовая 1 7", [SADOVAYA]),
        ("Садовая, д. 1", [SADOVAYA]),
        ("клин дач", [DACHNAYA]),
        ("ул. Лесная, д. 5, кв. 12", [LESNAYA]),
        ("ЛЕСНАЯ 5", [LESNAYA]),
        ("2234-567890", [SADOVAYA]),
        ("20МВ123456", [DACHNAYA]),
        ("лесная 1", []),
        ("лесная 55", []),
        ("5 12", []),
        ("%", []),
        ("'", []),
        ("", []),
    ],
)
def test_accounts_are_found_by_number_and_address(
    desk: Visitor, anna: User, query: str, found: list[str]
) -> None:
    with db.atomic():
        Account.update(els="20МВ123456").where(Account.number == DACHNAYA).execute()
    assert find(desk, anna, query) == found
    row = Audit.select().where(Audit.action == "staff-accounts-searched").order_by(Audit.id.desc()).first()
    assert (row.subject, row.detail["shown"]) == (anna.id, found)


@pytest.mark.parametrize("spelled", ["г. Клин, ул. Зелёная, д. 3", "Г КЛИН, УЛ ЗЕЛЕНАЯ, Д 3"])
@pytest.mark.parametrize("query", ["зеленая 3", "Зелёная 3", "клин зел"])
def test_an_address_is_found_however_billing_spells_it(
    desk: Visitor, anna: User, spelled: str, query: str
) -> None:
    with db.atomic():
        Account.update(address=spelled).where(Account.number == DACHNAYA).execute()
    assert find(desk, anna, query) == [DACHNAYA]


@BOTH
def test_an_account_is_linked_after_a_question_and_taken_back(desk: Visitor, anna: User) -> None:
    boris = resident(OTHER_PHONE, accounts=[SADOVAYA])
    find(desk, anna, "садовая")
    desk.follow(SADOVAYA)
    assert "Добавить счёт жителю?" in desk.text and "другие жители: 1" in desk.text
    assert not linking.holds(anna, SADOVAYA)
    desk.fill_and_submit("main form")
    assert linking.holds(anna, SADOVAYA) and ADDRESSES[SADOVAYA] in desk.text
    assert told(anna.email) == ["account_linked_by_staff"] and told("staff") == ["account_linked"]
    assert told(boris.email) == ["account_linked_by_other"]
    undo(desk, anna)
    assert not linking.holds(anna, SADOVAYA)
    assert acts(anna) == ["staff-account-linked", "staff-account-unlinked"]


@BOTH
def test_an_account_is_unlinked_after_a_question_and_given_back(desk: Visitor, anna: User) -> None:
    card(desk, anna).follow("Убрать")
    assert "Убрать счёт у жителя?" in desk.text and linking.holds(anna, LESNAYA)
    desk.fill_and_submit("main form")
    assert not linking.holds(anna, LESNAYA) and told(anna.email) == ["account_unlinked_by_staff"]
    assert "staff-account-unlinked" in [one.what for one in history_of(anna)]
    undo(desk, anna)
    assert linking.holds(anna, LESNAYA)
    undo_forms = desk.page.select(f"form[action='/staff/resident/{anna.id}/undo']")
    assert not undo_forms, "only the last act, once"


def test_who_has_no_address_is_told_by_sms(desk: Visitor, anna: User) -> None:
    with db.atomic():
        User.update(email="", email_confirmed_at=None).where(User.id == anna.id).execute()
    card(desk, anna).follow("Убрать")
    desk.fill_and_submit("main form")
    assert told(anna.phone) == ["account_unlinked_by_staff"]


def test_a_second_press_changes_nothing(desk: Visitor, anna: User) -> None:
    desk.get(f"/staff/resident/{anna.id}/accounts/{SADOVAYA}")
    for _ in range(2):
        desk.post(f"/staff/resident/{anna.id}/accounts/{SADOVAYA}/link", {"csrf_token": desk.csrf_token})
    assert acts(anna) == ["staff-account-linked"] and told(anna.email) == ["account_linked_by_staff"]
    desk.get(f"/staff/resident/{anna.id}/accounts/none")
    assert desk.status == 404


def test_what_was_done_for_another_is_not_undone_here(desk: Visitor, anna: User) -> None:
    boris = resident(OTHER_PHONE)
    card(desk, anna).follow("Убрать")
    desk.fill_and_submit("main form")
    desk.post(f"/staff/resident/{boris.id}/undo", {"csrf_token": desk.csrf_token})
    assert not linking.holds(anna, LESNAYA) and acts(boris) == []


@BOTH
@pytest.mark.parametrize("account", [SADOVAYA, LESNAYA])
def test_what_the_resident_did_since_is_not_undone(desk: Visitor, anna: User, account: str) -> None:
    before = linking.holds(anna, account)
    desk.get(f"/staff/resident/{anna.id}/accounts/{account}")
    desk.fill_and_submit("main form")
    billed, again = Account.get_by_id(account), User.get_by_id(anna.id)
    acts_of_theirs = [linking.link, linking.unlink] if before else [linking.unlink, linking.link]
    for act in acts_of_theirs:
        assert act(again, billed, "")
    card(desk, anna)
    undo(desk, anna)
    assert "отменять нечего" in desk.text and linking.holds(anna, account) is not before


def test_what_was_done_long_ago_is_not_offered_to_be_undone(desk: Visitor, anna: User) -> None:
    card(desk, anna).follow("Убрать")
    desk.fill_and_submit("main form")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        card(desk, anna)
        assert not desk.page.select(f"form[action='/staff/resident/{anna.id}/undo']")
        desk.post(f"/staff/resident/{anna.id}/undo", {"csrf_token": desk.csrf_token})
    assert not linking.holds(anna, LESNAYA)


@BOTH
def test_a_stranger_whom_staff_shut_out_does_not_come_back_once_it_is_open_again(
    app: Flask, desk: Visitor, anna: User
) -> None:
    with db.atomic():
        Passkey.add(anna, "", "", credential="a", public_key=b"", name="Chrome")
    theirs = Visitor(app)
    signed_in(theirs)
    desk.get(f"/staff/resident/{anna.id}/block")
    desk.fill_and_submit("main form", reason="stranger")
    desk.post(f"/staff/resident/{anna.id}/unblock", {"csrf_token": desk.csrf_token})
    found = User.get_by_id(anna.id)
    assert found.is_active and found.password_hash is None
    assert not Passkey.select().exists() and not Device.select().exists()
    theirs.get("/")
    theirs.fill_and_submit(phone=PHONE)
    theirs.fill_and_submit(password=PASSWORD)
    assert theirs.path != "/home"
