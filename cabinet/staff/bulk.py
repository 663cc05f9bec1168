"""What staff do with many requests at once, ticked in their list."""

from collections.abc import Callable
from functools import partial

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import casework
from cabinet.models.bulk_casework import MOST, Act, Outcome, act_on
from cabinet.models.request import ConnectionRequest
from cabinet.models.staff import Staff
from cabinet.staff.bulk_form import BulkForm
from cabinet.staff.guard import bp, current_staff
from cabinet.staff.paging import asked
from cabinet.staff.requests import requests
from cabinet.staff.unsent import keeps, nothing_was_done
from cabinet.web.flow import advance, flash, reject
from cabinet.web.security import client_address


@bp.post("/requests/<state>")
@keeps("requests", "reason")
def act_on_requests(state: str) -> Response:
    """Take, hand over, finish or refuse all that are ticked in this list; then it is shown again."""
    form = BulkForm()
    act = _checked(form)
    if act is None:
        return reject(requests, form, **asked())
    outcome = act_on(form.shown, act)
    if form.act.data != "refused" or outcome.changed or outcome.impossible or not outcome.done:
        nothing_was_done()  # with the reason, or not with all: it stays
    flash(_told(form.act.data, outcome), "warn" if outcome.changed or outcome.impossible else "done")
    return advance("staff.requests", state=state, **asked())


def _checked(form: BulkForm) -> Act | None:
    """What to do with each; None, with errors on the form, where something is missing or too much."""
    good, act = form.validate(), ACTS.get(form.act.data or "")
    if act is None:
        form.form_errors.append(_("Нажмите, что сделать с отмеченными заявками."))
    elif not form.shown:
        form.form_errors.append(_("Отметьте заявки."))
    elif len(form.shown) > MOST:
        form.form_errors.append(_("За раз не больше %(most)s заявок.", most=MOST))
    else:
        return act(form) if good else None
    return None


def _move(state: str, _form: BulkForm) -> Act:
    staff, ip = current_staff(), client_address()
    return lambda found, seen: casework.move(found, state, staff, ip, seen)


def _hand_over(form: BulkForm) -> Act | None:
    colleague = next((one for one in Staff.at_work() if one.id == form.colleague.data), None)
    if colleague is None:
        form.colleague.errors = [_("Выберите, кому передать.")]
        return None
    staff, ip = current_staff(), client_address()
    return lambda found, seen: casework.hand_over(found, colleague, staff, ip, seen)


def _refuse(form: BulkForm) -> Act | None:
    words = (form.reason.data or "").strip()
    if not words:
        form.reason.errors = [_("Напишите причину отказа: её получит житель.")]
        return None
    staff, ip = current_staff(), client_address()

    def refuse(found: ConnectionRequest, seen: int) -> bool:
        channel = "mail" if found.email else "sms"
        return casework.answer(found, words, channel, staff, ip, state="refused", seen=seen)

    return refuse


ACTS: dict[str, Callable[[BulkForm], Act | None]] = {
    "in_work": partial(_move, "in_work"),
    "done": partial(_move, "done"),
    "hand-over": _hand_over,
    "refused": _refuse,
}


def _told(act: str, outcome: Outcome) -> str:
    """What was done, and which requests stay as they were."""
    num = len(outcome.done)
    done = {
        "in_work": _("Взято в работу заявок: %(num)d.", num=num),
        "done": _("Выполнено заявок: %(num)d.", num=num),
        "hand-over": _("Передано заявок: %(num)d.", num=num),
        "refused": _("Отклонено заявок: %(num)d.", num=num),
    }
    parts = [done[act]]
    if outcome.changed:
        parts.append(
            _(
                "Изменились, пока вы смотрели, и остались как есть: %(which)s.",
                which=_numbers(outcome.changed),
            )
        )
    if outcome.impossible:
        parts.append(_("С этими так поступить нельзя: %(which)s.", which=_numbers(outcome.impossible)))
    return " ".join(parts)


def _numbers(numbers: list[str]) -> str:
    return ", ".join(f"№\xa0{number}" for number in numbers)
