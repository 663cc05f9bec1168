"""What residents change about themselves: who is told, what it ends, what it leaves."""

from datetime import timedelta

import peewee
import pytest

from cabinet.models import (
    AccountEvent,
    Audit,
    Device,
    EmailLink,
    Message,
    OneTimeCode,
    Registration,
    User,
    WayBack,
    WebSession,
    profile,
)
from cabinet.models.attempt import TooManyError
from cabinet.models.code import Verdict
from cabinet.models.database import db
from cabinet.models.passed_number import no_number
from cabinet.models.phone_proof import by_contact_alone
from cabinet.models.user import CredentialsChangedError
from tests.cast import OTHER_PHONE, PASSWORD, PHONE, hashed, resident, told
from tests.models.clock import after, moment

IP = "192.0.2.1"
NEW = "+79990001122"


class Traces:
    """A resident with two sessions, two browsers, a code and a link, and somebody else with one of each."""

    def __init__(self) -> None:
        self.anna, self.boris = resident(), resident(OTHER_PHONE)
        for key, user in (("here", self.anna), ("there", self.anna), ("his", self.boris)):
            WebSession.store(key, {}, user.id, IP, "")
        for token, user in (("h" * 43, self.anna), ("t" * 43, self.anna), ("b" * 43, self.boris)):
            Device.remember(token, user, "")
        self.codes = [OneTimeCode.send("phone", phone, IP, "ru") for phone in (PHONE, OTHER_PHONE)]
        for user in (self.anna, self.boris):
            EmailLink.send(user)
        with db.atomic():
            Message.delete().execute()

    def sessions(self) -> list[str]:
        return [row.key for row in WebSession.select().order_by(WebSession.key)]

    def browsers(self) -> str:
        """The first letters of the tokens that are known still."""
        tokens = {"h" * 43: self.anna, "t" * 43: self.anna, "b" * 43: self.boris}
        return "".join(token[0] for token, user in tokens.items() if Device.knows(token, user))

    def codes_work(self) -> list[bool]:
        return [OneTimeCode.get_by_id(code.id).live for code in self.codes]

    def links(self) -> list[str]:
        return [link.user_id for link in EmailLink.select()]


@pytest.fixture
def traces(database: peewee.Database) -> Traces:
    return Traces()


def recorded(user: User) -> list[str]:
    """What the audit says that the resident did to the cabinet, from IP."""
    own = (Audit.actor == f"user:{user.id}", Audit.subject == user.id, Audit.ip == IP)
    return [row.action for row in Audit.select().where(*own)]


def test_a_new_name_is_told_to_the_staff_with_the_old_one(database: peewee.Database) -> None:
    anna = resident()
    profile.rename(anna, "Ёлкина", "Аня", "Петровна", IP)
    row, message = User.get(), Message.get()
    assert (row.last_name, row.first_name, row.middle_name) == ("Ёлкина", "Аня", "Петровна")
    assert b"\xd0\xb5\xd0\xbb\xd0\xba\xd0\xb8\xd0\xbd\xd0\xb0" in bytes(row.search_name)
    assert (message.channel, message.template) == ("staff", "profile_changed")
    assert (message.data["what"], message.data["before"]) == ("name", "Иванова Анна")
    assert message.data["name"] == "Ёлкина Аня Петровна" and recorded(anna) == ["renamed"]
    assert "by" not in message.data, "the resident did it"


def test_a_new_address_is_to_be_confirmed_and_the_old_one_is_told(traces: Traces) -> None:
    anna, old = traces.anna, traces.anna.email
    profile.change_email(anna, "new@example.org", IP)
    row = User.get_by_id(anna.id)
    assert (row.email, row.email_confirmed_at) == (anna.email, anna.email_confirmed_at)
    assert (row.email, row.email_confirmed_at) == ("new@example.org", None)
    assert told(old) == ["email_changed"] and told("new@example.org") == ["confirm_email"]
    staff = Message.get(Message.channel == "staff")
    assert (staff.template, staff.data["what"], staff.data["before"]) == ("profile_changed", "email", old)
    assert staff.data["email"] == "new@example.org" and recorded(anna) == ["email-changed"]
    assert User.get_by_id(traces.boris.id).email_confirmed_at and told(PHONE) == []


def test_a_first_address_replaces_none(database: peewee.Database) -> None:
    anna = resident(email="", email_confirmed_at=None)
    profile.change_email(anna, "new@example.org", IP)
    assert told("new@example.org") == ["confirm_email"] and told(PHONE) == []


def test_the_address_it_is_already_gets_the_letter_again(database: peewee.Database) -> None:
    anna = resident(email_confirmed_at=None)
    profile.change_email(anna, anna.email, IP)
    assert told(anna.email) == ["confirm_email"] and told("staff") == [] == recorded(anna)


def test_an_address_changed_too_often_stays(database: peewee.Database) -> None:
    anna = resident()
    for number in range(3):
        profile.change_email(anna, f"{number}@example.org", IP)
    with pytest.raises(TooManyError):
        profile.change_email(anna, "3@example.org", IP)
    assert User.get().email == "2@example.org" == anna.email
    assert told("2@example.org") == ["confirm_email"]


