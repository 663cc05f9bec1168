"""Links to MAX as they are kept: whose they are, and what ends with which of them."""

from datetime import datetime, timedelta

import pytest
from peewee import Database

from cabinet.models import AccountEvent, MaxLink, MaxStart, Message, OneTimeCode, User, max_link, max_payload
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.max_contact import is_signed
from cabinet.models.max_link import started
from cabinet.models.other_way import send_otherwise
from cabinet.models.passed_number import no_number
from cabinet.models.request import MAX_PATIENCE
from cabinet.models.user import CredentialsChangedError
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident, told
from tests.max.server import AT, SET_UP, contact_sent
from tests.models.clock import after, moment
from tests.models.outbox import claim, enqueue
from tests.models.test_request import submit

pytestmark = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"))


def link(user: User, max_user: int) -> MaxLink:
    """Link a resident, as the bot does."""
    assert started(MaxStart.begin(user).payload, max_user, AT)
    return MaxLink.get(MaxLink.user == user.id)


@pytest.fixture
def anna(database: Database) -> User:
    return resident()


@pytest.fixture
def boris(database: Database) -> User:
    return resident(OTHER_PHONE, email="boris@example.org")


def test_a_link_that_is_forgotten_is_nobody_elses(anna: User, boris: User) -> None:
    link(anna, 501)
    his = link(boris, 502)
    with db.atomic():
        MaxLink.forget(anna)
    assert list(MaxLink.select()) == [his]


def test_a_link_is_found_by_the_number_of_its_resident(anna: User, boris: User) -> None:
    hers, his = link(anna, 501), link(boris, 502)
    assert (MaxLink.of_phone(PHONE), MaxLink.of_phone(OTHER_PHONE)) == (hers, his)
    assert MaxLink.of_phone(NEW_PHONE) is MaxLink.of_phone("") is None


def test_what_another_begins_makes_nothing_void(anna: User, boris: User) -> None:
    hers = MaxStart.begin(anna).payload
    MaxStart.begin(boris)
    assert started(hers, 501, AT)


def test_the_end_of_a_link_is_told_once(anna: User) -> None:
    ended = link(anna, 501)
    with after(5):
        ended.end("192.0.2.1", "Firefox")
        ended.end("192.0.2.1", "Firefox")
    [notice] = Message.select().where(Message.template == "max_unlinked")
    assert (notice.to, notice.data["at"]) == (anna.email, moment(5).isoformat())
    [event] = AccountEvent.select().where(AccountEvent.kind == "max-unlinked")
    assert (event.user_id, event.ip, event.browser) == (anna.id, "192.0.2.1", "Firefox")


def test_a_page_of_before_ends_no_link_that_was_made_since(anna: User, boris: User) -> None:
    before = link(anna, 501)
    since = link(anna, 502)
    before.end()
    assert MaxLink.get() == since and MaxLink.get().max_user == 502
    link(boris, 502)
    since.end()
    assert MaxLink.get().user_id == boris.id, "it is another resident's by now"
    assert told(boris.email) == ["max_linked"]


@pytest.mark.parametrize("again", [False, True])
def test_a_refusal_of_before_ends_no_link_that_was_made_since(anna: User, again: bool) -> None:
    link(anna, 501)
    with db.atomic():
        Message.delete().execute()
    submit(PHONE, user_id=anna.id, email=anna.email)
    notice = Message.claim_next("max")
    assert notice and notice.template == "request_received"
    if again:
        with db.atomic():
            MaxLink.update(created_at=now() + timedelta(seconds=1)).execute()
    assert send_otherwise(notice, unlinked=True)
    sent = Message.get_by_id(notice.id)
    assert MaxLink.select().exists() is again and (sent.channel, sent.round) == ("mail", notice.round + 1)


def test_who_proves_the_phone_and_blocks_the_bot_ends_no_link_of_its_resident(anna: User) -> None:
    made = link(anna, 501)
    with after(), db.atomic():
        told = Message.enqueue("max", "code", to=PHONE, data={"max": 502, "code": "x"})
        MaxLink.update(created_at=moment(-1)).execute()
    assert not send_otherwise(told, unlinked=True)
    assert MaxLink.get() == made and Message.get_by_id(told.id).channel == "max"


def test_a_code_that_is_good_no_more_costs_no_sms(anna: User) -> None:
    link(anna, 501)
    with db.atomic():
        Message.delete().execute()
    OneTimeCode.send("recovery", PHONE, "192.0.2.1", "ru", known=True, device=True, way="max")
    notice = Message.claim_next("max")
    assert notice and notice.template == "code"
    OneTimeCode.void_all(PHONE)
    assert not send_otherwise(notice, unlinked=False)
    assert Message.get_by_id(notice.id).channel == "max"


@pytest.mark.settings(gateway_settings={**SET_UP, "max_bot_token_next": "next"})
def test_a_contact_is_good_by_the_next_token_too(anna: User) -> None:
    for token, good in (("max-bot-token", True), ("next", True), ("other", False), ("", False)):
        payload = contact_sent(token=token)["message"]["body"]["attachments"][0]["payload"]
        assert is_signed(payload["vcf_info"], payload["hash"]) is good, token


