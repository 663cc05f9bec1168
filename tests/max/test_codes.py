"""A code by MAX: who is offered it, that it is the same code, that it may come first, and what else goes."""

import pytest
from flask import Flask

from cabinet.delivery.sending import handler_of, send_next
from cabinet.models import Attempt, MaxLink, Message, OneTimeCode, Spending, User, base
from cabinet.models.attempt import DAY
from cabinet.models.base import now
from cabinet.models.database import db
from config import Settings
from tests.cast import PHONE, resident
from tests.journeys import FORGOT, sign_in, to_code, to_login_password
from tests.max.server import BAD_TOKEN, BLOCKED, SET_UP, Max
from tests.max.test_linking import link
from tests.visitor import Visitor, last_code

BY_MAX = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"), code_resend_waits=())
MAX_FIRST = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("max", "sms"), code_resend_waits=())
BUTTON = "button[name=way][value=max]"


def forgets(visitor: Visitor, known: bool = True, linked: bool = True) -> User:
    """A resident, in a browser of theirs or in another one, has forgotten the password."""
    anna = resident()
    if linked:
        link(anna)
    with db.atomic():
        Message.delete().execute()
    if known:
        sign_in(visitor)
        visitor.fill_and_submit("form[action='/logout']")
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    assert visitor.path == "/code", visitor.text
    return anna


def asks(visitor: Visitor, way: str = "max") -> None:
    """Ask for it, whether it is offered or not."""
    visitor.post("/code/resend", {"way": way, "csrf_token": visitor.value("csrf_token")})


def channels() -> list[str]:
    """How codes went, oldest first."""
    rows = Message.select().where(Message.template == "code").order_by(Message.created_at)
    return [message.channel for message in rows]


@BY_MAX
def test_max_brings_the_same_code(visitor: Visitor, settings: Settings, maxserver: Max) -> None:
    forgets(visitor)
    digits = last_code(PHONE)
    visitor.press(BUTTON)
    assert "код в нём тот же" in visitor.text and "Отправили код в MAX" in visitor.text
    assert last_code(PHONE) == digits and channels() == ["sms", "max"]
    send_next("max", handler_of("max", maxserver.settings(settings)))
    [(to, text)] = maxserver.sent
    assert to == "501" and digits in text and "Никому его не сообщайте" in text and "@" not in text
    visitor.get("/code")
    assert "Код уже в MAX" in visitor.text and not Spending.select().exists()
    visitor.fill_and_submit(code=digits)
    assert visitor.path == "/login/new-password"


@BY_MAX
@pytest.mark.parametrize("why", ["another browser", "not linked"])
def test_nobody_else_is_offered_max(visitor: Visitor, why: str) -> None:
    forgets(visitor, known=why != "another browser", linked=why != "not linked")
    assert not visitor.page.select_one(BUTTON)
    asks(visitor)
    assert set(channels()) == {"sms"}


@MAX_FIRST
def test_a_stranger_sees_the_same_whether_the_phone_has_max_or_not(app: Flask) -> None:
    seen = []
    for linked in (True, False):
        stranger = Visitor(app)
        forgets(stranger, known=False, linked=linked)
        seen.append((stranger.text, channels()))
        with db.atomic():
            for table in (Message, MaxLink, OneTimeCode, User):
                table.delete().execute()
    assert seen[0] == seen[1] and seen[0][1] == ["sms"]


@MAX_FIRST
def test_it_goes_by_max_first_and_sms_is_offered(visitor: Visitor) -> None:
    forgets(visitor)
    assert channels() == ["max"] and "Отправили код в MAX" in visitor.text
    digits = last_code(PHONE)
    assert "Прислать код в СМС" in visitor.text
    asks(visitor, "sms")
    assert "тот же код в СМС" in visitor.text and channels() == ["max", "sms"] and last_code(PHONE) == digits
    visitor.fill_and_submit(code=digits)
    assert visitor.path == "/login/new-password"


