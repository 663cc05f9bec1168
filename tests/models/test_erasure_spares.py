"""An erasure takes what is the resident's, also by the numbers of before, and leaves others as they are."""

from typing import Any

from peewee import Database

from cabinet.models import Consent, InboxItem, Message, PassedNumber, User, departure
from cabinet.models.database import db
from cabinet.models.erasure import cleared, forget_erased
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import DAY, after, moment

EMAIL = "anna-erased@example.org"
BROWSER = ("203.0.113.7", "Browser")


def consent(registration: str, phone: str, **changes: Any) -> None:
    with db.atomic():
        Consent.give("consent", "1", "text", phone, registration, *BROWSER)
        Consent.update(registration=registration, **changes).where(
            Consent.registration == registration
        ).execute()


def test_a_consent_before_a_cabinet_is_withdrawn_once_and_keeps_no_browser(database: Database) -> None:
    with after():
        anna = resident(PHONE)
        consent("given", PHONE)
        consent("withdrawn", PHONE, withdrawn_at=moment(-DAY))
        consent("another's", OTHER_PHONE)
        departure.erase(anna)
    left = {one.registration: (one.withdrawn_at, one.ip, one.user_agent) for one in Consent.select()}
    assert left == {
        "given": (moment(0), "", ""),
        "withdrawn": (moment(-DAY), "", ""),
        "another's": (None, *BROWSER),
    }


def test_a_number_that_a_consent_alone_tells_of_is_theirs(database: Database) -> None:
    anna, boris = resident(PHONE), resident(OTHER_PHONE)
    with db.atomic():
        kept = [Message.enqueue("sms", "over", to=to).id for to in (NEW_PHONE, "+79160000009")]
        Message.update(due_at=None).execute()
    consent("hers", NEW_PHONE, user_id=anna.id)
    consent("his", "+79160000009", user_id=boris.id)
    departure.erase(anna)
    assert [row.id for row in Message.select().where(Message.template == "over")] == kept[1:]


def test_what_waits_to_be_sent_to_them_is_empty_once_it_went(database: Database) -> None:
    anna = resident(PHONE, email=EMAIL)
    with db.atomic():
        waits = [Message.enqueue("sms", "over", to=to, data={"name": "x"}) for to in (PHONE, OTHER_PHONE)]
    departure.erase(anna, cleared(anna))
    sent = []
    while held := Message.claim_next("sms"):
        assert held.data == {"name": "x"} and held.mark_sent()
        sent.append(held.id)
    assert sorted(sent) == sorted(one.id for one in waits)
    assert [Message.get_by_id(one.id).data for one in waits] == [{}, {"name": "x"}]
    forget_erased()
    assert [row.id for row in Message.select().where(Message.template == "over")] == [waits[1].id]


def test_messages_about_others_stay_as_they_are(database: Database) -> None:
    anna = resident(PHONE, email=EMAIL)
    with db.atomic():
        for channel, to in (("staff", ""), ("mail", "boris@example.org")):
            for due_at in (None, moment(0)):
                made = Message.enqueue(channel, "over", to=to, data={"name": "Борис"})
                Message.update(due_at=due_at, error="no").where(Message.id == made.id).execute()
        Message.enqueue("staff", "over", data={"user": anna.id})
    departure.erase(anna, cleared(anna))
    forget_erased()
    others = Message.select().where(Message.error == "no")
    assert [(row.data, row.blank_after, row.erased_at) for row in others] == [
        ({"name": "Борис"}, False, None)
    ] * 4


def test_a_number_that_they_took_over_is_no_more_said_to_be_theirs(database: Database) -> None:
    anna, boris, vera = resident(PHONE), resident(OTHER_PHONE), resident(NEW_PHONE)
    with db.atomic():
        for taker in (anna, vera):
            PassedNumber.create(phone=taker.phone, user=boris, taken_by=taker.id)
    departure.erase(anna)
    assert [one.taken_by for one in PassedNumber.select()] == [vera.id]
    assert User.select().count() == 2


def test_what_the_demonstration_sent_to_them_goes_by_number_and_by_address(database: Database) -> None:
    anna = resident(PHONE, email=EMAIL)
    with db.atomic():
        for to, text in (
            (PHONE, "x"),
            (EMAIL, "x"),
            ("staff@example.org", f"пишет {EMAIL}"),
            ("staff@example.org", "пишет boris@example.org"),
        ):
            InboxItem.create(kind="mail", to=to, text=text)
    departure.erase(anna)
    assert [one.text for one in InboxItem.select()] == ["пишет boris@example.org"]
