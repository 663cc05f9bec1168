"""A clerk invites who telephones: receipt read aloud, consent heard, one SMS, and the resident registers."""

import re
from typing import Any

import pytest
from flask import Flask

from cabinet.models import (
    Attempt,
    Audit,
    Consent,
    Invitation,
    Message,
    Staff,
    User,
    code_streak,
    linking,
)
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.wording import documents
from tests.cast import ADDRESSES, DACHNAYA, LESNAYA, PASSWORD, PHONE, receipt_of, resident, write_houses
from tests.staff.inviting import (
    CALLER,
    FORM,
    LIST,
    invite,
    invited,
    state,
    to_password,
    withdraw,
)
from tests.visitor import Visitor, inbox

pytestmark = pytest.mark.usefixtures("billed")


def test_who_telephones_is_invited_and_registers(desk: Visitor, clerk: Staff, caller: Visitor) -> None:
    write_houses()
    desk.get("/staff/registrations")
    desk.follow("Пригласить по телефону")
    desk.fill_and_submit("main form[role=search]", query="лесная 5")
    desk.follow(LESNAYA)
    assert desk.value("account") == LESNAYA and "прочитайте вслух" in desk.text
    desk.fill_and_submit(FORM, **CALLER, **receipt_of(LESNAYA))
    assert "Приглашение отправлено." in desk.text and "Иванова Анна Петровна" in desk.text
    (sms,) = inbox()
    assert settings().public_url in sms and len(sms) <= 70
    assert not re.search(f"Анна|Иванова|{LESNAYA}|Лесная", sms)
    to_password(caller)
    caller.fill_and_submit(password=PASSWORD)
    assert caller.path == "/home" and ADDRESSES[LESNAYA] in caller.text
    user = User.get()
    assert (user.last_name, user.first_name, user.middle_name) == ("Иванова", "Анна", "Петровна")
    assert linking.holds(user, LESNAYA)
    assert state(desk) == "Кабинет создан" and Invitation.get().user_id == user.id
    told = Message.get(Message.template == "registered")
    assert [one.get("way") for one in told.data["consents"]] == ["spoken", None, None]


