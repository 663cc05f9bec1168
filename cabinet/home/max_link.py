"""«Коды и уведомления в MAX»: a resident links the company's bot, or ends that."""

from flask import Blueprint, abort
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.home.forms import ButtonForm, ConfirmForm
from cabinet.home.reauthentication import ask_who, confirmed_lately
from cabinet.home.views import guard
from cabinet.models import MaxLink, MaxStart
from cabinet.models.attempt import TooManyError
from cabinet.models.max_link import is_on
from cabinet.web import session_keys as keys
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident

bp = Blueprint("max_link", __name__, url_prefix="/home/profile/max")


@bp.before_request
def guard_it() -> Response | None:
    """For who is signed in, where the company has a bot."""
    if (elsewhere := guard()) is None and not is_on():
        abort(404)
    return elsewhere


@bp.get("")
def max_link(form: ConfirmForm | None = None) -> Response:
    """Whether it is linked; what was begun goes on in MAX."""
    user = resident()
    link, start = MaxLink.of(user), MaxStart.find(session.get(keys.MAX_START))
    goes_on = start and start.live and start.user_id == user.id and start.stamp == user.stamp
    return page(
        "home/max_link.html",
        user=user,
        link=link,
        open=start.url if start and goes_on else "",
        form=form or form_for_get(ConfirmForm),
        button=ButtonForm(formdata=None),
        confirmed=confirmed_lately(),
        notice=flashed(),
    )


@bp.post("")
def begin() -> Response:
    """Begin, for who has shown who they are: codes are to go there."""
    form = ConfirmForm()
    if not form.validate():
        return reject(max_link, form)
    if asked := ask_who(max_link, form):
        return asked
    if not resident().has_number:
        abort(404)
    try:
        session[keys.MAX_START] = MaxStart.begin(resident()).id
    except TooManyError as error:
        form.refuse(error, form.current_password, _("MAX подключали слишком часто. Попробуйте %(when)s."))
        return reject(max_link, form)
    return advance("max_link.max_link")


@bp.post("/off")
def off() -> Response:
    """Nothing goes to MAX any more."""
    if link := MaxLink.of(resident()):
        link.end(client_address(), user_agent())
        flash(_("MAX отключён."))
    session.pop(keys.MAX_START, None)
    return advance("max_link.max_link")
