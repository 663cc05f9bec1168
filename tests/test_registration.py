"""A resident registers, and strays from the way as people do: back, ahead, twice, in two tabs, too late."""

import pytest
from flask import Flask

from cabinet import create_app
from cabinet.models import Message, Registration, User
from cabinet.models.database import db
from config import Settings
from tests.cast import PASSWORD, PERSON, PHONE
from tests.databases import disconnect
from tests.journeys import to_account, to_address, to_code, to_home, to_profile, to_registration_password
from tests.visitor import Visitor, inbox, last_code, tab, token_of

STEPS = ["/code", "/register/account", "/register/address", "/register/profile", "/register/password"]
ANSWERS = {
    "/code": {"code": "000000"},
    "/register/account": {"period": "2026-10", "account": "1234567890", "amount": "4 218,67"},
    "/register/address": {"answer": "yes"},
    "/register/profile": PERSON,
    "/register/password": {"password": PASSWORD},
}


def test_the_whole_way(visitor: Visitor, receipt: dict[str, str]) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone="8 916 123-45-67", consent="y")
    assert visitor.path == "/code"
    code = last_code(PHONE)
    assert [code in text for text in inbox()] == [True]

    visitor.fill_and_submit(code=f"{(int(code) + 1) % 1_000_000:06d}")
    assert visitor.path == "/code" and visitor.error("code")
    visitor.fill_and_submit(code=code)
    assert visitor.path == "/register/account"

    visitor.fill_and_submit(**{**receipt, "amount": "1,00"})
    assert "Данного абонента нет в системе" in visitor.text
    assert visitor.value("amount") == "1,00", "what was typed stays"
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/register/address" and "Лесная" in visitor.text

    visitor.fill_and_submit(answer="no")
    assert visitor.path == "/register/account" and visitor.value("account") == ""
    visitor.fill_and_submit(**receipt)
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/profile"

    visitor.fill_and_submit(**{**PERSON, "middle_name": ""})
    assert visitor.path == "/register/password"
    visitor.fill_and_submit(password="корот")
    assert visitor.error("password") and visitor.value("password") == ""
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home" and "Анна" in visitor.text and "Лесная" in visitor.text

    assert User.get().phone == PHONE
    assert Message.select().where(Message.channel == "staff", Message.template == "registered").count() == 1


def test_success_is_answered_as_the_contract_says(app: Flask) -> None:
    for htmx in (False, True):
        visitor = Visitor(app, htmx=htmx)
        visitor.get("/")
        answer = visitor.client.post(
            "/",
            data={
                "phone": f"+7916000000{int(htmx)}",
                "consent": "y",
                "csrf_token": visitor.value("csrf_token"),
            },
            headers={"HX-Request": "true"} if htmx else {},
        )
        if htmx:
            assert answer.status_code == 200 and answer.headers["HX-Push-Url"] == "/code"
            assert "<html" not in answer.get_data(as_text=True)
        else:
            assert (
                answer.status_code == 303
                and answer.location == "/code"
                and "HX-Push-Url" not in answer.headers
            )


@pytest.mark.parametrize("reached", range(5))
def test_no_step_can_be_skipped(visitor: Visitor, receipt: dict[str, str], reached: int) -> None:
    if reached < 2:
        (to_code, to_account)[reached](visitor)
    else:
        (to_address, to_profile, to_registration_password)[reached - 2](visitor, receipt)
    assert visitor.path == STEPS[reached]
    before = Registration.get().__data__
    for ahead in STEPS[reached + 1 :]:
        visitor.get(ahead)
        assert visitor.path == STEPS[reached], f"GET {ahead}"
        token = visitor.value("csrf_token")
        for data in ({}, ANSWERS[ahead], {"verified": "1", "step": "done"}):
            visitor.post(ahead, {"csrf_token": token, **data})
            assert visitor.path == STEPS[reached], f"POST {ahead} {list(data)}"
            visitor.get(STEPS[reached])
    assert Registration.get().__data__ == before and User.select().count() == 0


