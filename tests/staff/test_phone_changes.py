"""Another number for a lost SIM: one clerk asks, another agrees, and the old number learns of it."""

from datetime import UTC, timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import (
    AccountEvent,
    Audit,
    Passkey,
    PhoneChange,
    Staff,
    User,
    WebSession,
)
from cabinet.models.account_event import history_of
from cabinet.models.database import db
from tests.cast import (
    LESNAYA,
    NEW_PASSWORD,
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    bill,
    resident,
    told,
)
from tests.journeys import recover
from tests.placing import at_desk, signed_in
from tests.staff.conftest import PASSWORD as STAFF_PASSWORD
from tests.staff.conftest import member
from tests.visitor import Visitor

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
ASKED = {
    "phone": "8 999 000-11-22",
    "reason": "Телефон утонул",
    "identified": "Паспорт в офисе",
    "proof": STAFF_PASSWORD,
}


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an account."""
    bill()
    return resident(PHONE, accounts=[LESNAYA])


@pytest.fixture
def colleague(app: Flask) -> Visitor:
    """A browser in which another clerk has signed in."""
    return at_desk(Visitor(app), member("second@example.org"))


def ask(desk: Visitor, user: User, **changes: str) -> None:
    desk.get(f"/staff/resident/{user.id}")
    desk.follow("Сменить номер телефона")
    typed = {**ASKED, **changes}
    if not desk.page.select("[name=proof]"):  # shown a moment ago
        del typed["proof"]
    desk.fill_and_submit("main form", **typed)


def asked(desk: Visitor, user: User) -> PhoneChange:
    ask(desk, user)
    return PhoneChange.get()


def approve(desk: Visitor, change: PhoneChange) -> None:
    desk.get(f"/staff/phone-change/{change.id}")
    approving = f"form[action='/staff/phone-change/{change.id}/approve']"
    typed = {"proof": STAFF_PASSWORD} if desk.page.select_one(f"{approving} [name=proof]") else {}
    desk.fill_and_submit(approving, **typed)


def number(user: User) -> str:
    return User.get_by_id(user.id).phone


@BOTH
def test_two_clerks_change_a_number(app: Flask, desk: Visitor, colleague: Visitor, anna: User) -> None:
    theirs = Visitor(app)
    signed_in(theirs)
    with db.atomic():
        Passkey.add(anna, "", "", credential="a", public_key=b"", name="Chrome")
    before = told(PHONE)
    ask(desk, anna)
    assert "Решить должен другой сотрудник" in desk.text and number(anna) == PHONE
    assert told(PHONE) == before and told(anna.email)[-1] == "phone_change_asked"
    colleague.get("/staff/day")
    assert "Ждут второго сотрудника" in colleague.text and "Иванова" not in colleague.one("main").get_text()
    colleague.follow("Смена номера")
    for words in ("Телефон утонул", "Паспорт в офисе", "999 000-11-22", "clerk@example.org"):
        assert words in colleague.text
    approve(colleague, PhoneChange.get())
    assert "Номер сменён" in colleague.text and number(anna) == NEW_PHONE
    assert told(PHONE)[-1] == told(anna.email)[-1] == "phone_changed" and told(NEW_PHONE) == []
    assert not WebSession.live_of(anna.id) and not Passkey.select().exists()
    assert "staff-phone-changed" in [one.what for one in history_of(User.get_by_id(anna.id))]
    rows = Audit.select().where(Audit.action.startswith("staff-phone-change")).order_by(Audit.id)
    assert [row.action for row in rows] == ["staff-phone-change-asked", "staff-phone-changed"]
    assert len({row.actor for row in rows}) == 2 and NEW_PHONE not in str([row.detail for row in rows])


def test_the_new_number_opens_nothing_without_its_code(
    app: Flask, desk: Visitor, colleague: Visitor, anna: User
) -> None:
    known = Visitor(app)
    signed_in(known)  # a browser that the cabinet knows
    approve(colleague, asked(desk, anna))
    known.get("/")
    known.fill_and_submit(phone=NEW_PHONE)
    known.fill_and_submit(password=PASSWORD)
    assert known.path != "/home" and "Лесная" not in known.text, "the password of before is none"
    recover(known, NEW_PHONE)
    known.fill_and_submit(password=NEW_PASSWORD)
    known.get("/home")
    assert known.path == "/home" and "Лесная" in known.text


def test_an_address_that_is_not_confirmed_is_not_told_of_what_is_asked_for(app: Flask, desk: Visitor) -> None:
    anna = resident(PHONE, email_confirmed_at=None)
    ask(desk, anna)
    assert told(PHONE) == [] == told(anna.email) and PhoneChange.select().exists()


@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_who_asked_does_not_decide(desk: Visitor, anna: User, act: str) -> None:
    change = asked(desk, anna)
    data = {"csrf_token": desk.csrf_token, "whose": anna.id, "proof": STAFF_PASSWORD, "words": "нет"}
    desk.post(f"/staff/phone-change/{change.id}/{act}", data)
    assert number(anna) == PHONE and PhoneChange.get().outcome == ""
    assert "Решить должен другой сотрудник" in desk.text


def test_nothing_is_granted_to_a_colleague_who_was_blocked(
    desk: Visitor, colleague: Visitor, anna: User
) -> None:
    change = asked(desk, anna)
    with db.atomic():
        Staff.get(Staff.email == "clerk@example.org").set_blocked(True)
    approve(colleague, change)
    assert number(anna) == PHONE and PhoneChange.get().outcome == "" and "работать у нас" in colleague.text


@BOTH
def test_a_colleague_refuses_in_words(desk: Visitor, colleague: Visitor, anna: User) -> None:
    change = asked(desk, anna)
    refusing = f"form[action='/staff/phone-change/{change.id}/refuse']"
    colleague.get(f"/staff/phone-change/{change.id}")
    colleague.fill_and_submit(refusing, words="")
    assert "Напишите коллеге" in colleague.text
    colleague.fill_and_submit(refusing, words="Житель не отвечает")
    desk.get(f"/staff/phone-change/{change.id}")
    assert "Житель не отвечает" in desk.text and number(anna) == PHONE
    approve_again = {"csrf_token": colleague.csrf_token, "whose": anna.id, "proof": STAFF_PASSWORD}
    colleague.post(f"/staff/phone-change/{change.id}/approve", approve_again)
    assert "Уже решено" in colleague.text and number(anna) == PHONE


def test_who_asked_takes_it_back_and_may_ask_anew(desk: Visitor, colleague: Visitor, anna: User) -> None:
    change = asked(desk, anna)
    desk.fill_and_submit(f"form[action='/staff/phone-change/{change.id}/withdraw']")
    colleague.get("/staff/day")
    assert "Больше не просят" in desk.text and "Ждут второго" not in colleague.text
    ask(desk, anna)
    assert PhoneChange.select().count() == 2


@pytest.mark.settings(phone_change_lifetime=7200)
def test_it_is_over_after_its_term(app: Flask, desk: Visitor, anna: User) -> None:
    change = asked(desk, anna)
    late = Visitor(app)
    with time_machine.travel(change.until.replace(tzinfo=UTC) + timedelta(seconds=1)):
        at_desk(late, member("third@example.org"))
        late.get("/staff/day")
        assert "Ждут второго" not in late.text
        late.get(f"/staff/phone-change/{change.id}")
        assert "Срок вышел" in late.text
        data = {"csrf_token": late.csrf_token, "whose": anna.id, "proof": STAFF_PASSWORD}
        late.post(f"/staff/phone-change/{change.id}/approve", data)
        assert number(anna) == PHONE


def test_a_sign_in_meanwhile_is_shown_to_who_decides(
    app: Flask, desk: Visitor, colleague: Visitor, anna: User
) -> None:
    change = asked(desk, anna)
    theirs = Visitor(app)
    theirs.get("/")
    theirs.fill_and_submit(phone=PHONE)
    theirs.fill_and_submit(password=PASSWORD)
    colleague.get(f"/staff/phone-change/{change.id}")
    assert "С тех пор в кабинет вошли" in colleague.text


def test_a_number_with_a_cabinet_is_not_given_away(desk: Visitor, colleague: Visitor, anna: User) -> None:
    boris = resident(OTHER_PHONE)
    ask(desk, anna, phone=OTHER_PHONE)
    assert "уже есть другой кабинет" in desk.text and desk.value("reason") == "Телефон утонул"
    ask(desk, anna, phone=PHONE)
    assert "и есть нынешний номер" in desk.text
    change = asked(desk, anna)
    with db.atomic():
        User.update(phone=NEW_PHONE).where(User.id == boris.id).execute()
    approve(colleague, change)
    assert "появился другой кабинет" in colleague.text and number(anna) == PHONE
    assert told(PHONE) == [] and PhoneChange.get().outcome == ""


def test_one_change_waits_at_a_time(desk: Visitor, anna: User) -> None:
    ask(desk, anna)
    ask(desk, anna)
    assert "уже ждёт второго сотрудника" in desk.text and PhoneChange.select().count() == 1


def test_what_is_lacking_is_said_beside_its_field(desk: Visitor, anna: User) -> None:
    ask(desk, anna, phone="123", reason="", identified="", proof="")
    for words in ("некорректный номер", "почему меняем", "как убедились"):
        assert words in desk.text
    ask(desk, anna, reason="x" * 501, proof="не тот пароль")
    assert "не больше 500" in desk.text and not PhoneChange.select().exists()
    ask(desk, anna, proof="не тот пароль")
    assert "Не подходит" in desk.text and desk.value("identified") == "Паспорт в офисе"
    assert not AccountEvent.select().exists() and not PhoneChange.select().exists()


def test_no_other_page_is_there(desk: Visitor, anna: User) -> None:
    desk.get("/staff/phone-change/none")
    assert desk.status == 404
