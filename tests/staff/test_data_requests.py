"""What people ask about their data by letter: decided by an admin, it is done, and nothing is left."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.delivery import message_texts
from cabinet.models import (
    Audit,
    ConnectionRequest,
    Consent,
    DataRequest,
    Message,
    User,
    audit_chain,
    audit_check,
    base,
)
from cabinet.models.database import db
from cabinet.models.departure import cancel_deletion, request_deletion
from cabinet.models.own_data import data_of_phone, own_data
from cabinet.worker.purge import purge
from tests.cast import LESNAYA, NEW_PHONE, PHONE, bill, resident, told
from tests.models.everything import EMAIL, IP, left_of
from tests.placing import signed_in
from tests.staff.about_data import APPROVE, KEEP, approve, asked, stranger
from tests.staff.conftest import PASSWORD
from tests.visitor import Visitor

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an account and a consent."""
    bill()
    user = resident(PHONE, accounts=[LESNAYA])
    with db.atomic():
        Consent.give("consent", "1", "text", PHONE, "r", IP, "browser")
        Consent.update(user_id=user.id).execute()
    return user


@BOTH
def test_a_resident_s_withdrawal_is_as_their_own(admin_desk: Visitor, anna: User) -> None:
    request = asked(admin_desk, anna)
    assert User.get().delete_at is None and not told(PHONE), "nothing is done yet"
    assert "Что удалим" in admin_desk.text and "Что останется" in admin_desk.text
    approve(admin_desk, request, PHONE)
    assert "Данные будут удалены" in admin_desk.text
    user = User.get()
    assert user.delete_at is not None and Consent.get().withdrawn_at is not None
    assert told(anna.email) == told(PHONE) == told("staff") == ["deletion_requested"]
    assert Message.get(Message.channel == "staff").data["by"] == "staff"
    with time_machine.travel(base.now() + timedelta(days=31)):
        purge()
        assert not User.select().exists() and not DataRequest.select().exists()
    acts = [row.action for row in Audit.select().where(Audit.subject == anna.id).order_by(Audit.id)]
    assert [one for one in acts if not one.endswith("-seen")] == [
        "staff-data-request-recorded",
        "staff-deletion-requested",
        "deleted",
    ]


@BOTH
def test_of_somebody_without_a_cabinet_nothing_is_left(admin_desk: Visitor, app: Flask) -> None:
    stranger()
    marks = (NEW_PHONE, EMAIL, "Единственная", IP, "Неповторимая", "Только моё", "вх. № 17")
    request = asked(admin_desk)
    assert "человек без кабинета" in admin_desk.text
    assert set(left_of(marks)) >= {"connection_request", "registration", "message", "attempt", "data_request"}
    approve(admin_desk, request)
    assert told(NEW_PHONE)[-1] == "deletion_requested" and "deletion_requested" in told("staff")
    newest = Message.select().where(Message.to == NEW_PHONE).order_by(Message.created_at.desc()).first()
    text = message_texts.sms(newest)
    assert "ваши данные удалим" in text.lower() and "кабинет" not in text
    assert Consent.get().withdrawn_at is not None and ConnectionRequest.select().exists()
    with time_machine.travel(base.now() + timedelta(days=31)):
        purge()
        with db.atomic():
            Message.update(due_at=None, sent_at=base.now()).where(Message.due_at.is_null(False)).execute()
        purge()
        left = {
            table: [one for one in texts if "'date'" not in one] for table, texts in left_of(marks).items()
        }
        farewell = {f"data: {row.data}" for row in Message.select().where(Message.template == "deleted")}
        assert {t: set(texts) - farewell for t, texts in left.items() if set(texts) - farewell} == {
            "consent": {f"phone: {NEW_PHONE}"}
        }
        assert Consent.get().ip == ""
        audit_chain.seal()
        assert not audit_check.verify()[1], "the journal is whole"
        assert Audit.get(Audit.action == "person-deleted").subject == request.id


def test_second_thoughts(admin_desk: Visitor, anna: User) -> None:
    stranger()
    for user, phone in ((anna, PHONE), (None, NEW_PHONE)):
        approve(admin_desk, asked(admin_desk, user), phone)
        admin_desk.fill_and_submit(KEEP)
        assert "Удаление отменили, данные остаются" in admin_desk.text
    assert User.get().delete_at is None
    assert not Consent.select().where(Consent.withdrawn_at.is_null(False)).exists()
    with time_machine.travel(base.now() + timedelta(days=31)):
        purge()
        assert User.select().exists() and ConnectionRequest.select().exists()


def test_the_resident_may_stay_by_themselves(app: Flask, admin_desk: Visitor, anna: User) -> None:
    request = asked(admin_desk, anna)
    approve(admin_desk, request, PHONE)
    own = Visitor(app)
    signed_in(own)
    own.fill_and_submit("form[action='/home/profile/stay']")
    admin_desk.get(f"/staff/data-request/{request.id}")
    assert "Житель передумал" in admin_desk.text
    own.get("/home/profile/history")
    assert "Компания записала запрос о данных" in own.text


