"""Corrects a resident's name for them."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField

from cabinet.forms.person import NameFields
from cabinet.models import User
from cabinet.models.profile import ChangedMeanwhileError, correct_name
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.resident_forms import ResidentForm, form_about
from cabinet.staff.resident_undo import remember
from cabinet.staff.unsent import half_written_of, keeps, mark
from cabinet.web.flow import advance, flash, reject
from cabinet.web.security import client_address

NAMES = ("last_name", "first_name", "middle_name")


class CorrectedNameForm(NameFields, ResidentForm):
    """The name as it should be; `seen` is the one that the page showed."""

    seen = HiddenField()


@bp.get("/resident/<user_id>/name")
def resident_name(form: CorrectedNameForm | None = None, *, user_id: str) -> Response:
    """The form, filled in with the name of now."""
    user = get_or_404(User, User.id == user_id)
    record("resident-seen", user.id)
    now = {name: getattr(user, name) for name in NAMES} | {"seen": user.full_name}
    kept = half_written_of(now, "submit_resident_name", user_id=user.id)
    return show(
        "resident_name.html",
        user=user,
        form=form or form_about(user, CorrectedNameForm, **kept),
        was=mark(now),
    )


@bp.post("/resident/<user_id>/name")
@keeps("resident_name", *NAMES, "was")
def submit_resident_name(user_id: str) -> Response:
    """Correct it, unless it is not the one that was shown any more."""
    user, form = get_or_404(User, User.id == user_id), CorrectedNameForm()
    if not form.validate():
        return reject(resident_name, form)
    names = (form.last_name.value, form.first_name.value, form.middle_name.value)
    before = (user.last_name, user.first_name, user.middle_name)
    try:
        done = correct_name(user, names, form.seen.data or "", current_staff().actor, client_address())
    except ChangedMeanwhileError:
        form.form_errors.append(
            _("Имя тем временем изменили. Сейчас оно такое: %(name)s.", name=user.full_name)
        )
        form.seen.data = user.full_name
        return reject(resident_name, form)
    if done:
        remember(user, "name", before=before, seen=user.full_name)
    flash(_("Имя исправлено, мы сообщили об этом жителю.") if done else _("Имя такое и есть."))
    return advance("staff.resident", user_id=user.id)
