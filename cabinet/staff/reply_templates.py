"""Templates of replies: the list, writing and deleting one, and putting one into a reply."""

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from cabinet.forms.base import StepForm
from cabinet.models.reply_template import PLACEHOLDERS, ReplyTemplate, unknown_places
from cabinet.staff.forms import LONGEST_TEXT, TOO_LONG
from cabinet.staff.guard import bp, current_staff, show
from cabinet.staff.unsent import half_written_of, keeps, mark
from cabinet.web.flow import advance, flash, flashed, form_for_get, reject
from cabinet.web.security import client_address

READY = (
    (
        _l("Нужно фото квитанции"),
        _l("Пришлите, пожалуйста, фото квитанции: так мы быстрее найдём ваш счёт."),
    ),
    (
        _l("Адрес подключили"),
        _l("Подключили {адрес}. Откройте кабинет и добавьте адрес по квитанции."),
    ),
    (
        _l("Дом не обслуживаем"),
        _l("К сожалению, ваш дом мы не обслуживаем, поэтому подключить адрес не можем."),
    ),
)


class TemplateForm(StepForm):
    """Title and text of a template."""

    called = StringField(
        _l("Название"),
        validators=[
            InputRequired(_l("Назовите шаблон, чтобы его найти.")),
            Length(max=80, message=_l("Слишком длинно: не больше 80 знаков.")),
        ],
    )
    text = TextAreaField(
        _l("Текст ответа"),
        validators=[InputRequired(_l("Напишите ответ.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Check the fields, and that every placeholder stands for something."""
        good = super().validate(extra_validators)
        wrong = unknown_places(self.text.data or "")
        if good and wrong:
            self.text.errors = [_l("Не знаем, что подставить: %(word)s.", word=wrong[0])]
        return good and not wrong


@bp.get("/templates")
def templates() -> Response:
    """All templates."""
    return show("templates.html", rows=ReplyTemplate.all(), notice=flashed())


@bp.post("/templates")
def submit_templates() -> Response:
    """Begin with some that are ready."""
    if not ReplyTemplate.all():
        for title, text in READY:
            ReplyTemplate.put(None, str(title), str(text), current_staff(), client_address())
    return advance("staff.templates")


@bp.get("/template/<key>")
def template(form: TemplateForm | None = None, *, key: str) -> Response:
    """One template, or a new one."""
    found = _found(key)
    values = {"called": found.title, "text": found.text} if found else {}
    form = form or form_for_get(TemplateForm, **half_written_of(values, "submit_template", key=key))
    places = [f"{{{name}}}" for name in PLACEHOLDERS]
    return show("template.html", form=form, key=key, was=mark(values), places=places)


@bp.post("/template/<key>")
@keeps("template", "called", "text", "was")
def submit_template(key: str) -> Response:
    """Save a template."""
    found, form = _found(key), TemplateForm()
    if not form.validate():
        return reject(template, form)
    title, text = form.called.data.strip(), form.text.data
    ReplyTemplate.put(found.id if found else None, title, text, current_staff(), client_address())
    flash(_("Шаблон сохранён."))
    return advance("staff.templates")


@bp.post("/template/<key>/delete")
def delete_template(key: str) -> Response:
    """Delete a template."""
    found = _found(key)
    if found:
        ReplyTemplate.remove(found.id, current_staff(), client_address())
        flash(_("Шаблон «%(title)s» удалён.", title=found.title))
    return advance("staff.templates")


def _found(key: str) -> ReplyTemplate | None:
    """The template of this key; None for a new one. 404 if there is none."""
    if key == "new":
        return None
    return template_of(key) or abort(404)


def template_of(key: str) -> ReplyTemplate | None:
    """The template of this key, if there is one."""
    return next((one for one in ReplyTemplate.all() if str(one.id) == key), None)
