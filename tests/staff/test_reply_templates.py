"""Templates of replies: written by staff, filled from the request, looked at before they are sent."""

import pytest

from cabinet.models import Audit, Message, ReplyTemplate, Staff
from cabinet.models.database import db
from cabinet.models.reply_template import unknown_places
from tests.staff.test_half_written import PAGE
from tests.staff.test_requests import asked
from tests.visitor import Visitor

FILL, LOOK = "button[formaction$='/template']", "button[formaction$='/preview']"


def template(text: str, title: str = "Готово") -> ReplyTemplate:
    with db.atomic():
        return ReplyTemplate.create(title=title, text=text)


def test_a_template_is_written_changed_and_deleted(desk: Visitor, clerk: Staff) -> None:
    desk.get("/staff/templates")
    desk.follow("Добавить шаблон")
    desk.fill_and_submit(called=" ", text="")
    assert desk.error("text") == "Ошибка: Напишите ответ."
    desk.fill_and_submit(called="Готово", text="{имя}, подключили {дом}")
    assert "{дом}" in desk.error("text") and desk.value("called") == "Готово"
    desk.fill_and_submit(text="{имя}, подключили {адрес}")
    assert desk.path == "/staff/templates" and "Шаблон сохранён" in desk.text
    desk.follow("Готово")
    desk.fill_and_submit(called="Подключили")
    assert [(one.title, one.text) for one in ReplyTemplate.all()] == [
        ("Подключили", "{имя}, подключили {адрес}")
    ]
    desk.follow("Подключили")
    desk.fill_and_submit("form[action$='/delete']")
    assert ReplyTemplate.all() == [] and "удалён" in desk.text
    said = Audit.select().where(Audit.action.startswith("staff-template"))
    assert [row.action for row in said.order_by(Audit.id)] == [
        *("staff-template-saved", "staff-template-saved", "staff-template-deleted")
    ]


def test_staff_begin_with_ready_ones(desk: Visitor) -> None:
    desk.get("/staff/templates")
    for _ in range(2):
        desk.post("/staff/templates", {"csrf_token": desk.csrf_token})
    assert len(ReplyTemplate.all()) == 3 and not any(unknown_places(one.text) for one in ReplyTemplate.all())


@pytest.mark.parametrize("key", ["0", "x", "9" * 30])
def test_no_such_template(desk: Visitor, key: str) -> None:
    desk.get(f"/staff/template/{key}")
    assert desk.status == 404


def test_a_template_is_filled_after_what_is_typed(desk: Visitor) -> None:
    asked()
    wanted = template("{имя} {отчество}, заявка {number}: {адрес}. Счёт {счет}. {кто}")
    desk.get(PAGE)
    desk.press(FILL)
    assert desk.error("template") == "Ошибка: Выберите шаблон."
    desk.press(FILL, reply="Добрый день!", template=str(wanted.id), text="Заметка")
    filled = "Анна, заявка 12345678: Клин, Дачная, д. 3. Счёт. {кто}"
    assert desk.value("reply").replace("\r\n", "\n") == f"Добрый день!\n\n{filled}"
    assert desk.value("text") == "Заметка" and not Message.select().exists()


@pytest.mark.parametrize(("lane", "words"), [("sms", "2 СМС, +7 916 123-45-67"), ("mail", "Ответ по заявке")])
def test_a_reply_is_looked_at_before_it_goes(desk: Visitor, lane: str, words: str) -> None:
    asked()
    desk.get(PAGE)
    desk.press(LOOK)
    assert desk.error("reply")
    desk.press(LOOK, reply="Подключим завтра. <b>" + "Ждите нас! " * 6, lane=lane)
    shown = desk.one("section[aria-labelledby=preview]").get_text(" ", strip=True).replace("\xa0", " ")
    assert lane == "sms" or "вопросы? Позвоните" in " ".join(shown.split())
    assert words in shown and "Подключим завтра. <b>" in shown and "12345678" in shown
    assert desk.value("reply").startswith("Подключим завтра.") and not Message.select().exists()
    desk.reload()
    assert not desk.page.select("section[aria-labelledby=preview]")


def test_what_is_gone_is_not_on_record_as_deleted(database: object, clerk: Staff) -> None:
    gone = template("{имя}")
    for _ in range(2):
        ReplyTemplate.remove(gone.id, clerk, "")
    assert Audit.select().where(Audit.action == "staff-template-deleted").count() == 1


def test_no_line_ends_with_a_space_where_a_word_is_missing(database: object) -> None:
    wanted = template("Здравствуйте, {имя} {отчество}\nЗаявка {номер} , ответ:")
    assert wanted.filled(asked(first_name="Анна", middle_name="")) == (
        "Здравствуйте, Анна\nЗаявка 12345678, ответ:"
    )
