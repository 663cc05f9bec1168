"""Residents: how they are found, told, blocked."""

import pytest
from peewee import Database

from cabinet.models import Audit, Message, User, WebSession, mailbox, profile
from cabinet.models.database import db
from cabinet.models.user import CredentialsChangedError, search_key
from tests.cast import OTHER_PHONE, PHONE, resident
from tests.models.clock import after, moment


def test_a_resident_is_found_by_the_phone_alone(database: Database) -> None:
    anna = resident()
    assert User.by_phone(PHONE) == anna and User.by_phone(OTHER_PHONE) is None
    assert anna.initials == "АИ"


def test_names_are_searched_for_without_regard_to_case_spaces_and_yo(database: Database) -> None:
    assert search_key("  Ёлкина-Ли   АННА ") == "елкина-ли анна".encode()


@pytest.mark.parametrize("name", ["last_name", "first_name", "middle_name"])
def test_a_changed_name_is_found_at_once(database: Database, name: str) -> None:
    anna = resident()
    setattr(anna, name, "Ёжикова")
    with db.atomic():
        anna.save(only=[getattr(User, name)])
    assert b"\xd0\xb5\xd0\xb6\xd0\xb8\xd0\xba\xd0\xbe\xd0\xb2\xd0\xb0" in bytes(User.get().search_name)
    assert getattr(User.get(), name) == "Ёжикова"


def test_what_has_nothing_to_do_with_the_name_leaves_it(database: Database) -> None:
    anna = resident()
    before = bytes(User.get().search_name)
    anna.last_name, anna.email = "Другая", "new@example.org"
    with db.atomic():
        assert anna.save(only=[User.email]) == 1
    row = User.get()
    assert (row.last_name, row.email, bytes(row.search_name)) == ("Иванова", "new@example.org", before)


def test_the_language_is_remembered(database: Database) -> None:
    anna = resident()
    anna.set_locale("ru")
    anna.set_locale("en")
    assert anna.locale == User.get().locale == "en"


