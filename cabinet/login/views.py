"""Login: the password of the phone typed before."""

from flask import Blueprint, current_app, session
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from cabinet.login.forms import PasswordForm
from cabinet.models import User, WebSession
from cabinet.web import advance, page, reject, said, shown

bp = Blueprint("login", __name__)


@bp.get("/login/password")
def password(form: PasswordForm | None = None) -> Response:
    """«Введите пароль»."""
    if not session.get("phone"):
        return advance("entry.phone")
    return page(
        "login/password.html", form=form or shown(PasswordForm), phone=session["phone"], notice=said()
    )


@bp.post("/login/password")
def submit_password() -> Response:
    """Right: the cabinet. Wrong in any way: one answer."""
    if not session.get("phone"):
        return advance("entry.phone")
    form = PasswordForm()
    if not form.validate() or not form.password.data:
        form.password.errors = [_("Введите пароль.")]
        return reject(password, form)
    user = User.by_phone(session["phone"])
    hasher = current_app.extensions["hasher"]
    if not hasher.verify(form.password.data, user and user.password_hash) or user is None:
        form.password.errors = [_("Ошибка в логине или пароле. Проверьте номер и пароль.")]
        return reject(password, form)
    session.rotate()  # type: ignore[attr-defined]
    login_user(user)
    return advance("home.home")


@bp.post("/logout")
def logout() -> Response:
    """End this session at once."""
    logout_user()
    WebSession.end(session.key)  # type: ignore[attr-defined]
    session.clear()
    session.rotate()  # type: ignore[attr-defined]
    return advance("entry.phone")
