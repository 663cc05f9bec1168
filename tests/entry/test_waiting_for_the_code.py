"""The code page for whoever has no code: how long it is good, what helps, when the next one comes."""

import pytest
import time_machine

from cabinet.models import OneTimeCode
from tests.cast import PHONE
from tests.entry.codes import START, wrong_code
from tests.journeys import to_code
from tests.markup import attribute, one
from tests.visitor import Visitor, last_code

HELP, CONFIRM = "details.where", "form[action='/code'] button"


def test_the_page_says_how_long_the_code_is_good_and_what_helps(visitor: Visitor) -> None:
    to_code(visitor)
    hint = visitor.one(f"[id='{attribute(visitor.one('#code'), 'aria-describedby')}']")
    assert hint.get_text(strip=True).replace("\xa0", " ") == "Код действует 10 минут"
    help_ = visitor.one(HELP)
    assert not help_.has_attr("open") and "приходит код?" in one(help_, "summary").get_text()
    assert "+7 916 123-45-67" in help_.get_text().replace("\xa0", " ")
    assert one(help_, "a[href='/']") and one(help_, "a[href='tel:+78005553535']")
    assert "звонок" not in help_.get_text()


@pytest.mark.settings(code_channels=("sms", "call"))
def test_where_we_can_call_the_page_says_so(visitor: Visitor) -> None:
    to_code(visitor)
    assert "запросить звонок" in visitor.one(HELP).get_text().replace("\xa0", " ")


@pytest.mark.settings(code_resend_waits=())
def test_what_helps_opens_by_itself_when_codes_keep_being_asked_for(visitor: Visitor) -> None:
    to_code(visitor)
    for is_open in (False, True):
        visitor.fill_and_submit("form[action='/code/resend']")
        assert visitor.one(HELP).has_attr("open") is is_open


def test_the_wait_is_said_in_words_that_stay_true_without_scripts(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False):
        to_code(visitor)
        line = visitor.one(".resend [data-countdown]")
        assert " ".join(line.get_text().split()) == "Новый код — через 1 мин"


def test_a_dead_code_offers_the_next_one_and_nothing_that_can_only_fail(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        assert visitor.page.select(CONFIRM)
        for by in range(1, 6):
            visitor.fill_and_submit(code=wrong_code(by))
        assert "попытки закончились" in visitor.error("code")
        assert not visitor.page.select(CONFIRM) and not visitor.page.select("[data-code]")
        assert visitor.page.select(".resend [data-countdown='60']")
        assert visitor.page.select(".resend [data-after-countdown] .button--primary")
        clock.shift(60)
        visitor.fill_and_submit("form[action='/code/resend']")
        assert visitor.page.select(CONFIRM)
        visitor.fill_and_submit(code=last_code(PHONE))
        assert visitor.path == "/register/account"


def test_a_code_that_is_too_old_is_dead_on_sight(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        clock.shift(601)
        visitor.get("/code")
        assert not visitor.page.select(CONFIRM) and visitor.page.select(".resend .button--primary")
        assert OneTimeCode.select().count() == 1
