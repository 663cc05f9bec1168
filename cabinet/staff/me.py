"""One's own sign-in: another password, and codes for when the authenticator is not at hand."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models.attempt import TooManyError
from cabinet.models.base import unix_time
from cabinet.models.database import db
from cabinet.models.recovery_code import RecoveryCode
from cabinet.models.staff import Staff
from cabinet.models.staff_passkey import StaffPasskey
from cabinet.staff.confirmation import password_is_right
from cabinet.staff.guard import admit, bp, current_staff, show
from cabinet.staff.people_forms import CodesForm, OwnPasswordForm
from cabinet.staff.step_up import ProvedForm, prove, proved_lately
from cabinet.web import session_keys as keys
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, flashed, form_for_get, reject
from cabinet.web.security import client_address
from cabinet.web.sessions import session


@bp.get("/me")
def me(form: OwnPasswordForm | ProvedForm | None = None) -> Response:
    """What one may change of one's own sign-in."""
    staff = current_staff()
    return show(
        "me.html",
        form=form if isinstance(form, OwnPasswordForm) else form_for_get(OwnPasswordForm),
        codes=form if isinstance(form, CodesForm) else form_for_get(CodesForm),
        left=RecoveryCode.left(staff),
        keys=len(StaffPasskey.of(staff)),
        proved=proved_lately(),
        notice=flashed(),
    )


@bp.post("/me/password")
def change_own_password() -> Response:
    """Another password; everywhere else one is signed out."""
    form, staff = OwnPasswordForm(), current_staff()
    if not form.validate() or not form.meets_rules(staff) or not _is_mine(form, staff):
        return reject(me, form)
    awaited, had_more = staff.awaits_somebody, RecoveryCode.left(staff) or StaffPasskey.of(staff)
    if not staff.change_password(hasher().hash(form.password.data), client_address()):
        return advance("staff.sign_in")
    admit(staff)
    session[keys.STAFF_PROVED] = int(unix_time())
    said = [_("Пароль изменён. На других устройствах вы вышли.")]
    if had_more:
        said.append(_("Ключи входа и коды восстановления больше не действуют: сделайте новые."))
    if awaited:
        said.append(_("Приглашения, которые вы выдали, больше не действуют: выдайте их заново."))
    flash(" ".join(said))
    return advance("staff.me")


def _is_mine(form: OwnPasswordForm, staff: Staff) -> bool:
    typed = form.current.data or ""
    try:
        if password_is_right(typed, staff):
            return True
    except TooManyError as error:
        form.refuse(error, form.current, _("Слишком много попыток. Повторите %(when)s."))
        return False
    form.current.errors = [_("Пароль не подходит. Введите его ещё раз.")]
    return False


@bp.post("/me/codes")
def make_codes() -> Response:
    """New recovery codes, shown this once."""
    form, staff = CodesForm(), current_staff()
    if not form.validate() or not prove(form):
        return reject(me, form)
    with db.atomic():
        if staff.held() is None:
            return advance("staff.sign_in")
        made = RecoveryCode.renew(staff, client_address())
    return show("codes.html", made=made)
