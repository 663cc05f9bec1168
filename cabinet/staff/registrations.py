"""Registrations, unfinished and finished: how far each got."""

from contextlib import suppress

from flask_babel import gettext as _
from peewee import ModelSelect
from werkzeug.wrappers import Response

from cabinet import fields
from cabinet.models.account import Account
from cabinet.models.registration import Registration
from cabinet.staff.guard import bp, record, show
from cabinet.staff.paging import PAGE, Page, page_of
from cabinet.staff.search import REGISTRATIONS
from cabinet.staff.sorting import Order
from cabinet.web.flow import advance


@bp.get("/registrations")
def registrations() -> Response:
    """The latest registrations, or those of one phone, and how far each got."""
    searched = REGISTRATIONS.query
    query = Registration.select(Registration, Account).left_outer_join(Account)
    order = Order.asked("-created")
    page = (
        _registrations_of(query, searched)
        if searched
        else page_of(query, Registration.created_at, Registration.id, order.is_ascending)
    )
    record("registrations-listed", shown=[row.id for row in page.rows])
    return show(
        "registrations.html",
        form=REGISTRATIONS.form(),
        page=page,
        query=searched,
        order=None if searched else order,
        steps=step_names(),
    )


@bp.post("/registrations")
def submit_registrations() -> Response:
    """Search by the phone typed."""
    REGISTRATIONS.submit()
    return advance("staff.registrations")


def _registrations_of(query: "ModelSelect[Registration]", typed: str) -> Page[Registration]:
    rows: list[Registration] = []
    with suppress(fields.FieldError):
        mine = query.where(Registration.phone == fields.phone(typed))
        rows.extend(mine.order_by(Registration.created_at.desc()).limit(PAGE))
    return Page(rows, "", True)


def step_names() -> dict[str, str]:
    """The names of the steps."""
    return {
        "code": _("телефон"),
        "account": _("лицевой счёт"),
        "address": _("адрес"),
        "profile": _("о себе"),
        "password": _("пароль"),
        "done": _("завершена"),
    }
