"""Withdrawal of the consent, second thoughts, deletion."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import AccountLink, Audit, Consent, Device, EmailLink, Message, User, base, departure
from cabinet.models.database import db
from cabinet.worker.purge import purge
from config import Settings
from tests.cast import LESNAYA, OTHER_PHONE, PASSWORD, PHONE, bill, resident, told
from tests.placing import signed_in
from tests.visitor import Visitor

STAY = "form[action='/home/profile/stay']"


@pytest.fixture
def anna(database: object) -> User:
    bill(LESNAYA)
    user = resident(accounts=[LESNAYA])
    with db.atomic():
        consent = Consent.give("consent", "1", "text", PHONE, "r", "192.0.2.1", "browser")
        Consent.update(user_id=user.id).where(Consent.sha256 == consent.sha256).execute()
    return user


def withdraw(visitor: Visitor) -> None:
    """«Отозвать согласие и удалить кабинет»."""
    visitor.get("/home/profile")
    visitor.follow("Отозвать согласие и удалить кабинет")
    visitor.fill_and_submit(current_password=PASSWORD)
    assert visitor.path == "/home", visitor.text


def test_withdrawing_asks_for_the_password_and_gives_time(
    visitor: Visitor, anna: User, settings: Settings
) -> None:
    signed_in(visitor)
    visitor.get("/home/profile/delete")
    assert "Через 30 дней" in visitor.text
    visitor.fill_and_submit(current_password="Неверный0пароль")
    assert visitor.error("current_password") and User.get().delete_at is None
    withdraw(visitor)
    assert "Кабинет будет удалён" in visitor.text and "Лесная" in visitor.text
    user = User.get()
    assert user.delete_at is not None
    left = user.delete_at - base.now()
    assert abs(left - timedelta(seconds=settings.deletion_grace)) < timedelta(minutes=5)
    assert Consent.get().withdrawn_at is not None
    assert told(anna.email) == told(PHONE) == told("staff") == ["deletion_requested"]


@pytest.mark.settings(deletion_grace=5 * 86400)
def test_the_time_is_the_settings(app: Flask, anna: User) -> None:
    visitor = Visitor(app)
    signed_in(visitor)
    visitor.get("/home/profile/delete")
    assert "Через 5 дней" in visitor.text


def test_deletion_can_be_cancelled_until_its_day(app: Flask, guest: Visitor, anna: User) -> None:
    signed_in(guest)
    withdraw(guest)
    with time_machine.travel(base.now() + timedelta(days=29)):
        purge()
        signed_in(guest)
        guest.fill_and_submit(STAY)
        assert guest.path == "/home" and "Кабинет остаётся" in guest.text
        assert User.get().delete_at is None and Consent.get().withdrawn_at is None
        assert "deletion_cancelled" in told("staff")
    with time_machine.travel(base.now() + timedelta(days=31)):
        purge()
        assert User.by_phone(PHONE)


def test_once_its_moment_has_come_it_cannot_be_cancelled_any_more(guest: Visitor, anna: User) -> None:
    """What names the resident may be erased already, in small transactions before the cabinet itself goes."""
    signed_in(guest)
    withdraw(guest)
    with time_machine.travel(base.now() + timedelta(days=29)):
        signed_in(guest)
        with db.atomic():
            User.update(delete_at=base.now()).execute()
        guest.fill_and_submit(STAY)
        assert "Кабинет остаётся" not in guest.text and "кабинет уже удаляется" in guest.text
        assert User.get().delete_at and Consent.get().withdrawn_at
        assert told("staff") == ["deletion_requested"]


def test_pressed_twice_it_counts_once(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    withdraw(guest)
    first = User.get().delete_at
    with time_machine.travel(base.now() + timedelta(minutes=5)):
        withdraw(guest)
        assert User.get().delete_at == first and told(PHONE) == ["deletion_requested"]
        for _ in range(2):
            token = guest.csrf_token
            guest.post("/home/profile/stay", {"csrf_token": token})
        assert told("staff") == ["deletion_requested", "deletion_cancelled"]


def test_when_the_time_is_over_nothing_is_left(app: Flask, guest: Visitor, anna: User) -> None:
    resident(OTHER_PHONE, accounts=[LESNAYA])
    EmailLink.send(anna)
    signed_in(guest)
    withdraw(guest)
    with time_machine.travel(base.now() + timedelta(days=30, minutes=1)):
        assert purge()["residents"] == 1
        assert User.by_phone(PHONE) is None and User.by_phone(OTHER_PHONE)
        assert AccountLink.select().count() == 1 and not Device.select().exists()
        assert not EmailLink.select().exists()
        guest.get("/home")
        assert guest.path == "/"
        guest.get("/")
        guest.fill_and_submit(phone=PHONE, consent="y")
        assert guest.path == "/code", "the number is a newcomer's"
        consent = Consent.get(Consent.user_id == anna.id)
        assert consent.withdrawn_at and consent.withdrawn_at < base.now() - timedelta(days=29)
        assert consent.ip == ""


def test_what_was_sent_goes_too_and_what_waits_is_delivered(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    withdraw(guest)
    neighbour = resident(OTHER_PHONE)
    with db.atomic():
        neighbour.notify("password_changed", sms=True)
        Message.update(due_at=None, sent_at=base.now()).execute()
    with db.atomic():
        anna.notify("password_changed", sms=False)
    assert Audit.select().where(Audit.actor == f"user:{anna.id}", Audit.ip != "").exists()
    departure.erase(anna)
    left = [m.template for m in Message.select().where(Message.to.in_([anna.phone, anna.email]))]
    assert left == ["password_changed"], "only what is yet to be delivered"
    assert told(OTHER_PHONE) == ["password_changed"], "nobody else's"
    staff = Message.select().where(Message.channel == "staff").order_by(Message.created_at)
    events = {message.template: message.data for message in staff}
    assert events["deletion_requested"] == {} and events["deleted"]
    assert not Audit.select().where(Audit.actor == f"user:{anna.id}", Audit.ip != "").exists()


def test_a_session_of_the_erased_is_nobodys(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    departure.erase(anna)
    guest.reload()
    assert guest.path == "/" and "Анна" not in guest.text