def test_a_new_phone_ends_what_the_old_one_proved(traces: Traces) -> None:
    anna = traces.anna
    profile.change_phone(anna, NEW, IP, keep_session="here")
    assert anna.phone == User.get_by_id(anna.id).phone == NEW
    assert User.get_by_id(traces.boris.id).phone == OTHER_PHONE
    assert traces.sessions() == ["here", "his"]
    assert traces.codes_work() == [False, True] and traces.links() == [traces.boris.id]
    assert told(PHONE) == ["phone_changed"] == told(anna.email) and told(NEW) == []
    staff = Message.get(Message.channel == "staff")
    assert (staff.template, staff.data["what"], staff.data["before"]) == ("profile_changed", "phone", PHONE)
    assert staff.data["phone"] == NEW and recorded(anna) == ["phone-changed"]
    [until] = {row.data["until"] for row in Message.select().where(Message.template == "phone_changed")}
    assert until == (WayBack.get().at + timedelta(days=14)).date().isoformat()


def test_a_first_number_after_none_opens_no_way_back(traces: Traces) -> None:
    none = no_number()
    with db.atomic():
        User.update(phone=none).where(User.id == traces.anna.id).execute()
    profile.change_phone(User.get_by_id(traces.anna.id), NEW, IP, keep_session="here")
    assert not WayBack.select().exists() and told(NEW) == [] == told(none)
    assert Message.get(Message.channel == "staff").data["before"] == ""
    assert "until" not in Message.get(Message.template == "phone_changed").data


def test_what_was_begun_under_another_password_changes_nothing(traces: Traces) -> None:
    late, names = User.get_by_id(traces.anna.id), ("Ёлкина", "Аня", "")
    traces.anna.end_sessions()
    for act in (
        lambda: profile.rename(late, *names, IP),
        lambda: profile.correct_name(late, names, late.full_name, "staff:olga", IP),
        lambda: profile.change_email(late, "new@example.org", IP),
        lambda: profile.set_password(late, "new", IP),
    ):
        with pytest.raises(CredentialsChangedError):
            act()
    row = User.get_by_id(late.id)
    assert (row.full_name, row.email, row.password_hash) == (late.full_name, late.email, hashed(PASSWORD))


def test_the_phone_it_is_already_changes_nothing(traces: Traces) -> None:
    profile.change_phone(traces.anna, PHONE, IP, keep_session="here")
    assert traces.sessions() == ["here", "his", "there"] and traces.codes_work() == [True, True]
    assert not Message.select().exists() and recorded(traces.anna) == []


def test_a_press_of_before_the_change_changes_nothing(traces: Traces) -> None:
    late = User.get_by_id(traces.anna.id)
    profile.change_phone(traces.anna, NEW, IP, keep_session="here")
    with pytest.raises(CredentialsChangedError):
        profile.change_phone(late, "+79990003344", IP, keep_session="here")
    assert User.get_by_id(late.id).phone == NEW and recorded(late) == ["phone-changed"]


def test_the_phone_of_another_cannot_be_had(traces: Traces) -> None:
    with pytest.raises(peewee.IntegrityError):
        profile.change_phone(traces.anna, OTHER_PHONE, IP, keep_session="here")
    assert traces.anna.phone == PHONE and traces.sessions() == ["here", "his", "there"]
    assert not Message.select().exists()


def test_a_new_password_ends_all_but_this_browser(traces: Traces) -> None:
    anna = traces.anna
    profile.set_password(anna, "new", IP, keep_session="here", keep_device="h" * 43)
    assert User.get_by_id(anna.id).password_hash == "new"
    assert User.get_by_id(traces.boris.id).password_hash == hashed(PASSWORD)
    assert traces.sessions() == ["here", "his"] and traces.browsers() == "hb"
    assert traces.codes_work() == [False, True] and traces.links() == [traces.boris.id]
    assert told(PHONE) == told(anna.email) == ["password_changed"] and told(traces.boris.email) == []
    assert recorded(anna) == ["password-changed"]


def test_from_nowhere_it_ends_everything(traces: Traces) -> None:
    profile.set_password(traces.anna, "new", IP)
    assert traces.sessions() == ["his"] and traces.browsers() == "b"


def test_recovery_uses_the_code_up(traces: Traces) -> None:
    anna, code = traces.anna, traces.codes[0]
    assert code.verify(code.digits) is Verdict.RIGHT
    assert profile.recover(anna, code, "new", IP, keep_device="h" * 43)
    assert User.get_by_id(anna.id).password_hash == "new"
    assert traces.sessions() == ["his"] and traces.browsers() == "hb"
    assert told(PHONE) == ["password_changed"] and recorded(anna) == ["password-changed"]
    event = AccountEvent.get(AccountEvent.kind == "recovered")
    assert (event.phone, event.ip, event.user_id) == (PHONE, IP, anna.id)
    assert not profile.recover(anna, code, "newer", IP)
    assert User.get_by_id(anna.id).password_hash == "new"
    assert traces.codes_work() == [False, True]


def test_recovery_is_voided_when_it_was(traces: Traces) -> None:
    with after():
        profile.recover(traces.anna, traces.codes[0], "new", IP)
    assert OneTimeCode.get_by_id(traces.codes[0].id).voided_at == moment(0)
    assert OneTimeCode.get_by_id(traces.codes[1].id).voided_at is None


def test_a_code_to_a_number_counts_for_more_than_the_contact_that_it_began_with(
    database: peewee.Database,
) -> None:
    anna = resident()
    with db.atomic():
        Registration.create(phone=PHONE, user=anna, proved_by="max", completed_at=moment(0))
    profile.change_phone(anna, NEW, IP, "")
    assert by_contact_alone(anna.id, PHONE)
    profile.change_phone(User.get_by_id(anna.id), PHONE, IP, "")
    assert not by_contact_alone(anna.id, PHONE)
