"""What is half-written in forms of the staff covers nothing newer, ends, and drives out no other words."""

from datetime import timedelta

import pytest
import time_machine

from cabinet.models import ReplyTemplate, Staff, User, WebSession
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import resident
from tests.staff.conftest import PASSWORD
from tests.staff.test_requests import asked
from tests.staff.test_unsent import TEMPLATE, come_back, open_page, quietly
from tests.visitor import Visitor

REQUEST, WORK = "/staff/request/12345678", "form[data-keep$='/typed']"


@pytest.fixture
def typist(desk: Visitor) -> Visitor:
    """A clerk before a new template."""
    desk.get(TEMPLATE)
    return desk


def test_no_words_cover_what_is_newer(admin_desk: Visitor, admin: Staff, clerk: Staff) -> None:
    user: User = resident()
    with db.atomic():
        template = ReplyTemplate.create(title="Отказ", text="Нет")
    for page, name, change in (
        (f"/staff/template/{template.id}", "text", ReplyTemplate.update(text="Ново")),
        (f"/staff/people/{clerk.id}", "full_name", Staff.update(name="Ново").where(Staff.id == clerk.id)),
        (f"/staff/resident/{user.id}/name", "first_name", User.update(first_name="Ново")),
    ):
        open_page(admin_desk, page)
        form = f"form[action='{page}']"
        quietly(admin_desk, admin_desk.form(form), **{name: "Недописано"})
        admin_desk.get(page)
        assert admin_desk.value(name) == "Недописано"
        with db.atomic():
            change.execute()
        admin_desk.get(page)
        assert admin_desk.value(name) == "Ново", page


def test_the_day_a_request_came_on_is_of_no_abandoned_form(desk: Visitor) -> None:
    desk.get("/staff/data-requests")
    today = desk.value("came_on")
    form = "form[action='/staff/data-requests']"
    quietly(desk, desk.form(form), words="№ 5", came_on="2026-01-01", kind="delete", way="post")
    desk.get("/staff/data-requests")
    assert (desk.value("words"), desk.value("came_on")) == ("№ 5", today)
    assert not desk.page.select(f"{form} [checked]")


def test_words_lie_unsent_for_twelve_hours(typist: Visitor, clerk: Staff) -> None:
    quietly(typist, typist.form(f"form[action='{TEMPLATE}']"), called="Отказ", text="Нет")
    for hours, found in ((11, "Отказ"), (24, "")):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            typist.get(TEMPLATE)
            come_back(typist, clerk)
            typist.get(TEMPLATE)
            assert typist.value("called") == found, hours


def test_many_forms_drive_out_neither_a_reply_nor_each_other(desk: Visitor) -> None:
    asked()
    desk.get(REQUEST)
    quietly(desk, desk.form(WORK), reply="Долгий ответ", lane="mail")
    desk.get(TEMPLATE)
    quietly(desk, desk.form(f"form[action='{TEMPLATE}']"), called="Отказ", text="Нет")
    for number in range(6):
        with db.atomic():
            page = f"/staff/template/{ReplyTemplate.create(title=str(number), text='Да').id}"
        desk.get(page)
        quietly(desk, desk.form(f"form[action='{page}']"), text="Недописано")
    desk.get(TEMPLATE)
    assert desk.value("text") == "Нет"
    desk.get(REQUEST)
    assert desk.value("reply") == "Долгий ответ"


def test_who_is_invited_after_a_refusal_is_half_written_no_more(admin_desk: Visitor) -> None:
    form = "form[action='/staff/people']"
    admin_desk.get("/staff/people")
    admin_desk.fill_and_submit(form, full_name="Ольга", email="x", proof=PASSWORD)
    assert admin_desk.error("email")
    admin_desk.fill_and_submit(form, full_name="Ольга", email="olga@example.org", proof=PASSWORD)
    assert Staff.by_email("olga@example.org")
    admin_desk.get("/staff/people")
    assert admin_desk.value("full_name") == "" and not admin_desk.page.select(".error")


def test_invented_fields_are_not_kept(typist: Visitor, clerk: Staff) -> None:
    form = typist.form(f"form[action='{TEMPLATE}']")
    quietly(typist, form, text="Нет", **{"text\0": "x", "textual": "x", "called-1": "x"})
    with db.atomic():
        kept = [row.data["staff_typed"][TEMPLATE] for row in WebSession.select() if "staff_typed" in row.data]
    assert [{*words} - {"at"} for words in kept] == [{"text", "was"}]