def test_who_came_back_meanwhile_is_not_deleted(admin_desk: Visitor, app: Flask) -> None:
    stranger()
    request = asked(admin_desk)
    approve(admin_desk, request)
    user = resident(NEW_PHONE)
    with time_machine.travel(base.now() + timedelta(days=31)):
        purge()
        again = DataRequest.get()
        assert (again.outcome, again.user_id) == ("", None) and User.get() == user
        assert not own_data(user)["data_requests"], "staff's words are about whoever had the phone before"
        assert ConnectionRequest.select().exists()


@BOTH
def test_a_cabinet_made_since_is_none_of_the_request_s(admin_desk: Visitor, app: Flask) -> None:
    stranger()
    request = asked(admin_desk)
    token = admin_desk.csrf_token
    user = resident(NEW_PHONE)
    admin_desk.get(f"/staff/data-request/{request.id}")
    assert "сделали кабинет" in admin_desk.text and not admin_desk.page.select(APPROVE)
    assert admin_desk.page.select(f"a[href='/staff/resident/{user.id}']")
    assert "Что удалим" not in admin_desk.text
    typed = {"csrf_token": token, "last_four": NEW_PHONE[-4:], "proof": PASSWORD, "whose": request.id}
    admin_desk.post(f"/staff/data-request/{request.id}/approve", typed)
    assert "этот запрос его не касается" in admin_desk.text
    assert DataRequest.get().outcome == "" and User.get().delete_at is None


@BOTH
def test_keeping_touches_no_cabinet_made_since(admin_desk: Visitor, app: Flask) -> None:
    stranger()
    approve(admin_desk, asked(admin_desk))
    request_deletion(resident(NEW_PHONE), IP)
    admin_desk.get(f"/staff/data-request/{DataRequest.get().id}")
    admin_desk.fill_and_submit(KEEP)
    assert DataRequest.get().outcome == "kept" and User.get().delete_at is not None
    assert not Consent.select().where(Consent.withdrawn_at.is_null(False)).exists()


@BOTH
def test_a_resident_s_own_deletion_is_theirs_to_cancel(admin_desk: Visitor, anna: User) -> None:
    told_only = asked(admin_desk, anna, kind="tell")
    page = f"/staff/data-request/{told_only.id}"
    request = asked(admin_desk, anna)
    request_deletion(anna, IP)
    before = User.get().delete_at
    admin_desk.post(f"{page}/keep", {"csrf_token": admin_desk.csrf_token})
    assert "Отменять нечего" in admin_desk.text
    approve(admin_desk, request, PHONE)
    assert "не по этому запросу" in admin_desk.text and not admin_desk.page.select(KEEP)
    admin_desk.post(f"/staff/data-request/{request.id}/keep", {"csrf_token": admin_desk.csrf_token})
    assert User.get().delete_at == before and Consent.get().withdrawn_at is not None
    assert {row.outcome for row in DataRequest.select()} == {"", "approved"}


@BOTH
def test_a_deletion_asked_for_after_second_thoughts_is_the_resident_s(
    admin_desk: Visitor, anna: User
) -> None:
    request = asked(admin_desk, anna)
    approve(admin_desk, request, PHONE)
    user = User.get()
    assert cancel_deletion(user, IP)
    request_deletion(user, IP)
    admin_desk.post(f"/staff/data-request/{request.id}/keep", {"csrf_token": admin_desk.csrf_token})
    assert "Отменять нечего" in admin_desk.text and User.get().delete_at == user.delete_at


def test_a_number_that_passed_on_takes_no_request_along(admin_desk: Visitor, anna: User) -> None:
    with db.atomic():
        User.update(phone="~former").where(User.id == anna.id).execute()
        days = {"came_on": base.now().date(), "until": base.now().date()}
        texts = {"kind": "withdraw", "way": "post", "words": "1", "recorded_by": "s"}
        hers = DataRequest.create(user=anna, phone=NEW_PHONE, **texts, **days)
    request = asked(admin_desk)
    assert request.id != hers.id and request.user_id is None
    approve(admin_desk, request)
    with time_machine.travel(base.now() + timedelta(days=31)):
        purge()
        assert [one.id for one in DataRequest.select()] == [hers.id]


@BOTH
def test_the_print_out_tells_nothing_of_a_cabinet_made_since(desk: Visitor, app: Flask) -> None:
    stranger()
    request = asked(desk, kind="tell")
    resident(NEW_PHONE)
    with db.atomic():
        Message.enqueue("sms", "phone_changed", to=NEW_PHONE, data={"name": "Борисовна"})
        Consent.give("consent", "2", "newer", NEW_PHONE, "r2", IP, "browser")
    data = data_of_phone(NEW_PHONE)
    assert "over" in str(data["messages"]) and "Борисовна" not in str(data)
    assert [one["version"] for one in data["consents"]] == ["1"]
    desk.get(f"/staff/data-request/{request.id}/data")
    assert "Единственная" in desk.text


@BOTH
def test_who_asks_to_be_told_loses_nothing(admin_desk: Visitor, anna: User) -> None:
    request = asked(admin_desk, anna, kind="tell")
    typed = {"csrf_token": admin_desk.csrf_token, "last_four": PHONE[-4:], "proof": PASSWORD}
    admin_desk.post(f"/staff/data-request/{request.id}/approve", {**typed, "whose": request.id})
    assert "не просят удалить" in admin_desk.text
    assert User.get().delete_at is None and DataRequest.get().outcome == ""