def test_without_a_next_token_nothing_is_signed_by_none(anna: User) -> None:
    payload = contact_sent(token="")["message"]["body"]["attachments"][0]["payload"]
    assert not is_signed(payload["vcf_info"], payload["hash"])
    assert not is_signed(payload["vcf_info"], "\ud800")


def test_a_link_is_begun_under_the_present_password_and_used_in_time(anna: User) -> None:
    with after():
        late = MaxStart.begin(anna)
    with after(15 * 60):
        assert not late.live and not started(late.payload, 501, AT)
    User.get().end_sessions()
    with pytest.raises(CredentialsChangedError):
        MaxStart.begin(anna)


def test_a_signature_is_good_for_its_own_link_alone(anna: User) -> None:
    start, theirs = MaxStart.begin(anna), MaxStart.begin(resident(OTHER_PHONE))
    seal = theirs.payload.removeprefix(theirs.id)
    for forged in (start.id + seal, start.id, start.id + "-", start.payload[:-1], start.payload + "0"):
        assert not started(forged, 501, AT)
    assert started(start.payload, 501, AT) and MaxLink.get().user_id == anna.id


def test_what_links_a_cabinet_and_what_proves_a_phone_are_signed_apart(anna: User) -> None:
    start = MaxStart.begin(anna)
    as_contact = max_payload.payload("max-contact", start.id, start.stamp)
    assert as_contact != start.payload and not started(as_contact, 501, AT)


def test_who_links_is_told_at_both_ends_and_what_was_linked_before_ends(anna: User, boris: User) -> None:
    link(boris, 501)
    with db.atomic():
        Message.delete().execute()
        AccountEvent.delete().execute()
        User.update(locale="en").where(User.id == anna.id).execute()
    with after():
        start = MaxStart.begin(User.get_by_id(anna.id))
        assert start.expires_at == moment(15 * 60) and start.stamp == anna.stamp
        assert started(start.payload, 501, AT) and not started(start.payload, 502, AT), "once"
    made = MaxLink.get()
    assert (made.user_id, made.max_user, made.started, made.created_at) == (
        *(anna.id, 501),
        *(max_link.moment(AT), moment(0)),
    )
    sent = {row.template: row for row in Message.select()}
    hello, letter = sent["max_hello"], sent["max_linked"]
    assert (hello.channel, hello.to, hello.locale, hello.data) == ("max", PHONE, "en", {"name": "Анна"})
    assert hello.expires_at == moment(3600)
    assert (letter.channel, letter.to, letter.data["at"]) == ("mail", anna.email, moment(0).isoformat())
    assert sent["max_unlinked"].to == boris.email and len(sent) == 3
    events = {(row.kind, row.user_id, row.phone, row.ip, row.browser) for row in AccountEvent.select()}
    assert events == {
        ("max-linked", anna.id, PHONE, "", ""),
        ("max-unlinked", boris.id, OTHER_PHONE, "", ""),
    }


def test_who_stops_the_bot_ends_the_link_that_was_there(anna: User, boris: User) -> None:
    link(anna, 501)
    link(boris, 502)
    assert not max_link.stopped(503, AT) and not max_link.stopped(501, AT - 1)
    assert MaxLink.select().count() == 2
    assert max_link.stopped(501, AT) and not max_link.stopped(501, AT)
    assert [one.user_id for one in MaxLink.select()] == [boris.id]


def test_who_is_blocked_or_has_no_number_links_nothing(anna: User, boris: User) -> None:
    for user, changes in ((anna, {"blocked_at": moment(0)}), (boris, {"phone": no_number()})):
        start = MaxStart.begin(user)
        with db.atomic():
            User.update(**changes).where(User.id == user.id).execute()
        assert not started(start.payload, 501, AT)
    assert not MaxLink.select().exists()


@pytest.mark.parametrize("at", [10**30, -(10**30), 10**17])
def test_a_time_that_is_none_is_now(database: Database, at: int) -> None:
    with after():
        assert max_link.moment(at) == moment(0)
    assert max_link.moment(1500) == datetime(1970, 1, 1, 0, 0, 1, 500_000)


@pytest.mark.parametrize("whose", ["hers", "a visitor's", "without MAX"])
def test_what_is_told_of_a_request_goes_by_max_where_that_is_linked(anna: User, whose: str) -> None:
    if whose != "without MAX":
        link(anna, 501)
    with db.atomic():
        Message.delete().execute()
    with after():
        submit(PHONE, user_id=None if whose == "a visitor's" else anna.id, email=anna.email)
    told = Message.get(Message.template == "request_received")
    by_max = whose == "hers"
    assert (told.channel, told.to) == (("max", PHONE) if by_max else ("mail", anna.email))
    assert (told.expires_at == moment(MAX_PATIENCE)) if by_max else told.expires_at is None


@pytest.mark.settings(gateway_settings={}, code_channels=("sms",))
def test_without_a_bot_a_link_of_before_is_no_way(anna: User) -> None:
    with db.atomic():
        MaxLink.create(user=anna, max_user=501, started=now())
    submit(PHONE, user_id=anna.id, email=anna.email)
    assert Message.get(Message.template == "request_received").channel == "mail"


def test_what_is_told_of_a_request_that_is_gone_goes_no_other_way(database: Database) -> None:
    enqueue("max", "request_taken", to=PHONE, data={"number": "00000000"})
    told = claim(channel="max")
    assert not send_otherwise(told, unlinked=False) and Message.get().channel == "max"
