"""Forms of the staff's pages: signing in, searching, working on a connection request."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm

LONGEST_TEXT, LONGEST_SMS = 2000, 300
TOO_LONG = _l("Слишком длинно: не больше 2000 знаков.")


class SignInForm(StepForm):
    """E-mail, password and the authenticator's code, checked together."""

    email = StringField(_l("Почта"), validators=[InputRequired(_l("Введите адрес.")), Length(max=254)])
    password = PasswordField(_l("Пароль"), validators=[InputRequired(_l("Введите пароль."))])
    code = ParsedField(
        _l("Код из приложения"),
        fields.code,
        {"*": _l("Введите шесть цифр из приложения.")},
    )


class SearchForm(StepForm):
    """One field to search by; see `cabinet.staff.search`."""

    query = StringField()

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.query.label.text = label


class StateForm(StepForm):
    """The state that a request goes to, and the last entry of the history that the page showed."""

    state = StringField()
    seen = StringField()


class NoteForm(StepForm):
    """A note on a request that only staff see."""

    text = TextAreaField(
        _l("Заметка для сотрудников"),
        validators=[InputRequired(_l("Напишите заметку.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )


class ReplyForm(StepForm):
    """A reply to the resident, how to send it, and the state that the request then goes to, if any."""

    reply = TextAreaField(
        _l("Ответ жителю"),
        validators=[InputRequired(_l("Напишите ответ.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
    state = StringField(validators=[AnyOf(("", "done", "refused"))], default="")
    seen = StringField()
    lane = RadioField(
        _l("Как отправить"),
        choices=[("mail", _l("Письмом")), ("sms", _l("СМС"))],
        default="mail",
        validators=[AnyOf(("mail", "sms"), message=_l("Выберите, как отправить."))],
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for the words of a refusal; limit the length of an SMS: every 67 characters are billed."""
        good = super().validate(extra_validators)
        if self.state.data == "refused" and not (self.reply.data or "").strip():
            self.reply.errors = [_l("Напишите причину отказа: её получит житель.")]
            return False
        if good and self.lane.data == "sms" and len(self.reply.data or "") > LONGEST_SMS:
            self.reply.errors = [_l("Для СМС это длинно: не больше 300 знаков. Отправьте письмом.")]
            return False
        return good
