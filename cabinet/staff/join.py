"""The first sign-in: an invited person scans the authenticator's QR code and chooses a password."""

import re

from flask import g
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from cabinet.models import staff_admin
from cabinet.models.base import settings
from cabinet.models.staff import Staff
from cabinet.staff.devices import remember_device
from cabinet.staff.guard import admit, bp, show
from cabinet.staff.people_forms import JoinForm
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, form_for_get, reject
from cabinet.web.security import client_address


@bp.get("/join/<secret>")
def join(secret: str, form: JoinForm | None = None) -> Response:
    """The code to scan, and the form; what is no invitation any more says so."""
    staff = staff_admin.invited(secret)
    if staff is None:
        return show("uninvited.html", 404)
    address = staff.provisioning_uri(settings().brand_name)
    key = address.partition("secret=")[2].partition("&")[0]
    return show(
        "join.html",
        person=staff,
        qr=picture_of(address),
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        form=form or form_for_get(JoinForm),
        secret=secret,
    )


def picture_of(address: str) -> Markup:
    """A QR code as inline SVG, drawn here: no third party sees the secret."""
    import zxingcpp  # large, and seldom needed

    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode)
    drawn = zxingcpp.write_barcode_to_svg(code)
    drawn = re.sub(
        r'width="(\d+)" height="(\d+)"', r'viewBox="0 0 \1 \2"', drawn[drawn.index("<svg") :], count=1
    )
    return Markup(drawn)  # noqa: S704 (drawn by us)


@bp.post("/join/<secret>")
def submit_join(secret: str) -> Response:
    """A good password and the right code: in."""
    staff, form = staff_admin.invited(secret), JoinForm()
    if staff is None:
        return show("uninvited.html", 404)

    if not form.validate() or not form.meets_rules(staff):
        return reject(join, form)
    if not _taken(staff, secret, form):
        return reject(join, form)
    admit(staff)
    remember_device(staff)
    g.staff = staff
    flash(_("Готово. Сделайте коды восстановления на случай, если телефона не окажется под рукой."))
    return advance("staff.me")


def _taken(staff: Staff, secret: str, form: JoinForm) -> bool:
    stored = hasher().hash(form.password.data)
    if staff_admin.join(staff, secret, form.code.value, stored, client_address()):
        return True
    form.code.errors = [_("Код не подходит. Дождитесь нового и введите его.")]
    return False
