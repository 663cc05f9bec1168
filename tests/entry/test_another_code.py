"""Another code by SMS: it voids the one before, and is waited for."""

import time_machine

from tests.cast import PHONE
from tests.entry.codes import START
from tests.journeys import to_code
from tests.visitor import Visitor, inbox, last_code


def test_a_new_code_voids_the_old_one(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        old = last_code(PHONE)
        clock.shift(61)
        visitor.fill_and_submit("form[action='/code/resend']")
        assert visitor.path == "/code" and "Отправили новый код" in visitor.text
        new = last_code(PHONE)
        assert len(inbox()) == 2
        if old != new:
            visitor.fill_and_submit(code=old)
            assert visitor.path == "/code" and visitor.error("code")
        visitor.fill_and_submit(code=new)
        assert visitor.path == "/register/account"


def test_the_wait_for_another_code_grows(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        for wait in (60, 180, 300, 600):
            visitor.get("/code")
            assert visitor.page.find(True, attrs={"data-countdown": str(wait)}), "the page counts down"
            clock.shift(wait - 1)
            visitor.fill_and_submit("form[action='/code/resend']")
            assert visitor.status == 429 and visitor.response.headers["Retry-After"] == "1"
            assert "Новый код можно запросить через 1 секунду" in visitor.error("code")
            clock.shift(1)
            visitor.get("/code")
            visitor.fill_and_submit("form[action='/code/resend']")
            assert visitor.status == 200 and "Отправили новый код" in visitor.text, wait
        assert len(inbox()) == 5
        clock.shift(601)
        visitor.get("/code")
        visitor.fill_and_submit("form[action='/code/resend']")
        assert visitor.status == 429, "five a day"
