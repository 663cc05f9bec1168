"""«У меня есть кабинет на другой номер»: the other cabinet is proved, shown, and merged into this one."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import AccountEvent, User
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import (
    DACHNAYA,
    LESNAYA,
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    receipt_of,
    resident,
    told,
)
from tests.home.profile import WRONG, to
from tests.home.two_cabinets import (
    BY_CODE,
    MERGE,
    OLD_PASSWORD,
    RECEIPT,
    REFUSED,
    REVIEW,
    long_gone,
    prove,
    settle,
)
from tests.journeys import to_login_password
from tests.placing import signed_in
from tests.receipts import paper
from tests.receipts.sending import FILLED, filled, send
from tests.visitor import Visitor, last_code


def test_a_lost_number_is_merged_by_its_password(visitor: Visitor, anew: User, before: User) -> None:
    signed_in(visitor, NEW_PHONE)
    settle()
    to(visitor, "merge")
    visitor.fill_and_submit(phone=PHONE, password="")
    assert visitor.error("password") and "Лесная" not in visitor.text
    visitor.fill_and_submit(phone=PHONE, password=WRONG)
    assert REFUSED in visitor.error("password") and visitor.value("phone") == PHONE
    visitor.fill_and_submit(phone=PHONE, password=OLD_PASSWORD)
    assert visitor.path == REVIEW and "Лесная" in visitor.text and "Садовая" not in visitor.text
    assert "+7 999 000-11-22" in visitor.text and "+7 916 123-45-67" in visitor.text
    visitor.fill_and_submit(current_password=WRONG)
    assert visitor.error("current_password") and User.select().count() == 2
    visitor.fill_and_submit(current_password=PASSWORD, email="y")
    assert visitor.path == "/home" and "Кабинеты объединены" in visitor.text
    assert "Лесная" in visitor.text and "Садовая" in visitor.text
    [user] = User.select()
    assert (user.id, user.phone, user.email) == (anew.id, NEW_PHONE, "old@example.org")
    assert told(PHONE) == told(NEW_PHONE) == told("staff") == ["cabinets_merged"]
    visitor.get("/home/profile/history")
    assert "К кабинету присоединён другой" in visitor.text


def test_a_number_in_hand_is_merged_by_a_code(visitor: Visitor, anew: User, before: User) -> None:
    signed_in(visitor, NEW_PHONE)
    visitor.get(MERGE)
    visitor.press(BY_CODE, phone=PHONE)
    assert visitor.path == "/code" and told(PHONE) == ["code"]
    assert visitor.one("a[href='/home/profile/merge']")
    visitor.fill_and_submit(code="000000" if last_code(PHONE) != "000000" else "000001")
    assert visitor.path == "/code" and visitor.error("code")
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == REVIEW
    visitor.fill_and_submit(current_password=PASSWORD, email=None)
    assert visitor.path == "/home" and User.get().email == ""


def test_who_is_here_may_be_shown_by_a_code_and_what_was_ticked_stays(guest: Visitor, anew: User) -> None:
    signed_in(guest, NEW_PHONE)
    prove(guest)
    assert guest.one("[name=email]").has_attr("checked")
    guest.press("button[name=confirm]", email=None)
    assert guest.path == "/code"
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    assert guest.path == REVIEW and not guest.one("[name=email]").has_attr("checked")
    assert not guest.page.select("[name=current_password]")
    guest.press(".button[type=submit], .button:not([name])")
    assert guest.path == "/home" and User.select().count() == 1


def test_five_minutes_later_it_is_asked_again_who_is_here(guest: Visitor, anew: User, before: User) -> None:
    signed_in(guest, NEW_PHONE)
    guest.get("/home/profile/email")
    guest.fill_and_submit(email="new@example.org", current_password=PASSWORD)
    prove(guest)
    assert not guest.page.select("[name=current_password]")
    with time_machine.travel(now() + timedelta(seconds=301), tick=False):
        guest.fill_and_submit("form[action$=review]")
        assert guest.path == REVIEW and User.select().count() == 2
        assert "Введите ваш нынешний пароль" in guest.error("current_password")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("which", ["wrong", "nobody", "blocked", "no password"])
def test_all_that_is_not_right_has_the_same_answer(
    guest: Visitor, anew: User, before: User, which: str
) -> None:
    resident(OTHER_PHONE, None if which == "no password" else PASSWORD, blocked_at=now())
    if which == "no password":
        with db.atomic():
            User.update(blocked_at=None).execute()
    signed_in(guest, NEW_PHONE)
    phone = {"wrong": PHONE, "nobody": "+79165550000"}.get(which, OTHER_PHONE)
    prove(guest, phone, PASSWORD)
    assert guest.path == MERGE and REFUSED in guest.error("password")
    guest.press(BY_CODE, phone=phone)
    assert guest.path == "/code" and told(phone) == ["code"], "whether there is a cabinet or not"


@pytest.mark.parametrize("phone", ["+79165550000", OTHER_PHONE])
def test_whoever_has_the_number_learns_that_there_is_nothing(guest: Visitor, anew: User, phone: str) -> None:
    resident(OTHER_PHONE, blocked_at=now())
    signed_in(guest, NEW_PHONE)
    guest.get(MERGE)
    guest.press(BY_CODE, phone=phone)
    guest.fill_and_submit(code=last_code(phone))
    assert guest.path == MERGE and "нет другого кабинета" in guest.text


def test_guesses_count_as_log_ins_of_that_number_do(app: Flask, guest: Visitor, anew: User) -> None:
    signed_in(guest, NEW_PHONE)
    for _ in range(5):
        prove(guest, password=WRONG, own_browser=False)
    prove(guest, own_browser=False)
    assert guest.status == 429 and "Слишком много попыток" in guest.error("password")
    stranger = Visitor(app, ip="203.0.113.9")
    to_login_password(stranger, PHONE)
    stranger.fill_and_submit(password=OLD_PASSWORD)
    assert stranger.status == 429, "and the other way round"
    kinds = [event.kind for event in AccountEvent.select().where(AccountEvent.phone == PHONE)]
    assert kinds.count("wrong-password") == 4 and "locked-out" in kinds
    guest.get("/home")
    assert guest.path == "/home"


def test_ones_own_number_is_no_other(guest: Visitor, anew: User) -> None:
    signed_in(guest, NEW_PHONE)
    prove(guest, NEW_PHONE, PASSWORD)
    assert guest.path == MERGE and "в котором вы сейчас" in guest.error("phone")
    guest.get(REVIEW)
    assert guest.path == MERGE, "nothing was proved"


def test_a_photo_of_that_receipt_may_be_as_large_as_any(visitor: Visitor, anew: User, before: User) -> None:
    long_gone(before)
    signed_in(visitor, NEW_PHONE)
    prove(visitor, own_browser=False)
    assert visitor.path == RECEIPT
    send(visitor, paper.photo() + bytes(300_000), f"{RECEIPT}/photo")
    assert visitor.path == RECEIPT and filled(visitor) == FILLED
    visitor.fill_and_submit()
    assert visitor.path == REVIEW


def test_a_cabinet_that_was_silent_for_long_is_proved_by_its_receipt(
    visitor: Visitor, anew: User, before: User
) -> None:
    """Its number may be another person's, who gets the codes, or may have guessed the password."""
    long_gone(before)
    signed_in(visitor, NEW_PHONE)
    visitor.get(MERGE)
    visitor.press(BY_CODE, phone=PHONE)
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == RECEIPT
    for secret in ("Лесная", "Прежняя", "old@example.org"):
        assert secret not in visitor.text
    visitor.get(REVIEW)
    assert visitor.path == MERGE and "Лесная" not in visitor.text, "the receipt is not passed by"
    prove(visitor, own_browser=False)
    assert visitor.path == RECEIPT and not visitor.page.select("form[action$=code]")
    visitor.fill_and_submit(**receipt_of(LESNAYA, amount="1,00"))
    assert "нет в системе" in visitor.text
    visitor.fill_and_submit(**receipt_of(DACHNAYA))
    assert visitor.path == RECEIPT and "В том кабинете этого лицевого счёта нет" in visitor.error("account")
    assert "Лесная" not in visitor.text and User.get_by_id(before.id).phone == PHONE
    visitor.fill_and_submit(**receipt_of(LESNAYA))
    assert visitor.path == REVIEW and "Лесная" in visitor.text
    visitor.fill_and_submit(current_password=PASSWORD)
    assert visitor.path == "/home" and User.select().count() == 1
    kinds = [event.kind for event in AccountEvent.select().order_by(AccountEvent.id)]
    assert [kind for kind in kinds if "rece" in kind or "cab" in kind] == [
        *["receipt-asked"] * 2,
        *("receipt-proved", "cabinet-proved"),
    ]
