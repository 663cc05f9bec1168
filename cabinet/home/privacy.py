"""A resident's control over their data: devices, download, deletion."""

from flask import Blueprint, Response, abort, json
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cabinet.home.forms import DeleteForm, DeviceForm
from cabinet.home.reauthentication import ask_who, confirmed_lately
from cabinet.home.views import guard
from cabinet.models import Device, WebSession
from cabinet.models.account_event import history_of
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.models.departure import cancel_deletion, request_deletion
from cabinet.models.own_data import own_data
from cabinet.web.devices import presented
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject
from cabinet.web.happenings import record
from cabinet.web.readable import readable
from cabinet.web.security import client_address
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident, stay_signed_in

bp = Blueprint("privacy", __name__, url_prefix="/home/profile")
bp.before_request(guard)


@bp.get("/devices")
def devices() -> BaseResponse:
    """Where the resident is signed in."""
    rows = WebSession.live_of(current_user.id)
    return page(
        "home/devices.html", sessions=rows, own=session.key, form=DeviceForm(formdata=None), notice=flashed()
    )


@bp.post("/devices")
def end_device() -> BaseResponse:
    """End one session, or all others."""
    form = DeviceForm()
    own = session.key
    chosen = form.device.data or ""
    if chosen == "others":
        user = resident()
        with db.atomic():
            user.hold()
            user.end_sessions(but=own)
            Device.forget(user, but=presented())
            record("devices-ended", user)
            stay_signed_in(user)
        flash(_("На других устройствах вы вышли."))
    else:
        row = WebSession.of_user(current_user.id, chosen)
        if row is None:
            abort(404)
        if row.key != own:
            with db.atomic():
                WebSession.end(row.key)
                record("device-ended", resident(), browser_ended=row.user_agent)
            flash(_("На том устройстве вы вышли."))
    return advance("privacy.devices")


@bp.get("/history")
def history() -> BaseResponse:
    """When and from where somebody signed in or tried to, and what else happened."""
    days = settings().events_kept // 86400
    return page("home/history.html", history=history_of(resident()), days=days)


@bp.get("/data")
def data() -> BaseResponse:
    """Everything kept about the resident, readable."""
    return page("home/data.html", data=readable(own_data(resident())), acts=True)


@bp.get("/data.json")
def data_json() -> Response:
    """The same as a file."""
    with db.atomic():
        record("downloaded", resident())
    text = json.dumps(own_data(resident()), ensure_ascii=False, indent=2)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=cabinet.json"
    return response


@bp.get("/delete")
def delete(form: DeleteForm | None = None) -> BaseResponse:
    """Withdraw the consent and delete the cabinet."""
    days = settings().deletion_grace // 86400
    form = form or form_for_get(DeleteForm)
    return page("home/delete.html", form=form, days=days, confirmed=confirmed_lately())


@bp.post("/delete")
def submit_delete() -> BaseResponse:
    """Schedule the deletion of the cabinet after the grace period."""
    form = DeleteForm()
    if not form.validate():
        return reject(delete, form)
    if asked := ask_who(delete, form):
        return asked
    request_deletion(resident(), client_address())
    flash(_("Согласие отозвано. До удаления можно передумать."))
    return advance("home.home")


@bp.post("/stay")
def stay() -> BaseResponse:
    """Cancel the deletion within the grace period."""
    if current_user.delete_at:
        if cancel_deletion(resident(), client_address()):
            flash(_("Кабинет остаётся."))
        else:
            flash(_("Срок вышел: кабинет уже удаляется."), "warn")
    return advance("home.home")
