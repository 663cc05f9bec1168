"""Phones proved by a contact in MAX, as they are kept: whose contact it is, and which code it brings."""

import hashlib
import hmac
from typing import Any

import pytest
from peewee import Database

from cabinet.models import AccountEvent, MaxContact, Message, OneTimeCode
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.max_contact import phone_in, shared, started
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.max.server import SET_UP
from tests.models.clock import MINUTE, after, moment

pytestmark = [
    pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"), code_resend_waits=()),
    pytest.mark.usefixtures("database"),
]
IP, ANNA, BORIS = "192.0.2.1", 501, 502


def code_for(phone: str = PHONE, purpose: str = "registration") -> OneTimeCode:
    """On its way by SMS; nothing else is."""
    code = OneTimeCode.send(purpose, phone, IP, "en")
    with db.atomic():
        Message.delete().execute()
        AccountEvent.delete().execute()
    return code


def begun(code: OneTimeCode, max_user: int | None = ANNA) -> MaxContact:
    """A contact that is waited for, from who started the bot."""
    contact = MaxContact.begin(code, "en")
    if max_user:
        assert started(payload_of(contact), max_user)
    return again(contact)


def again(contact: MaxContact) -> MaxContact:
    found = MaxContact.find(contact.id)
    assert found
    return found


def payload_of(contact: MaxContact) -> str:
    return contact.url.partition("?start=")[2]


def send(phone: str = PHONE, sender: int = ANNA, of: int = ANNA) -> bool:
    """A contact that MAX signed."""
    vcf = f"BEGIN:VCARD\r\nTEL;TYPE=cell:{phone[1:]}\r\nEND:VCARD"
    digest = hmac.new(SET_UP["max_bot_token"].encode(), vcf.encode(), hashlib.sha256).hexdigest()
    return shared(sender, of, vcf, digest)


def said() -> list[tuple[str, str, str, dict[str, Any]]]:
    rows = Message.select().where(Message.channel == "max").order_by(Message.created_at)
    return [(row.to, row.template, row.locale, row.data) for row in rows]


def test_who_starts_the_bot_by_the_link_is_asked_for_the_contact() -> None:
    with after():
        code = code_for()
        contact = begun(code, None)
    assert (contact.code_id, contact.locale, contact.expires_at) == (code.id, "en", moment(10 * MINUTE))
    other = begun(code_for(OTHER_PHONE), None)
    with after(5):
        assert started(payload_of(contact), ANNA)
        assert not started(payload_of(contact), BORIS), "the first one"
    assert again(contact).max_user == ANNA and again(other).max_user is None
    assert said() == [(PHONE, "max_contact", "en", {"max": ANNA})]
    assert Message.get().expires_at == moment(605)


@pytest.mark.parametrize("late", [False, True])
def test_a_link_that_is_made_up_or_old_asks_for_nothing(late: bool) -> None:
    with after():
        contact, other = begun(code_for(), None), begun(code_for(OTHER_PHONE), None)
    payload = payload_of(contact)
    with after(10 * MINUTE if late else 0):
        for forged in ("", "x", payload[:-1], contact.id + payload_of(other)[len(other.id) :]):
            assert not started(forged, ANNA)
        assert started(payload, ANNA) is not late
    assert again(other).max_user is None


def test_the_contact_brings_the_code_into_the_chat() -> None:
    with after():
        code, other = code_for(), code_for(OTHER_PHONE)
        begun(code)
        begun(other, BORIS)
    with after(10):
        assert not MaxContact.brought(code.id)
        assert send()
        assert not send(), "once"
    assert said()[2:] == [(PHONE, "code", "en", {"max": ANNA, "code": code.id, "purpose": "registration"})]
    message = Message.get(Message.template == "code")
    assert (
        OneTimeCode.get_by_id(code.id).message
        == message.id
        != OneTimeCode.get(OneTimeCode.phone == OTHER_PHONE).message
    )
    event = AccountEvent.get()
    assert (event.kind, event.phone, event.ip) == ("code-sent", PHONE, "")
    assert event.detail == {"purpose": "registration", "way": "max"}
    used = {one.max_user: one.used_at for one in MaxContact.select()}
    assert used == {ANNA: moment(10), BORIS: None}
    assert MaxContact.brought(code.id) and not MaxContact.brought("unknown")


def test_of_several_the_newest_that_is_still_good_is_meant() -> None:
    with after():
        begun(code_for(OTHER_PHONE))
    with after(MINUTE):
        begun(code_for(PHONE))
    with after(2 * MINUTE):
        assert send(PHONE)
        assert send(OTHER_PHONE), "then the one of before"
        begun(code_for(NEW_PHONE))
    with after(12 * MINUTE):
        assert not send(NEW_PHONE), "its time is over"


@pytest.mark.parametrize("of", [ANNA, BORIS])
def test_the_contact_of_another_or_to_nobody_brings_nothing(of: int) -> None:
    begun(code_for())
    assert not send(of=BORIS) and not send(sender=BORIS, of=of)
    assert [template for _to, template, *_ in said()] == ["max_contact"] and MaxContact.get().used_at is None


def test_another_number_comes_in_vain_and_a_code_that_is_over_too_late() -> None:
    code = code_for()
    begun(code)
    assert not send(OTHER_PHONE)
    assert said()[1:] == [(PHONE, "max_no_code", "en", {"max": ANNA, "late": False})]
    assert not MaxContact.select().exists()
    begun(code)
    OneTimeCode.void_all(PHONE)
    assert not send() and said()[-1][3] == {"max": ANNA, "late": True}
    assert not MaxContact.select().exists() and not AccountEvent.select().exists()


@pytest.mark.parametrize(
    ("purpose", "known", "may"),
    [
        *(("registration", False, True), ("registration", True, False)),
        *(("recovery", True, True), ("phone", False, False), ("merge", True, False)),
    ],
)
def test_a_contact_begins_a_cabinet_or_sets_a_password_and_no_more(
    purpose: str, known: bool, may: bool
) -> None:
    code = code_for(PHONE, purpose)
    if known:
        resident(PHONE)
    assert MaxContact.may_prove(code) is may
    begun(code)
    assert send() is may


def test_so_many_are_begun_for_a_code(database: Database) -> None:
    code, other = code_for(), code_for(OTHER_PHONE)
    with pytest.raises(TooManyError):
        for _ in range(100):
            MaxContact.begin(code, "ru")
    assert MaxContact.select().count() < 50 and MaxContact.begin(other, "ru")


@pytest.mark.parametrize(
    ("lines", "phone"),
    [
        *((["TEL:79161234567"], PHONE), (["TEL;TYPE=cell,voice:+7 (916) 123-45-67"], PHONE)),
        *(
            (["TEL:79161234567", "TEL:79990001122"], ""),
            ([], ""),
            (["TEL:1"], ""),
            (["XTEL:79161234567"], ""),
        ),
    ],
)
def test_a_contact_has_one_number(lines: list[str], phone: str) -> None:
    for end in ("\r\n", "\\r\\n"):
        assert phone_in(end.join(["BEGIN:VCARD", *lines, "END:VCARD"])) == phone
