"""An invitation by telephone is over with the right that it was made under, whatever was begun by it."""

from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import (
    Account,
    AccountLink,
    Audit,
    Invitation,
    Registration,
    Staff,
    User,
    linking,
)
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.staff.journal_words import action_of
from tests.cast import ADDRESSES, DACHNAYA, LESNAYA, PASSWORD, receipt_of, resident
from tests.journeys import to_account
from tests.placing import at_desk
from tests.staff.inviting import LIST, invite, invited, proved, state, to_password, withdraw
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("billed")


def test_a_withdrawn_invitation_answers_for_nothing(desk: Visitor, clerk: Staff, caller: Visitor) -> None:
    withdraw(desk, invited(desk))
    assert "Приглашение отозвано" in desk.text and state(desk) == "Отозвано"
    to_account(caller)
    assert Audit.select().where(Audit.action == "staff-invitation-withdrawn").count() == 1
    assert "отозвал" in _journal_of(clerk)
    invite(desk)
    assert "Приглашение отправлено." in desk.text, "and another may follow"


def _journal_of(clerk: Staff) -> str:
    return " ".join(str(action_of(row).text) for row in Audit.select().where(Audit.actor == clerk.actor))


def test_withdrawn_in_the_middle_it_takes_its_answer_along(desk: Visitor, caller: Visitor) -> None:
    row = invited(desk)
    to_password(caller)
    assert state(desk) == "Начата регистрация"
    withdraw(desk, row)
    caller.fill_and_submit(password=PASSWORD)
    assert caller.path == "/register/account" and "Приглашение больше не действует" in caller.text
    assert not User.select().exists()
    caller.fill_and_submit(**receipt_of(LESNAYA))
    assert caller.path == "/register/address", "the receipt itself is as good"


def test_withdrawn_while_the_password_is_kept_it_makes_no_cabinet(
    desk: Visitor, caller: Visitor, clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = invited(desk)
    to_password(caller)
    monkeypatch.setattr(Registration, "keeps_invitation", lambda self: True)
    withdraw(desk, row)
    caller.fill_and_submit(password=PASSWORD)
    assert not User.select().exists() and not AccountLink.select().exists()


def test_no_is_an_end_of_it(desk: Visitor, caller: Visitor) -> None:
    invited(desk)
    proved(caller)
    assert ADDRESSES[LESNAYA] in caller.text
    caller.fill_and_submit(answer="no")
    assert caller.path == "/register/account"
    assert (caller.value("account"), caller.value("amount")) == ("", ""), "it may be a stranger's"
    caller.fill_and_submit(**receipt_of(DACHNAYA))
    caller.fill_and_submit(answer="yes")
    assert caller.path == "/register/profile" and caller.value("last_name") == ""
    assert state(desk) == "Житель ответил: адрес не его"


def test_its_time_passes(desk: Visitor, caller: Visitor) -> None:
    row = invited(desk)
    assert row.until - row.created_at == timedelta(seconds=settings().invitation_lifetime)
    with db.atomic():
        Invitation.update(until=row.created_at).execute()
    to_account(caller)
    assert state(desk) == "Срок вышел"
    withdraw_page = desk.get(f"/staff/registrations/invitation/{row.id}")
    assert not withdraw_page.select("form[action$='/withdraw']")


def test_it_ends_with_the_rights_of_who_invited(
    desk: Visitor, clerk: Staff, admin_desk: Visitor, caller: Visitor
) -> None:
    row = invited(desk)
    clerk.block(True)
    clerk.block(False)
    to_account(caller)
    assert "с тех пор другие права" in state(admin_desk) and not row.live


def test_it_ends_when_the_account_comes_into_another_cabinet(desk: Visitor, caller: Visitor) -> None:
    invited(desk)
    linking.link(resident("+79037654321"), Account.get_by_id(LESNAYA), "")
    to_account(caller)
    assert state(desk).startswith("Не понадобилось")


def test_who_proves_another_receipt_needs_it_no_more(desk: Visitor, caller: Visitor) -> None:
    invited(desk)
    proved(caller)
    caller.get("/register/account")
    caller.fill_and_submit(**receipt_of(DACHNAYA))
    caller.fill_and_submit(answer="yes")
    caller.fill_and_submit(birth_date="01.02.1940", email="anna@example.org")
    caller.fill_and_submit(password=PASSWORD)
    assert caller.path == "/home" and not linking.holds(User.get(), LESNAYA)
    assert state(desk).startswith("Не понадобилось")


def test_a_colleague_takes_it_back(app: Flask, desk: Visitor, admin: Staff) -> None:
    row = invited(desk)
    withdraw(at_desk(Visitor(app, htmx=desk.htmx), admin), row)
    assert Invitation.get().ended_by == admin.id
    withdraw_again = desk.post(
        f"/staff/registrations/invitation/{row.id}/withdraw", {"csrf_token": _token(desk)}
    )
    assert "Отзывать нечего" in withdraw_again.get_text()


def _token(desk: Visitor) -> str:
    desk.get(LIST)
    return desk.csrf_token
