"""Another number for a resident whose SIM is lost: a clerk asks, a colleague approves or refuses."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from cabinet.forms.base import ParsedField
from cabinet.forms.person import PHONE_MESSAGES, parse_phone
from cabinet.models import PhoneChange, Staff, User, linking, phone_change
from cabinet.models.base import settings
from cabinet.models.phone_change import (
    AlreadyAskedError,
    NotForYouError,
    NotTwoError,
    OverError,
    PhoneTakenError,
)
from cabinet.models.profile import ChangedMeanwhileError
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.resident_forms import ResidentForm, form_about
from cabinet.staff.step_up import ProvedForm, prove, proved_lately
from cabinet.staff.unsent import half_written, keeps, nothing_was_done
from cabinet.web.flow import advance, flash, flashed, reject
from cabinet.web.security import client_address

LONGEST = 500
_TOO_LONG = _l("Слишком длинно: не больше 500 знаков.")


class PhoneChangeForm(ResidentForm, ProvedForm):
    """What is asked for, why, and how it is known that it is the resident who asks."""

    phone = ParsedField(_l("Новый номер"), parse_phone, PHONE_MESSAGES)
    reason = TextAreaField(
        _l("Почему меняем"),
        validators=[
            InputRequired(_l("Напишите, почему меняем номер.")),
            Length(max=LONGEST, message=_TOO_LONG),
        ],
    )
    identified = TextAreaField(
        _l("Как убедились, что это житель"),
        validators=[InputRequired(_l("Напишите, как убедились.")), Length(max=LONGEST, message=_TOO_LONG)],
    )


class ApprovalForm(ResidentForm, ProvedForm):
    """Yes."""


class RefusalForm(ResidentForm):
    """No, and why."""

    words = TextAreaField(
        _l("Почему отказываете"),
        validators=[InputRequired(_l("Напишите коллеге, почему.")), Length(max=LONGEST, message=_TOO_LONG)],
    )


@bp.get("/resident/<user_id>/phone")
def resident_phone(form: PhoneChangeForm | None = None, *, user_id: str) -> Response:
    """The form that asks for it."""
    user = get_or_404(User, User.id == user_id)
    record("resident-seen", user.id)
    return show(
        "resident_phone.html",
        user=user,
        form=form
        or form_about(user, PhoneChangeForm, **half_written("submit_resident_phone", user_id=user.id)),
        proved=proved_lately(),
        hours=settings().phone_change_lifetime // 3600,
    )


@bp.post("/resident/<user_id>/phone")
@keeps("resident_phone", "phone", "reason", "identified")
def submit_resident_phone(user_id: str) -> Response:
    """Ask for it; nothing changes before a colleague agrees."""
    user, form = get_or_404(User, User.id == user_id), PhoneChangeForm()
    if not form.validate() or not prove(form):
        return reject(resident_phone, form)
    texts = (form.phone.value, form.reason.data.strip(), form.identified.data.strip())
    try:
        change = phone_change.ask(user, *texts, current_staff(), client_address())
    except PhoneTakenError:
        form.phone.errors = [_taken(user, form.phone.value)]
        return reject(resident_phone, form)
    except AlreadyAskedError:
        form.form_errors.append(_("Смена номера этого жителя уже ждёт второго сотрудника."))
        return reject(resident_phone, form)
    flash(_("Попросили. Номер сменится, когда это подтвердит другой сотрудник."))
    return advance("staff.phone_change_card", change=change.id)


def _taken(user: User, phone: str) -> str:
    if phone == user.phone:
        return str(_("Это и есть нынешний номер жителя."))
    told = _(
        "По этому номеру уже есть другой кабинет. Сменить номер нельзя: пусть житель входит в тот кабинет или"
        " назовёт другой номер."
    )
    return str(told)


@bp.get("/phone-change/<change>")
def phone_change_card(form: ResidentForm | None = None, *, change: str) -> Response:
    """What was asked for, and the two answers to it."""
    found = get_or_404(PhoneChange, PhoneChange.id == change)
    user: User = found.user
    record("resident-seen", user.id, shown=[user.id])
    return show(
        "phone_change.html",
        change=found,
        user=user,
        accounts=linking.accounts(user),
        names={one.id: one.shown for one in Staff.select()},
        mine=found.asked_by == current_staff().id,
        since=user.seen_at if user.seen_at and user.seen_at > found.asked_at else None,
        form=form if isinstance(form, ApprovalForm) else form_about(user, ApprovalForm),
        refusal=form
        if isinstance(form, RefusalForm)
        else form_about(user, RefusalForm, **half_written("refuse_phone_change", change=found.id)),
        proved=proved_lately(),
        notice=flashed(),
    )


@bp.post("/phone-change/<change>/approve")
def approve_phone_change(change: str) -> Response:
    """Change the number, once it is shown who agrees."""
    found, form = get_or_404(PhoneChange, PhoneChange.id == change), ApprovalForm()
    if not form.validate() or not prove(form):
        return reject(phone_change_card, form)
    return _settled(
        found,
        lambda: phone_change.approve(found, current_staff(), client_address()),
        _("Номер сменён, на прежний и на почту ушло сообщение. Вход: новый номер и «Я забыл пароль»."),
    )


@bp.post("/phone-change/<change>/refuse")
@keeps("phone_change_card", "words")
def refuse_phone_change(change: str) -> Response:
    """Change nothing; the colleague who asked sees why."""
    found, form = get_or_404(PhoneChange, PhoneChange.id == change), RefusalForm()
    if not form.validate():
        return reject(phone_change_card, form)
    words = form.words.data.strip()
    return _settled(
        found,
        lambda: phone_change.refuse(found, current_staff(), words, client_address()),
        _("Отказали, номер прежний."),
    )


@bp.post("/phone-change/<change>/withdraw")
def withdraw_phone_change(change: str) -> Response:
    """Taken back by who asked for it."""
    found = get_or_404(PhoneChange, PhoneChange.id == change)
    done = phone_change.withdraw(found, current_staff(), client_address())
    flash(
        _("Больше не просим, номер прежний.") if done else _("Отменять нечего."), "done" if done else "info"
    )
    return advance("staff.phone_change_card", change=found.id)


def _settled(change: PhoneChange, act: Callable[[], None], done: str) -> Response:
    try:
        act()
    except NotForYouError:
        nothing_was_done()
        flash(
            _(
                "Решить должен другой сотрудник, а тот, кто попросил, — работать у нас до сих пор. Если"
                " с тех пор у него другой пароль или права, откажите и попросите заново."
            ),
            "warn",
        )
    except NotTwoError:
        nothing_was_done()
        flash(
            _(
                "Решить должен кто-то третий: меньше недели назад один из вас двоих открыл другому доступ"
                " или сбросил его, либо вы пришли уже после просьбы."
            ),
            "warn",
        )
    except OverError:
        flash(_("Уже решено, или срок вышел."), "warn")
    except ChangedMeanwhileError:
        flash(_("С тех пор в кабинете что-то изменили. Номер прежний: откажите и попросите заново."), "warn")
    except PhoneTakenError:
        flash(_("По новому номеру за это время появился другой кабинет. Номер прежний."), "warn")
    else:
        flash(done)
    return advance("staff.phone_change_card", change=change.id)
