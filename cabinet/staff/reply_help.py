"""Before a reply is sent: a template put into it, a look at it, its file taken away again."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.staff import typed
from cabinet.staff.guard import bp
from cabinet.staff.reply_templates import template_of
from cabinet.staff.request_card import request_card, sent
from cabinet.web.flow import advance, reject


@bp.post("/request/<number>/template")
def fill_reply(number: str) -> Response:
    """Put a template into the reply, with what the request says in its places."""
    found, form = sent(number)
    template = template_of(form.template.data or "")
    if template is None:
        form.template.errors = [_("Выберите шаблон.")]
        return reject(request_card, form)
    typed.put(form, "reply", template.filled(found))
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/preview")
def preview_reply(number: str) -> Response:
    """Show how the reply will look."""
    _found_one, form = sent(number)
    if not form.accepts("reply", "lane", "file"):
        return reject(request_card, form)
    typed.ask_for_preview(form)
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/no-file")
def drop_request_file(number: str) -> Response:
    """Send the reply without the file."""
    sent(number)
    typed.drop_file(number)
    return advance("staff.request_card", number=number)
