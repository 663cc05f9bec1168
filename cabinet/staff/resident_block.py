"""Blocks a resident: why is chosen from reasons that support can say, and that the resident is told."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import AnyOf

from cabinet.models import User, profile
from cabinet.models.user import REASONS
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.resident_forms import ResidentForm, form_about
from cabinet.web.flow import advance, flash, reject
from cabinet.web.security import client_address


def reason_names() -> dict[str, str]:
    """The reasons in words, for staff."""
    return {
        "asked": _("Попросил сам житель"),
        "stranger": _("Похоже, в кабинет входил посторонний"),
        "number": _("Номер телефона теперь у другого человека"),
        "rules": _("Нарушены условия использования"),
    }


class ClosingForm(ResidentForm):
    """Why."""

    reason = RadioField(
        _l("Почему закрываем"),
        validate_choice=False,
        validators=[AnyOf(REASONS, message=_l("Выберите, почему закрываем вход."))],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = list(reason_names().items())


@bp.get("/resident/<user_id>/block")
def resident_block(form: ClosingForm | None = None, *, user_id: str) -> Response:
    """«Закрыть вход?»"""
    user = get_or_404(User, User.id == user_id)
    record("resident-seen", user.id)
    return show("resident_block.html", user=user, form=form or form_about(user, ClosingForm))


@bp.post("/resident/<user_id>/block")
def block_resident(user_id: str) -> Response:
    """Block the resident: signs out at once and prevents signing in."""
    user, form = get_or_404(User, User.id == user_id), ClosingForm()
    if not form.validate():
        return reject(resident_block, form)
    had_number = user.has_number
    if profile.close(user, current_staff().actor, client_address(), form.reason.data):
        flash(_closed(form.reason.data, doubted=had_number and not user.has_number))
    else:
        flash(_("Вход уже закрыт."), "info")
    return advance("staff.resident", user_id=user_id)


def _closed(reason: str, doubted: bool) -> str:
    """What was done; `doubted` is a number that may be the stranger's."""
    if doubted:
        return str(
            _(
                "Вход закрыт, пароль и ключи входа удалены. Номер недавно сменили, и мы его отключили: "
                "когда откроете вход, кабинет вернёт владелец прежнего номера по коду и квитанции. "
                "Если прежнего номера у жителя нет, смените номер сами."
            )
        )
    if reason == "stranger":
        return str(_("Вход закрыт, пароль и ключи входа удалены: потом житель создаст новый пароль по коду."))
    return str(_("Вход закрыт, сеансы завершены, житель узнает причину."))
