"""Nothing half-written is lost, in whatever form of the staff: not by a reload, nor by the session's end."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from bs4 import Tag
from flask import Flask

from cabinet.models import ReplyTemplate, Staff, User, WebSession
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.user import CredentialsChangedError
from cabinet.staff import resident_name, unsent
from cabinet.staff.guard import WITHOUT_SIGN_IN
from tests.cast import resident
from tests.markup import attribute
from tests.placing import at_desk
from tests.staff.conftest import PASSWORD, code_now, enter
from tests.staff.office import addresses, furnish
from tests.staff.test_import_columns import strange
from tests.staff.test_import_decisions import checked
from tests.visitor import ORIGIN, Visitor

WORDS = "textarea, [type=text], [type=tel], [type=email]"
NO_WORDS = ("code", "last_four", "query")  # checks of who is here, and searches, which are kept when sent
TEMPLATE = "/staff/template/new"
CONFIRM = "form[action$='/passkeys/confirm']"


def open_page(desk: Visitor, address: str) -> None:
    """As somebody does who is asked who they are, where that hides a form."""
    desk.get(address)
    if desk.page.select(CONFIRM):
        desk.fill_and_submit(CONFIRM, proof=PASSWORD)


def fields(form: Tag) -> list[Tag]:
    """The fields of a form that take words."""
    return [
        one for one in form.select(WORDS) if one.get("name") not in NO_WORDS and not one.has_attr("readonly")
    ]


def forms(desk: Visitor) -> Iterator[Tag]:
    """The forms of the page into which somebody types words."""
    for form in desk.page.select("main form[method=post]"):
        if fields(form) or form.select_one("[name^=column-]"):
            yield form


def with_words(desk: Visitor, app: Flask, me: Staff) -> dict[str, str]:
    """The page of each form with words, by the address that it is sent to."""
    found = {**furnish(me), "job_id": [checked(desk, strange()).id]}
    pages: dict[str, str] = {}
    for endpoint, address in addresses(app, found):
        if endpoint not in WITHOUT_SIGN_IN and desk.client.head(address).mimetype == "text/html":
            open_page(desk, address)
            for form in forms(desk):
                assert form.has_attr("data-keep"), f"{address}: half-written words are lost: {form.attrs}"
                pages.setdefault(str(form["data-keep"] or form["action"]), desk.path)
    return pages


def written(form: Tag) -> dict[str, str]:
    """Something for each of its fields that take words, and for its lists."""
    words = {attribute(one, "name"): "Недописано" for one in fields(form)}
    lists = {
        attribute(one, "name"): attribute(one.select("option")[-1], "value") for one in form.select("select")
    }
    return {**words, **{name: value for name, value in lists.items() if name.startswith("column-")}}


def hidden(form: Tag) -> dict[str, str]:
    """What the form says of itself."""
    return {attribute(one, "name"): str(one.get("value", "")) for one in form.select("[type=hidden][name]")}


def shown(form: Tag, names: dict[str, str]) -> dict[str, str]:
    """What stands in these fields."""
    found = {name: form.find(True, attrs={"name": name}) for name in names}
    return {name: _value(field) for name, field in found.items() if isinstance(field, Tag)}


def _value(field: Tag) -> str:
    if field.name == "select":
        chosen = field.find("option", selected=True)
        return attribute(chosen, "value") if isinstance(chosen, Tag) else ""
    return field.get_text().strip() if field.name == "textarea" else str(field.get("value", ""))


def quietly(desk: Visitor, form: Tag, **words: str) -> None:
    """What the page's script sends a moment after somebody typed."""
    told = {"seen": "99", **hidden(form), "quietly": str(form.get("data-shown", "y")), **words}
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    answer = desk.client.post(str(form["data-keep"] or form["action"]), data=told, headers=headers)
    assert answer.status_code == 204, answer.status


def come_back(desk: Visitor, me: Staff) -> None:
    """Sign in anew, in the same browser."""
    assert desk.title == "Вход для сотрудников"
    desk.fill_and_submit(email=me.email, password=PASSWORD, code=code_now(Staff.get_by_id(me.id)))
    if goes_to := desk.response.headers.get("HX-Redirect"):
        desk.get(goes_to)


