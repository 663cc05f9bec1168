"""The page of the day: what waits, what is late, where residents stop; every figure leads to its list."""

from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import (
    ConnectionRequest,
    DataRequest,
    ImportJob,
    Message,
    PhoneChange,
    Staff,
    desk_figures,
)
from cabinet.models.base import now
from cabinet.models.request_note import Unread
from cabinet.staff import import_card
from cabinet.staff.guard import bp, current_staff, record, show
from cabinet.staff.registrations import step_names
from cabinet.web.flow import flashed

MOST = desk_figures.MOST
IMPORTS = 3  # shown, the newest
NEWEST = (ImportJob.created_at.desc(), ImportJob.id.desc())


@dataclass(frozen=True)
class Figure:
    """A figure and the list that it leads to; `pressing` ones are marked where they are not 0."""

    name: str
    value: str
    href: str
    pressing: bool = False
    hint: str = ""


@bp.get("/day")
def day() -> Response:
    """What there is to do."""
    oldest = desk_figures.oldest_open()
    record("day-seen")
    return show(
        "day.html",
        figures=_figures(oldest),
        oldest=oldest,
        usual=duration(desk_figures.usual_time()),
        stops=desk_figures.stops(),
        most=MOST,
        steps=step_names(),
        jobs=list(ImportJob.select().order_by(*NEWEST).limit(IMPORTS)),
        job_states=import_card.state_names(),
        phone_changes=PhoneChange.waiting(),
        asked_by={one.id: one.shown for one in Staff.select()},
        notice=flashed(),
    )


def _figures(oldest: ConnectionRequest | None) -> list[Figure]:
    new = ConnectionRequest.select(ConnectionRequest.id).where(ConnectionRequest.state == "new")
    waited = duration(now() - oldest.created_at) if oldest else ""
    card = url_for("staff.request_card", number=oldest.number) if oldest else _list("new")
    late, unread = desk_figures.count_overdue(MOST + 1), Unread.select(Unread.request).limit(MOST + 1)
    figures = [
        Figure(_("Новые заявки"), _shown(new.limit(MOST + 1).count()), _list("new")),
        Figure(_("У меня в работе"), _shown(desk_figures.mine(current_staff().id)), _list("mine")),
        Figure(_("Ждут ответа"), _shown(unread.count()), _list("answered"), True),
        Figure(_("Просрочены"), _shown(late), _list("overdue"), True),
        Figure(_("Дольше всех ждёт"), waited or "—", card, hint=f"№ {oldest.number}" if oldest else ""),
        Figure(
            _("Не доставлено"),
            _shown(Message.select(Message.id).where(Message.dead()).limit(MOST + 1).count()),
            url_for("staff.messages", state="dead"),
            True,
        ),
    ]
    about_data, too_late = DataRequest.count_waiting(MOST + 1)
    if about_data:
        to, count = url_for("staff.data_requests"), _shown(about_data)
        figures.append(Figure(_("Запросы о данных"), count, to, too_late))
    return figures


def _list(state: str) -> str:
    return url_for("staff.requests", state=state)


def _shown(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)


def duration(length: timedelta | None) -> str:
    """«3 дня», «33 часа», «12 минут», as people say; "" for none."""
    return "" if length is None else str(format_timedelta(length, granularity="minute", threshold=2))
