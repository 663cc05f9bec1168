"""Imports, and so registers, all staff pages; the context of their templates."""

from datetime import date
from typing import Any

from flask import current_app, request, url_for
from flask_babel import format_date, format_decimal, format_percent
from flask_babel import gettext as _
from peewee import ModelSelect
from werkzeug.wrappers import Response

from cabinet.models import ConnectionRequest, Message
from cabinet.staff import (
    audit,
    bulk,
    confirmation,
    data_request_card,
    data_requests,
    day,
    deliveries,
    delivery_figures,
    embedding,
    exports,
    finding,
    guide,
    import_card,
    import_columns,
    imports,
    invitations,
    inviting,
    join,
    me,
    merging,
    messages,
    people,
    phone_changes,
    presence,
    registrations,
    reply_help,
    reply_templates,
    request_accounts,
    request_card,
    request_files,
    request_undo,
    requests,
    resident_accounts,
    resident_block,
    resident_cabinet,
    resident_name,
    resident_undo,
    residents,
    sign_in,
    spending,
    unsent,
)
from cabinet.staff.guard import bp, current_staff
from cabinet.staff.paging import asked
from cabinet.staff.search import ALL
from cabinet.web.flow import advance
from cabinet.wording.formats import masked

__all__ = [
    "audit",
    "bp",
    "bulk",
    "confirmation",
    "data_request_card",
    "data_requests",
    "day",
    "deliveries",
    "delivery_figures",
    "embedding",
    "exports",
    "finding",
    "guide",
    "import_card",
    "import_columns",
    "imports",
    "invitations",
    "inviting",
    "join",
    "me",
    "merging",
    "messages",
    "people",
    "phone_changes",
    "presence",
    "registrations",
    "reply_help",
    "reply_templates",
    "request_accounts",
    "request_card",
    "request_files",
    "request_undo",
    "requests",
    "resident_accounts",
    "resident_block",
    "resident_cabinet",
    "resident_name",
    "resident_undo",
    "residents",
    "sign_in",
    "spending",
]


@bp.get("/")
def start() -> Response:
    """The staff's first page: what there is to do today."""
    return advance("staff.day")


@bp.context_processor
def context() -> dict[str, object]:
    """The sections of the head line, its search, and `here`."""
    return {
        "staff_sections": _sections,
        "staff_search": ALL.form,
        "here": _here,
        "milliseconds": unsent.milliseconds,
        "filled_in_since": unsent.filled_in_since,
    }


bp.add_app_template_filter(masked, "masked")
bp.add_app_template_filter(lambda number: format_decimal(number), "count")
bp.add_app_template_filter(lambda part, whole: format_percent(part / whole, "#,##0.0\xa0%"), "share")
bp.add_app_template_filter(lambda iso: format_date(date.fromisoformat(iso), "LLLL yyyy"), "iso_period")
bp.add_app_template_filter(lambda day: format_date(day, "d MMMM yyyy"), "day")


MOST_COUNTED = 99


def _here(**changes: str | None) -> str:
    """The address of this list with other parameters; None leaves one out."""
    wanted = {name: value for name, value in {**asked(), **changes}.items() if value}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **wanted})


def _sections() -> list[tuple[str, str, str, str]]:
    """Endpoint, name, how many wait there ("" for none), and that in words."""
    new = _waiting(ConnectionRequest.select().where(ConnectionRequest.state == "new"))
    dead = _waiting(Message.select().where(Message.dead()))
    sections = [
        ("staff.day", _("Сегодня"), "", ""),
        ("staff.requests", _("Заявки"), new, _("новых: %(n)s", n=new)),
        ("staff.residents", _("Жители"), "", ""),
        ("staff.registrations", _("Регистрации"), "", ""),
        ("staff.messages", _("Сообщения"), dead, _("не доставлено: %(n)s", n=dead)),
        ("staff.imports", _("Загрузки"), "", ""),
    ]
    if current_staff().is_admin:
        sections.append(("staff.audit", _("Журнал"), "", ""))
    return [section for section in sections if section[0] in current_app.view_functions]


def _waiting(query: "ModelSelect[Any]") -> str:
    """How many rows, as far as they are worth counting on each page."""
    count = query.limit(MOST_COUNTED + 1).count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