def test_the_consent_is_kept_as_spoken(desk: Visitor, clerk: Staff) -> None:
    row = invited(desk)
    kept, text = Consent.get(), documents.current("consent")
    assert (kept.way, kept.heard_by, kept.phone, kept.registration) == ("spoken", clerk.id, PHONE, row.id)
    assert (kept.ip, kept.user_agent) == ("", ""), "the clerk's are no part of it"
    assert (kept.kind, kept.version, kept.text.text) == ("consent", text.version, text.text)
    action = Audit.get(Audit.action == "staff-invitation-sent")
    assert (action.actor, action.subject, action.detail) == (clerk.actor, row.id, {"account": LESNAYA})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spoken": ""}, "Прочитайте согласие вслух"),
        ({"read": "2020-01-01"}, "Текст согласия обновился"),
        ({"phone": ""}, "Введите номер мобильного телефона."),
        ({"phone": "8 495 123-45-67"}, "Это городской номер"),
        ({"last_name": ""}, "Введите фамилию."),
        ({"birth_date": "32.13.1940"}, "Такой даты нет"),
        ({"email": "почта"}, "Некорректно введена почта"),
        ({"amount": "1"}, "Такой квитанции не нашли"),
        ({"account": DACHNAYA}, "Такой квитанции не нашли"),
        ({"period": "2026-08", "amount": "5"}, "Такой квитанции не нашли"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_invited(desk: Visitor, changes: dict[str, str], said: str) -> None:
    invite(desk, **changes)
    assert said in desk.text and desk.value("first_name") == "Анна"
    assert (
        not Invitation.select().exists() and not Message.select().exists() and not Consent.select().exists()
    )


@pytest.mark.sample(2)
@pytest.mark.parametrize("noise", ["\U0001f642", "я" * 3000, "<b>'%s", "9" * 400])
def test_noise_in_any_field_is_answered_in_words(desk: Visitor, noise: str) -> None:
    for name in (*CALLER, *receipt_of(LESNAYA), "birth_date", "email", "read"):
        if name != "spoken":
            invite(desk, **{"birth_date": "", "email": "", name: noise})
            assert desk.status < 500 and desk.page.select("#errors"), name
    assert not Invitation.select().exists()


def test_a_wrong_receipt_counts_as_the_clerks_and_not_as_the_residents(desk: Visitor, clerk: Staff) -> None:
    for _press in range(5):
        invite(desk, amount="1")
    assert {row.kind for row in Attempt.select()} >= {"lookup-staff", "lookup-caller", "lookup-account"}
    assert not Attempt.select().where(Attempt.kind.in_(("lookup-phone", "lookup-ip"))).exists()
    invite(desk, amount="1")
    assert desk.status == 429 and "Слишком много неверных квитанций" in desk.text
    assert Audit.select().where(Audit.action == "staff-invitation-receipt-wrong").count() == 5


def test_pressed_twice_it_is_one(desk: Visitor) -> None:
    invited(desk)
    invite(desk)
    assert "уже отправлено" in desk.text and Invitation.select().count() == 1
    assert len(inbox()) == 1 and Consent.select().count() == 1
    invite(desk, **receipt_of(DACHNAYA))
    assert "уже приглашён по другому счёту" in desk.text and Invitation.select().count() == 1
    desk.get(f"{LIST}/new")
    assert desk.value("last_name") == CALLER["last_name"], "nothing was done, so nothing is lost"


def test_a_phone_with_a_cabinet_is_offered_the_link(desk: Visitor) -> None:
    anna = resident(PHONE)
    invite(desk)
    assert desk.path == f"/staff/resident/{anna.id}/accounts/{LESNAYA}"
    assert "уже есть кабинет: привязать счёт?" in desk.text and not Invitation.select().exists()
    desk.press("form[action$='/link'] button")
    assert linking.holds(anna, LESNAYA)
    invite(desk)
    assert "этот счёт в нём есть" in desk.text


def test_blocked_and_recycled_numbers_are_told(desk: Visitor) -> None:
    anna = resident(PHONE)
    anna.block(True, "staff:1", "")
    invite(desk)
    assert "вход в него закрыт" in desk.text
    anna.block(False, "staff:1", "")
    with db.atomic():
        User.update(seen_at="2020-01-01 00:00:00").execute()
    invite(desk)
    assert "номер мог перейти к другому человеку" in desk.text
    assert not Invitation.select().exists() and not linking.holds(anna, LESNAYA)


def test_a_phone_that_gets_no_codes_is_told(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_streak, "MOST", 0)
    invite(desk)
    assert "коды больше не отправляем" in desk.text and not Invitation.select().exists()


def test_sms_to_one_phone_are_few(desk: Visitor) -> None:
    for _time in range(2):
        invited(desk)
        withdraw(desk, Invitation.select().where(Invitation.outcome == "").get())
    invite(desk)
    assert desk.status == 429 and "Приглашений уже много" in desk.text and len(inbox()) == 2


@pytest.mark.parametrize("how", ["delivered", "dead", "sent"])
def test_the_list_says_how_far_the_sms_is(desk: Visitor, how: str) -> None:
    row = invited(desk)
    assert state(desk) == "Отправляется"
    changes: dict[str, dict[str, Any]] = {
        "sent": {"sent_at": row.created_at},
        "delivered": {"status": "delivered", "sent_at": row.created_at},
        "dead": {"dead_at": row.created_at},
    }
    with db.atomic():
        Message.update(due_at=None, **changes[how]).execute()
    said = {"sent": "СМС отправлена", "delivered": "СМС доставлена", "dead": "СМС не дошла"}
    assert state(desk) == said[how]


def test_none_but_staff_and_no_other_site(app: Flask, desk: Visitor, caller: Visitor) -> None:
    row = invited(desk)
    for address in (LIST, f"{LIST}/new", f"{LIST}/accounts", f"/staff/registrations/invitation/{row.id}"):
        caller.get(address)
        assert caller.path == "/staff/sign-in"
    typed = {**CALLER, **receipt_of(DACHNAYA), "phone": "+79037654321", "csrf_token": desk.csrf_token}
    for address in (f"{LIST}/new", f"/staff/registrations/invitation/{row.id}/withdraw"):
        answer = desk.client.post(
            address, data=typed, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code in (400, 403)
    assert Invitation.select().count() == 1 and Invitation.get().waits
