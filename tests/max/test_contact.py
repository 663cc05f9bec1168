"""A phone proved by its contact in MAX: the bot asks for it, checks it, and brings the same digits."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from cabinet.delivery.sending import handler_of, send_next
from cabinet.delivery.troubles import troubles
from cabinet.models import MaxContact, MaxLink, Message, OneTimeCode
from cabinet.models.base import now
from cabinet.models.max_contact import is_signed, phone_in
from config import Settings
from tests.cast import PHONE
from tests.journeys import to_code
from tests.markup import attribute
from tests.max.server import BLOCKED, SET_UP, Max, bot_started, contact_sent, tell
from tests.visitor import Visitor, last_code

pytestmark = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"), code_resend_waits=())
BUTTON = "button[name=way][value=contact]"


def begun(visitor: Visitor) -> str:
    """Somebody new has a code on its way and wants to prove the phone by MAX; the payload of the link."""
    to_code(visitor)
    visitor.press(BUTTON)
    return payload_on(visitor)


def payload_on(visitor: Visitor) -> str:
    url = urlsplit(attribute(visitor.one("a[href^='https://max.ru/']"), "href"))
    return parse_qs(url.query)["start"][0]


def sent() -> list[str]:
    """What the bot is to write, oldest first."""
    rows = Message.select().where(Message.channel == "max").order_by(Message.created_at)
    return [row.template for row in rows]


def test_a_contact_brings_the_digits_without_any_sms(
    visitor: Visitor, app: Flask, settings: Settings, maxserver: Max
) -> None:
    payload, digits = begun(visitor), last_code(PHONE)
    tell(app, bot_started(payload))
    tell(app, contact_sent())
    while send_next("max", handler_of("max", maxserver.settings(settings))):
        pass
    (asked_to, asked), (to, text) = maxserver.sent
    assert asked_to == to == "501" and "мошенник" in asked and digits not in asked and digits in text
    [[button]] = maxserver.attached[0][0]["payload"]["buttons"]
    assert button == {"type": "request_contact", "text": "Отправить мой номер"} and not maxserver.attached[1]
    visitor.get("/code")
    assert "Код уже в MAX" in visitor.text and not visitor.page.select("a[href^='https://max.ru/']")
    visitor.fill_and_submit(code=digits)
    assert visitor.path == "/register/account" and not MaxLink.select().exists()


def test_the_button_alone_opens_nothing(visitor: Visitor, app: Flask) -> None:
    payload = begun(visitor)
    tell(app, bot_started(payload))
    tell(app, contact_sent())
    visitor.get("/code")
    assert visitor.path == "/code" and OneTimeCode.get().used_at is None


FORGED: dict[str, dict[str, Any]] = {
    "by another token": {"token": "other"},
    "of another": {"of": 502},
    "of nobody": {"of": 0},
    "without a hash": {"hash": ""},
    "a senseless hash": {"hash": "ё"},
    "no hash": {"hash": None},
    "no contact": {"vcf_info": None},
    "another's number put in": {"vcf_info": "BEGIN:VCARD\r\nTEL:79161234567\r\nEND:VCARD\r\n"},
    "from who did not start it": {"user": 777},
}


@pytest.mark.parametrize("why", FORGED)
def test_what_is_forged_brings_nothing(visitor: Visitor, app: Flask, why: str) -> None:
    tell(app, bot_started(begun(visitor)))
    assert tell(app, contact_sent(**FORGED[why])).status_code == 200
    assert sent() == ["max_contact"]
    tell(app, contact_sent())
    assert sent() == ["max_contact", "code"]


def test_another_number_gets_no_code(visitor: Visitor, app: Flask) -> None:
    tell(app, bot_started(begun(visitor)))
    tell(app, contact_sent("79037654321"))
    tell(app, contact_sent())
    assert sent() == ["max_contact", "max_no_code"]


def test_repeated_and_reordered_updates_bring_one_code(visitor: Visitor, app: Flask) -> None:
    payload = begun(visitor)
    tell(app, contact_sent())
    assert sent() == []
    for _time in range(2):
        tell(app, bot_started(payload))
    tell(app, bot_started(payload, user=502))  # somebody else who came by the link
    for _time in range(2):
        tell(app, contact_sent())
    tell(app, contact_sent(user=502))
    assert sent() == ["max_contact", "code"]


@pytest.mark.parametrize("change", ["made up", "cut", "old"])
def test_a_link_that_is_no_good_asks_for_nothing(visitor: Visitor, app: Flask, change: str) -> None:
    payload = begun(visitor)
    bad = {
        "made up": payload[:-1] + ("0" if payload[-1] != "0" else "1"),
        "cut": payload[:22],
        "old": payload,
    }
    with time_machine.travel(now() + timedelta(minutes=11 if change == "old" else 0), tick=False):
        tell(app, bot_started(bad[change]))
    assert sent() == [] and MaxContact.get().max_user is None


def test_a_code_that_is_good_no_more_is_not_sent(visitor: Visitor, app: Flask) -> None:
    tell(app, bot_started(begun(visitor)))
    OneTimeCode.void_all(PHONE)
    tell(app, contact_sent())
    assert sent() == ["max_contact", "max_no_code"]
    assert Message.get(Message.template == "max_no_code").data["late"]


def test_what_does_not_come_by_max_goes_no_other_way(
    visitor: Visitor, app: Flask, settings: Settings, maxserver: Max
) -> None:
    tell(app, bot_started(begun(visitor)))
    tell(app, contact_sent())
    maxserver.says = [BLOCKED, BLOCKED]
    while send_next("max", handler_of("max", maxserver.settings(settings))):
        pass
    dead = Message.select().where(Message.channel == "max", Message.dead_at.is_null(False))
    assert dead.count() == 2
    assert list(troubles()) == [], "anybody can start the bot and block it: that is nobody's work"


@pytest.mark.settings(code_channels=("sms",))
def test_it_is_off_unless_asked_for(visitor: Visitor) -> None:
    to_code(visitor)
    assert not visitor.page.select(BUTTON)
    visitor.post("/code/resend", {"way": "contact", "csrf_token": visitor.value("csrf_token")})
    assert not MaxContact.select().exists()


def test_so_many_can_be_begun_in_an_hour(visitor: Visitor) -> None:
    begun(visitor)
    for _time in range(10):
        visitor.post("/code/resend", {"way": "contact", "csrf_token": visitor.value("csrf_token")})
    assert visitor.status == 429


def test_a_stranger_uses_up_none_of_anothers(visitor: Visitor, app: Flask) -> None:
    stranger = Visitor(app)
    begun(stranger)
    for _time in range(10):
        stranger.post("/code/resend", {"way": "contact", "csrf_token": stranger.value("csrf_token")})
    assert stranger.status == 429
    tell(app, bot_started(begun(visitor)))
    tell(app, contact_sent())
    assert sent() == ["max_contact", "code"]


@pytest.mark.parametrize(
    ("vcf", "phone"),
    [
        ("BEGIN:VCARD\r\nTEL;TYPE=cell:79161234567\r\nEND:VCARD", PHONE),
        ("BEGIN:VCARD\nTEL:+7 916 123-45-67\nEND:VCARD", PHONE),
        ("BEGIN:VCARD\\r\\nTEL;TYPE=cell:79161234567\\r\\nEND:VCARD", PHONE),
        ("TEL:79161234567\r\nTEL:79037654321", ""),
        ("FN:TEL:79161234567", ""),
        ("TEL:", ""),
        ("", ""),
        ("TEL:12", ""),
    ],
)
def test_the_number_of_a_contact(app: Flask, vcf: str, phone: str) -> None:
    assert phone_in(vcf) == phone


def test_the_signature_is_that_of_the_documentation(app: Flask) -> None:
    """HMAC-SHA-256 of `vcf_info` with real line ends, by the bot's token, in hexadecimal digits."""
    payload = contact_sent()["message"]["body"]["attachments"][0]["payload"]
    vcf, digest = payload["vcf_info"], payload["hash"]
    assert is_signed(vcf, digest) and is_signed(vcf.replace("\r\n", "\\r\\n"), digest.upper())
    assert not is_signed(vcf + " ", digest) and not is_signed(vcf, digest[:-1]) and not is_signed("", "")