@MAX_FIRST
@pytest.mark.parametrize("said", [BLOCKED, BAD_TOKEN, (503, ""), (429, "")])
def test_what_max_does_not_bring_goes_by_sms_at_once(
    visitor: Visitor, settings: Settings, maxserver: Max, said: tuple[int, object]
) -> None:
    forgets(visitor)
    digits = last_code(PHONE)
    maxserver.says = [said]
    send_next("max", handler_of("max", maxserver.settings(settings)))
    assert channels() == ["sms"] and MaxLink.select().exists() is (said is not BLOCKED)
    visitor.get("/code")
    assert "Отправили код в СМС" in visitor.text
    send_next("sms", handler_of("sms", settings))
    visitor.get("/code")
    assert "СМС доставлено" in visitor.text
    visitor.fill_and_submit(code=digits)
    assert visitor.path == "/login/new-password"


def drain(settings: Settings, *ways: str) -> None:
    for way in ways:
        while send_next(way, handler_of(way, settings)):
            pass


@MAX_FIRST
def test_what_max_does_not_bring_counts_as_an_sms(
    visitor: Visitor, settings: Settings, maxserver: Max
) -> None:
    forgets(visitor)
    by = maxserver.settings(settings)
    maxserver.says = [(429, "")] * 100
    for _time in range(12):
        drain(by, "max", "sms")
        OneTimeCode.void_all(PHONE)
        visitor.get("/code")
        asks(visitor)
    drain(by, "max", "sms")
    most = base.settings().sms_per_phone_day + 2 * base.settings().sms_per_phone_day_reserved
    assert channels().count("sms") == most == Attempt.count("sms-phone", PHONE, DAY)
    visitor.get("/code")
    assert "В MAX код не ушёл" in visitor.text
    asks(visitor, "sms")
    assert visitor.status == 429 and "Новый код можно запросить" in visitor.text
    assert channels().count("sms") == most


@MAX_FIRST
def test_what_max_does_not_bring_is_no_second_sms(
    visitor: Visitor, settings: Settings, maxserver: Max
) -> None:
    forgets(visitor)
    by = maxserver.settings(settings)
    visitor.get("/code")
    asks(visitor, "sms")
    maxserver.says = [(503, "")]
    drain(by, "max", "sms")
    assert channels() == ["max", "sms"] and Attempt.count("sms-phone", PHONE, DAY) == 1
    sent = Message.select().where(Message.template == "code", Message.sent_at.is_null(False))
    assert [one.channel for one in sent] == ["sms"]
    visitor.get("/code")
    assert "СМС доставлено" in visitor.text


@MAX_FIRST
def test_an_sms_that_the_company_fails_to_send_counts_as_never_asked_for(
    visitor: Visitor, settings: Settings, maxserver: Max
) -> None:
    forgets(visitor)
    code = OneTimeCode.get()
    maxserver.says = [(503, "")]
    drain(maxserver.settings(settings), "max")
    assert Attempt.count("sms-phone", PHONE, DAY) == 1 and Attempt.count("max-phone", PHONE, DAY) == 0
    code.take_back(Message.get().id)
    assert Attempt.count("sms-phone", PHONE, DAY) == 0


@MAX_FIRST
def test_a_newcomers_code_goes_by_sms(visitor: Visitor) -> None:
    to_code(visitor)
    assert channels() == ["sms"] and not visitor.page.select_one(BUTTON)
    asks(visitor)
    assert set(channels()) == {"sms"}


@MAX_FIRST
def test_who_may_have_no_more_by_max_gets_an_sms(visitor: Visitor) -> None:
    forgets(visitor)
    for _time in range(4):
        visitor.get("/code")
        asks(visitor)
        assert visitor.status == 200
    visitor.get("/code")
    asks(visitor)
    assert visitor.status == 429 and "Код в MAX можно запросить" in visitor.text
    OneTimeCode.void_all(PHONE)
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    assert channels()[-1] == "sms"


@pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"), sms_day_segments=10)
def test_without_a_budget_for_sms_there_is_max(visitor: Visitor) -> None:
    with db.atomic():
        Spending.add(now(), "twilio", 10, 0)
    forgets(visitor)
    assert channels() == []
    asks(visitor)
    assert channels() == ["max"]
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/login/new-password"


@pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"))
def test_max_waits_as_an_sms_does(visitor: Visitor) -> None:
    forgets(visitor)
    asks(visitor)
    assert visitor.status == 429 and channels() == ["sms"]
    assert base.settings().code_resend_waits
