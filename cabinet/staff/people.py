"""The staff, for admins: who may sign in and as what; invitations, roles, blocks."""

from collections.abc import Callable

import peewee
from flask import abort, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import staff_admin
from cabinet.models.base import settings
from cabinet.models.recovery_code import RecoveryCode
from cabinet.models.staff import Staff
from cabinet.models.staff_admin import LastAdminError
from cabinet.staff.guard import admins_only, bp, current_staff, get_or_404, record, show
from cabinet.staff.people_forms import BlockForm, InviteForm, PersonForm, ResetForm
from cabinet.staff.step_up import ProvedForm, prove, proved_lately
from cabinet.staff.unsent import half_written, half_written_of, keeps, mark
from cabinet.web.flow import advance, flash, flashed, form_for_get, reject
from cabinet.web.security import client_address


def role_names() -> dict[str, str]:
    """The names of the roles."""
    return {"clerk": _("Оператор"), "admin": _("Администратор")}


@bp.get("/people")
@admins_only
def people(form: InviteForm | None = None) -> Response:
    """All members of staff, and the form that invites one."""
    rows = list(Staff.select().order_by(Staff.blocked_at.is_null(False), Staff.email))
    record("people-listed", shown=[row.id for row in rows])
    return show(
        "people.html",
        rows=rows,
        roles=role_names(),
        form=form or form_for_get(InviteForm, **half_written("submit_people")),
        proved=proved_lately(),
        notice=flashed(),
    )


@bp.post("/people")
@admins_only
@keeps("people", "full_name", "email")
def submit_people() -> Response:
    """Invite somebody; the link is shown once."""
    form = InviteForm()
    if not form.validate() or not prove(form):
        return reject(people, form)
    who, name, role = form.email.value, form.full_name.value, form.role.data
    try:
        staff, secret = staff_admin.invite(current_staff(), who, name, role, client_address())
    except peewee.IntegrityError:
        form.email.errors = [_("С этим адресом сотрудник уже есть.")]
        return reject(people, form)
    return _invitation(staff, secret)


def _invitation(staff: Staff, secret: str) -> Response:
    link = f"{settings().public_url}{url_for('staff.join', secret=secret)}"
    return show("invitation.html", person=staff, link=link, days=staff_admin.INVITED_FOR.days)


@bp.get("/people/<staff_id>")
@admins_only
def person(staff_id: str, form: ProvedForm | None = None) -> Response:
    """One member of staff."""
    found = get_or_404(Staff, Staff.id == staff_id)
    record("person-seen", found.id)
    shown = {"full_name": found.name}
    return show(
        "person.html",
        person=found,
        was=mark(shown),
        roles=role_names(),
        form=form
        if isinstance(form, PersonForm)
        else form_for_get(
            PersonForm,
            **half_written_of(shown, "submit_person", staff_id=found.id),
            role=found.role,
        ),
        reset=form if isinstance(form, ResetForm) else form_for_get(ResetForm),
        block=form if isinstance(form, BlockForm) else form_for_get(BlockForm),
        proved=proved_lately(),
        codes=RecoveryCode.left(found),
        notice=flashed(),
    )


def _acted(staff_id: str, form: ProvedForm, act: Callable[[Staff], Response]) -> Response:
    """Do what an admin asks for, once it is shown who asks; never to the last admin."""
    found = get_or_404(Staff, Staff.id == staff_id)
    if not form.validate() or not prove(form):
        return reject(person, form)
    try:
        return act(found)
    except LastAdminError:
        form.form_errors.append(
            _("Это единственный администратор. Сначала назначьте администратором кого-нибудь ещё.")
        )
        return reject(person, form)


@bp.post("/people/<staff_id>")
@admins_only
@keeps("person", "full_name", "was")
def submit_person(staff_id: str) -> Response:
    """Another name, another role."""
    form = PersonForm()

    def act(found: Staff) -> Response:
        name, role = form.full_name.value, form.role.data
        staff_admin.change(current_staff(), found, name, role, client_address())
        flash(_("Сохранили."))
        return advance("staff.people")

    return _acted(staff_id, form, act)


@bp.post("/people/<staff_id>/reset")
@admins_only
def reset_person(staff_id: str) -> Response:
    """A new invitation: the password and the authenticator of before are void."""

    def act(found: Staff) -> Response:
        if found.id == current_staff().id:
            abort(404)
        return _invitation(found, staff_admin.reset(current_staff(), found, client_address()))

    return _acted(staff_id, ResetForm(), act)


@bp.post("/people/<staff_id>/block")
@admins_only
def block_person(staff_id: str) -> Response:
    """Block somebody, or unblock."""
    form = BlockForm()

    def act(found: Staff) -> Response:
        staff_admin.block(current_staff(), found, form.blocked.data == "y", client_address())
        flash(_("Вход закрыт.") if form.blocked.data == "y" else _("Вход снова открыт."))
        return advance("staff.people")

    return _acted(staff_id, form, act)