def test_words_in_every_form_outlive_a_reload_and_the_session(
    visitor: Visitor, app: Flask, admin: Staff
) -> None:
    desk = at_desk(visitor, admin)
    pages = with_words(desk, app, admin)
    mine = {address for address in pages if not address.endswith("/typed")}
    assert len(mine) > 13, "forms were found"
    later = 0
    for sent_to, page in pages.items():
        where = f"form[data-keep='{sent_to}'], form[method=post][action='{sent_to}']"
        open_page(desk, page)
        form = desk.one(where)
        words, said = written(form), hidden(form)
        quietly(desk, form, **words)
        open_page(desk, page)
        assert shown(desk.one(where), words) == words, f"{page}: lost by a reload"
        again = {name: f"{value}, и ещё" if value == "Недописано" else value for name, value in words.items()}
        later += 40
        with time_machine.travel(now() + timedelta(minutes=later), tick=False):
            desk.post(sent_to, {**said, **again})
            come_back(desk, admin)
            assert desk.path == page or desk.page.select("main a[href]"), "led back"
            open_page(desk, page)
            assert shown(desk.one(where), again) == again, f"{page}: lost with the session"


@pytest.fixture
def typist(desk: Visitor) -> Visitor:
    """A clerk before a new template."""
    desk.get(TEMPLATE)
    return desk


def test_what_is_refused_is_not_lost(typist: Visitor) -> None:
    typist.fill_and_submit(f"form[action='{TEMPLATE}']", called="Отказ", text="{дом}")
    assert typist.error("text")
    typist.get("/staff/templates")
    typist.get(TEMPLATE)
    assert (typist.value("called"), typist.value("text")) == ("Отказ", "{дом}")


def test_what_is_sent_is_kept_no_longer_and_does_not_come_back(typist: Visitor) -> None:
    stale = typist.form(f"form[action='{TEMPLATE}']")
    quietly(typist, stale, called="Отказ", text="Нет")
    typist.get(TEMPLATE)
    before = typist.form(f"form[action='{TEMPLATE}']")
    typist.fill_and_submit(f"form[action='{TEMPLATE}']")
    assert ReplyTemplate.get().text == "Нет"
    quietly(typist, before, called="Отказ", text="Нет")  # was under way
    typist.get(TEMPLATE)
    assert (typist.value("called"), typist.value("text")) == ("", "")
    quietly(typist, typist.form(f"form[action='{TEMPLATE}']"), called="Другой", text="")
    typist.get(TEMPLATE)
    assert typist.value("called") == "Другой"


def test_words_are_their_writers_alone(typist: Visitor, clerk: Staff, admin: Staff) -> None:
    quietly(typist, typist.form(f"form[action='{TEMPLATE}']"), called="Отказ", text="Нет")
    for who, found in ((admin, ""), (clerk, "")):
        typist.post("/staff/sign-out", {"csrf_token": typist.csrf_token})
        enter(typist, Staff.get_by_id(who.id))
        typist.get(TEMPLATE)
        assert typist.value("called") == found, "gone once somebody else was here"


def test_what_changes_meanwhile_loses_no_words(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    user: User = resident()

    def changed(*_args: object) -> bool:
        raise CredentialsChangedError

    monkeypatch.setattr(resident_name, "correct_name", changed)
    desk.get(f"/staff/resident/{user.id}/name")
    desk.fill_and_submit("main form", last_name="Петрова")
    assert "тем временем" in desk.text
    desk.get(f"/staff/resident/{user.id}/name")
    assert desk.value("last_name") == "Петрова"


def test_nothing_secret_is_kept_and_nothing_of_strangers(admin_desk: Visitor, app: Flask) -> None:
    admin_desk.get("/staff/people")
    admin_desk.fill_and_submit(
        "form[action='/staff/people']", full_name="Ольга", email="x", proof="Тайна7слово"
    )
    assert admin_desk.error("email")
    stranger = Visitor(app)
    stranger.get("/staff/sign-in")
    assert "staff.submit_people" in unsent.FORMS
    stranger.post("/staff/people", {"csrf_token": stranger.csrf_token, "full_name": "Words of a stranger"})
    with db.atomic():
        kept = [str(row.data) for row in WebSession.select()]
    assert not [data for data in kept if "Тайна7слово" in data or "Words of" in data]
