"""The guide for staff: what they do here, by task, with pictures that `make guide` takes."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from cabinet.staff.guard import bp, show
from cabinet.web import assets

# the templates of staff/guide/ with their titles, in the order in which people meet the tasks
CHAPTERS: dict[str, Any] = {
    "first": _l("Первый вход"),
    "day": _l("Страница дня"),
    "search": _l("Найти заявку или жителя"),
    "answer": _l("Взять заявку и ответить"),
    "close": _l("Закрыть заявку или отказать"),
    "hand": _l("Передать заявку, взять сразу несколько"),
    "account": _l("Подключить лицевой счёт"),
    "call": _l("Житель звонит: пригласить по телефону"),
    "phone": _l("Сим-карта потеряна, номер новый"),
    "sms": _l("СМС или письмо не дошли"),
    "billing": _l("Загрузить файл из биллинга"),
    "export": _l("Выгрузить список"),
    "people": _l("Сотрудники и роли"),
    "journal": _l("Журнал"),
    "trouble": _l("Что делать, если…"),
}
FOLDER = "guide"  # of the static files
SIZE_AT = 16  # bytes from the start of a PNG; width and height are four each


@dataclass(frozen=True)
class Picture:
    """A picture of the guide: the name of its static file, width and height in pixels."""

    file: str
    width: int
    height: int


@cache
def picture(name: str) -> Picture:
    """A picture by its name in the chapters. Raises OSError where there is none."""
    file = f"{FOLDER}/{name}.png"
    with (assets.SOURCE / file).open("rb") as png:
        head = png.read(SIZE_AT + 8)
    width, height = (int.from_bytes(head[at : at + 4]) for at in (SIZE_AT, SIZE_AT + 4))
    return Picture(file, width, height)


@bp.get("/guide")
def guide() -> Response:
    """All chapters on one page."""
    return show("guide.html", chapters=CHAPTERS, picture_of=picture)