def test_a_password_under_a_higher_cost_is_of_one_resident(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    anna.rehash("new")
    assert User.get_by_id(anna.id).password_hash == "new"
    assert User.get_by_id(boris.id).password_hash != "new"


def test_who_is_blocked_is_out_at_once_and_may_be_let_in_again(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    with after():
        WebSession.store("hers", {}, anna.id, "", "")
        WebSession.store("his", {}, boris.id, "", "")
        before = anna.stamp
        assert anna.block(True, "staff:1", "192.0.2.1")
        assert User.get_by_id(anna.id).blocked_at == moment(0) and not anna.is_active
        assert User.get_by_id(anna.id).stamp == anna.stamp != before
        assert not anna.block(True, "staff:2", ""), "it was done before"
        his = User.get_by_id(boris.id)
        assert his.is_active and his.stamp == boris.stamp
        assert [row.key for row in WebSession.select()] == ["his"]
        WebSession.store("hers", {}, anna.id, "", "")
        anna.block(False, "staff:1", "192.0.2.1")
    assert User.get_by_id(anna.id).blocked_at is None
    assert WebSession.select().count() == 2, "letting in ends nothing"
    rows = [(a.action, a.actor, a.subject, a.ip, a.detail) for a in Audit.select().order_by(Audit.id)]
    assert rows == [
        ("user-blocked", "staff:1", anna.id, "192.0.2.1", {}),
        ("user-unblocked", "staff:1", anna.id, "192.0.2.1", {}),
    ]
    assert not Message.select().exists(), "nobody said why"


@pytest.mark.parametrize(("reason", "channels"), [("number", ["mail"]), ("rules", ["mail", "sms"])])
def test_why_somebody_is_blocked_is_told_and_kept(
    database: Database, reason: str, channels: list[str]
) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    with after():
        boris.block(True, "staff:1", "", "asked")
    with after(1), db.atomic():
        anna.block(True, "staff:1", "", reason)
        Audit.record("resident-seen", "staff:1", anna.id)
    hers = list(Message.select().where(Message.to.in_((anna.email, PHONE))).order_by(Message.channel))
    assert [(m.channel, m.template, m.data["reason"]) for m in hers] == [
        (channel, "access_closed", reason) for channel in channels
    ]
    assert (anna.blocked_for, boris.blocked_for) == (reason, "asked")
    with after(1):
        anna.block(False, "staff:1", "")
        assert anna.blocked_for == ""
        anna.block(True, "staff:1", "")
    assert anna.blocked_for == "", "not what was said before"


def test_who_came_by_other_credentials_than_the_present_ones_goes_no_further(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    before = boris.seen_at
    with after(), db.atomic():
        anna.hold()
        anna.arrive()
    assert User.get_by_id(anna.id).seen_at == anna.seen_at == moment(0)
    assert User.get_by_id(boris.id).seen_at == before
    WebSession.store("this", {}, anna.id, "", "")
    WebSession.store("other", {}, anna.id, "", "")
    assert User.get_by_id(anna.id).end_sessions(but="this") == 1 and WebSession.get().key == "this"
    for check in (anna.hold, anna.arrive):
        with pytest.raises(CredentialsChangedError), db.atomic():
            check()
    with db.atomic():
        boris.hold()
        User.delete().where(User.id == boris.id).execute()
    with pytest.raises(CredentialsChangedError):
        boris.block(True, "staff:1", "")


def test_a_password_is_filed_under_what_names_the_resident(database: Database) -> None:
    assert resident().account_name == PHONE
    assert resident("none", email="a@example.org").account_name == "a@example.org"
    assert resident("nobody", email="").account_name == "Иванова Анна"


@pytest.mark.parametrize(
    ("email", "sms", "channels"),
    [
        ("a@example.org", False, ["mail"]),
        ("a@example.org", True, ["mail", "sms"]),
        ("", False, ["sms"]),
        ("", True, ["sms"]),
    ],
)
def test_a_notice_goes_by_mail_where_it_can_and_by_sms_where_it_must(
    database: Database, email: str, sms: bool, channels: list[str]
) -> None:
    anna = resident(email=email, locale="en")
    with db.atomic():
        anna.notify("password_changed", sms=sms, date="today")
    rows = list(Message.select().order_by(Message.channel))
    assert [m.channel for m in rows] == channels
    for m in rows:
        assert (m.template, m.data, m.locale) == ("password_changed", {"name": "Анна", "date": "today"}, "en")
        assert m.to == {"mail": email, "sms": PHONE}[m.channel]


@pytest.mark.parametrize("email", ["", "full@example.org"])
def test_who_has_the_number_by_now_is_told_nothing_where_no_mail_can_go(
    database: Database, email: str
) -> None:
    anna = resident(email=email, email_confirmed_at=None)
    with db.atomic():
        while email and mailbox.may_write(email):
            pass
    assert anna.block(True, "staff:1", "", "number")
    assert not Message.select().exists() and not User.get().is_active


def test_an_address_that_nobody_proved_gets_nothing_that_was_typed(database: Database) -> None:
    anna = resident(email_confirmed_at=None)
    with db.atomic():
        assert anna.notify_by_mail("passkey_added", passkey="Купите у нас", at="today")
    assert Message.get().data == {"name": "", "passkey": "", "at": "today"}


def test_staff_are_told_of_whom_and_when(database: Database) -> None:
    anna = resident()
    with after(), db.atomic():
        anna.notify_staff("profile_changed", what="name")
    message = Message.get()
    assert (message.channel, message.template) == ("staff", "profile_changed")
    assert message.data == {
        "user": anna.id,
        "phone": PHONE,
        "name": "Иванова Анна",
        "email": anna.email,
        "what": "name",
        "at": moment(0).isoformat(),
    }
    with db.atomic():
        resident("none").notify_staff("left")
    assert Message.get(Message.template == "left").data["phone"] == "", "the number is not theirs any more"


def test_an_old_copy_of_a_resident_overwrites_nothing(database: Database) -> None:
    old = resident()
    with db.atomic():
        User.update(email="new@example.org").execute()
    old.set_locale("en")
    old.block(True, "staff:1", "")
    profile.rename(old, "Ёлкина", "Анна", "", "")
    assert (User.get().email, User.get().locale, User.get().last_name) == ("new@example.org", "en", "Ёлкина")
