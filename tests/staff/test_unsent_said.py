"""What is filled in since it was typed and not sent is said to be so, with the time, and goes by a press."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import ReplyTemplate, Staff, User, WebSession
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.receipts import store
from cabinet.worker.purge import purge
from tests.cast import resident
from tests.placing import at_desk
from tests.staff.test_requests import asked
from tests.staff.test_unsent import TEMPLATE, hidden, open_page, quietly, with_words, written
from tests.visitor import Visitor

REQUEST, WORK = "/staff/request/12345678", "form[data-keep$='/typed']"
SAID, DROP = "Вы это не отправили", "form[data-drop]"


@pytest.mark.thorough
def test_every_form_says_what_was_not_sent_and_drops_it(visitor: Visitor, app: Flask, admin: Staff) -> None:
    desk = at_desk(visitor, admin)
    for sent_to, page in with_words(desk, app, admin).items():
        where = f"form[data-keep='{sent_to}'], form[method=post][action='{sent_to}']"
        open_page(desk, page)
        if SAID in desk.text:  # of another form of the page, which is dropped in its turn
            desk.fill_and_submit(DROP)
            open_page(desk, page)
        empty = desk.one(where).get_text()
        assert SAID not in desk.text, page
        quietly(desk, desk.one(where), **written(desk.one(where)))
        open_page(desk, page)
        assert desk.text.count(SAID) == 1, page
        assert desk.page.select(f"button[form=drop], {DROP} button"), page
        desk.fill_and_submit(DROP)
        open_page(desk, page)
        assert SAID not in desk.text and desk.one(where).get_text() == empty, page
    with db.atomic():
        kept = [row.data.get("staff_typed") for row in WebSession.select() if "staff" in row.data]
    assert kept == [{}]


def test_it_says_when_and_stays_silent_about_what_is_newer(desk: Visitor) -> None:
    with db.atomic():
        page = f"/staff/template/{ReplyTemplate.create(title='Отказ', text='Нет').id}"
    typed_at = now()
    with time_machine.travel(typed_at, tick=False):
        desk.get(page)
        quietly(desk, desk.form(f"form[action='{page}']"), text="Недописано")
    with time_machine.travel(typed_at + timedelta(minutes=7), tick=False):
        desk.get(page)
        assert desk.value("text") == "Недописано"
        assert re.search(rf"{SAID}: [^.]*{typed_at + timedelta(hours=3):%H:%M}", desk.text), "Moscow time"
        with db.atomic():
            ReplyTemplate.update(text="Ново").execute()
        desk.get(page)
        assert desk.value("text") == "Ново" and SAID not in desk.text


def test_a_request_drops_all_that_was_typed_there_and_nothing_of_another(desk: Visitor) -> None:
    asked()
    asked("87654321")
    for number in ("87654321", "12345678"):
        desk.get(f"/staff/request/{number}")
        quietly(desk, desk.form(WORK), reply="Долгий ответ", text="Звонила", lane="mail")
    desk.get(REQUEST)
    assert SAID in desk.text
    desk.fill_and_submit(DROP)
    assert desk.path == REQUEST and SAID not in desk.text
    assert (desk.value("reply"), desk.value("text")) == ("", "")
    desk.get("/staff/request/87654321")
    assert SAID in desk.text and desk.value("reply") == "Долгий ответ"


def test_what_is_sent_is_said_no_more(desk: Visitor) -> None:
    asked()
    desk.get(REQUEST)
    quietly(desk, desk.form(WORK), reply="Подключим", lane="mail")
    desk.get(REQUEST)
    desk.press("button[name='state'][value='']", reply="Подключим")
    assert "Ответ отправлен." in desk.text and SAID not in desk.text


def test_a_list_stays_as_it_was_when_its_reason_is_dropped(desk: Visitor) -> None:
    asked()
    desk.get("/staff/requests/new?sort=oldest")
    quietly(desk, desk.form("form.staff__many"), reason="Дом не наш")
    desk.get("/staff/requests/new?sort=oldest")
    assert desk.value("reason") == "Дом не наш" and SAID in desk.text
    desk.fill_and_submit(DROP)
    assert desk.url.endswith("/staff/requests/new?sort=oldest") and desk.value("reason") == ""


def test_what_comes_late_does_not_bring_back_what_was_dropped(desk: Visitor) -> None:
    form = f"form[action='{TEMPLATE}']"
    desk.get(TEMPLATE)
    quietly(desk, desk.form(form), called="Отказ", text="Нет")
    desk.get(TEMPLATE)
    before = desk.form(f"{form}")
    desk.fill_and_submit(DROP)
    quietly(desk, before, called="Отказ", text="Нет, и ещё")  # was under way
    desk.get(TEMPLATE)
    assert SAID not in desk.text and desk.value("text") == ""


def unsent() -> list[str]:
    """What lies half-written in all sessions."""
    with db.atomic():
        return [place for row in WebSession.select() for place in row.data.get("staff_typed", {})]


@pytest.mark.parametrize("late", ["quietly", "sent", "signed out"])
def test_of_a_resident_who_is_erased_nothing_lies_here_nor_comes_anew(
    desk: Visitor, clerk: Staff, late: str
) -> None:
    user: User = resident()
    page = f"/staff/resident/{user.id}/name"
    desk.get(page)
    form = desk.form(f"form[action='{page}']")
    quietly(desk, form, last_name="Недописано")
    assert unsent() == [page]
    with db.atomic():
        User.update(delete_at=now()).execute()
    purge()
    assert not User.select().exists() and not unsent()
    later = timedelta(minutes=40 if late == "signed out" else 0)
    with time_machine.travel(now() + later, tick=False):
        if late == "quietly":
            quietly(desk, form, last_name="Недописано")
        else:
            desk.post(page, {**hidden(form), "last_name": "Недописано", "first_name": "Анна"})
    assert not unsent()


def test_the_file_of_a_reply_that_was_not_sent_goes_with_its_resident(desk: Visitor) -> None:
    user: User = resident()
    asked(user=user)
    desk.get(REQUEST)
    quietly(desk, desk.form(WORK), reply="Вот снимок")
    name = store.keep(b"x")
    with db.atomic():
        row = WebSession.get(WebSession.data.cast("TEXT").contains("staff_typed"))
        row.data["staff_typed"]["12345678"]["attached"] = name
        WebSession.update(data=row.data).where(WebSession.key == row.key).execute()
        User.update(delete_at=now()).execute()
    purge()
    assert not unsent() and not [path for path in store.folder().iterdir() if name in path.name]
