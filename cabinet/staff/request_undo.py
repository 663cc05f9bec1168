"""What a member of staff did on a request a moment ago, taken back: whatever was not sent."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import on_second_thought
from cabinet.staff import typed
from cabinet.staff.guard import bp, current_staff
from cabinet.staff.request_card import entry_seen, sent
from cabinet.web.flow import advance, flash
from cabinet.web.security import client_address


@bp.post("/request/<number>/note/<entry>/take-back")
def take_back_note(number: str, entry: str) -> Response:
    """Delete a note of one's own; its words are in the field again."""
    found, form = sent(number)
    words = on_second_thought.take_back_note(found, entry_seen(entry), current_staff(), client_address())
    if words is None:
        flash(_("Этой заметки уже нет."), "warn")
    else:
        typed.put(form, "text", words)
        flash(_("Заметку убрали, её слова снова в поле."))
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/waits-again")
def let_request_wait_again(number: str) -> Response:
    """The resident waits for an answer after all."""
    found, _form = sent(number)
    if on_second_thought.let_wait_again(found, current_staff(), client_address()):
        flash(_("Заявка снова на вкладке «Ждут ответа»."))
    else:
        flash(_("Состояние заявки уже изменили. Проверьте, что с ней сейчас."), "warn")
    return advance("staff.request_card", number=number)