def test_a_stranger_is_led_to_the_first_screen(visitor: Visitor) -> None:
    for step in [*STEPS, "/register/", "/resume"]:
        visitor.get(step)
        assert visitor.path == "/" and visitor.form(None, "phone"), step
    for step in STEPS:
        visitor.post(step, {"csrf_token": visitor.value("csrf_token"), **ANSWERS[step]})
        assert visitor.path == "/" and visitor.form(None, "phone"), step
    assert Registration.select().count() == 0


def test_every_step_survives_a_reload(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_code(visitor)
    for step, answers in zip(
        STEPS,
        ({"code": last_code(PHONE)}, receipt, {"answer": "yes"}, PERSON, {"password": PASSWORD}),
        strict=True,
    ):
        title = visitor.title
        visitor.reload()
        assert (visitor.path, visitor.title) == (step, title)
        visitor.get("/resume")
        assert visitor.title == title, "and a frame that is loaded anew comes back to it"
        visitor.get(step)
        visitor.fill_and_submit(**answers)
    assert visitor.path == "/home"


def test_back_to_every_earlier_step_and_another_answer(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_registration_password(visitor, receipt)
    for step in reversed(STEPS[1:4]):
        visitor.get(step)
        assert visitor.path == step and visitor.status == 200
    visitor.get("/register/account")
    assert visitor.value("account") == "1234567890" and visitor.value("period") == "2026-10"
    assert visitor.value("amount") == "4218,67"
    visitor.fill_and_submit(account="1234567890", amount="4000", period="2026-09")
    assert visitor.path == "/register/address", "another account asks for its address again"
    visitor.get("/register/password")
    assert visitor.path == "/register/address"
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/profile" and visitor.value("last_name") == "Иванова"
    visitor.fill_and_submit(**{**PERSON, "last_name": "Петрова"})
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home" and User.get().last_name == "Петрова"


def test_a_second_tab(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_address(visitor, receipt)
    other = tab(visitor, app)
    other.get("/register/address")
    other.fill_and_submit(answer="yes")
    other.fill_and_submit(**PERSON)
    assert other.path == "/register/password"
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/profile" and visitor.value("first_name") == "Анна"
    other.fill_and_submit(password=PASSWORD)
    assert other.path == "/home"
    visitor.fill_and_submit(**PERSON)
    assert visitor.path == "/home", "the first tab learns that it is done"
    assert "слишком много времени" not in visitor.text
    assert User.select().count() == 1


def test_the_server_restarts_at_every_step(
    visitor: Visitor, settings: Settings, receipt: dict[str, str]
) -> None:
    def restart() -> None:
        token = token_of(visitor)
        disconnect()
        visitor.client = create_app(settings).test_client()
        visitor.client.set_cookie("cabinet", token)
        db.connect(reuse_if_open=True)

    to_code(visitor)
    for answers in ({"code": last_code(PHONE)}, receipt, {"answer": "yes"}, PERSON, {"password": PASSWORD}):
        restart()
        visitor.fill_and_submit(**answers)
        assert not visitor.page.find(True, attrs={"aria-invalid": "true"}), visitor.text
    assert visitor.path == "/home"


def test_extra_fields_change_nothing(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_registration_password(visitor, receipt)
    extra = {"phone": "+79990000000", "user_id": "1", "is_staff": "1", "blocked_at": "", "account": "1"}
    visitor.post(
        "/register/password", {"csrf_token": visitor.value("csrf_token"), "password": PASSWORD, **extra}
    )
    assert visitor.path == "/home" and User.get().phone == PHONE


def test_two_residents_of_one_flat(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_home(visitor, receipt)
    other = Visitor(app, htmx=visitor.htmx)
    to_home(other, receipt, "+79160000001")
    assert User.select().count() == 2
