"""Forms of the staff's pages: signing in, searching, working on a connection request."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.models.recovery_code import as_typed

LONGEST_TEXT, LONGEST_SMS = 2000, 300
TOO_LONG = _l("Слишком длинно: не больше 2000 знаков.")


def _code(text: str) -> str:
    """Six digits, or a code of recovery. Raises fields.FieldError."""
    return as_typed(text) or fields.code(text)


class SignInForm(StepForm):
    """E-mail, password and the authenticator's code, checked together."""

    email = StringField(_l("Почта"), validators=[InputRequired(_l("Введите адрес.")), Length(max=254)])
    password = PasswordField(_l("Пароль"), validators=[InputRequired(_l("Введите пароль."))])
    code = ParsedField(
        _l("Код из приложения"),
        _code,
        {"*": _l("Введите шесть цифр из приложения.")},
    )
    answer = StringField()  # of a passkey, in place of the code

    @property
    def by_passkey(self) -> bool:
        """Whether a passkey answers; not where a code was typed, for the answer may be an earlier one."""
        return bool(self.answer.data) and not (self.code.data or "").strip()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields; an answer of a passkey does without a code, where none was typed."""
        good = super().validate(extra_validators)
        if self.by_passkey and set(self.errors) == {"code"}:
            self.code.errors = []
            return True
        return good


class SearchForm(StepForm):
    """One field to search by; see `cabinet.staff.search`."""

    query = StringField()

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.query.label.text = label


class WorkForm(StepForm):
    """All that can be typed on the page of a request; each button asks for its part by `accepts`.

    `seen` is the last entry of the history that the page showed, `state` where the request is to go.
    """

    seen = StringField()
    state = StringField(default="")
    reply = TextAreaField(
        _l("Ответ жителю"),
        validators=[InputRequired(_l("Напишите ответ.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
    lane = RadioField(
        _l("Как отправить"),
        choices=[("mail", _l("Письмом")), ("sms", _l("СМС"))],
        default="mail",
        validators=[AnyOf(("mail", "sms"), message=_l("Выберите, как отправить."))],
    )
    text = TextAreaField(
        _l("Заметка для сотрудников"),
        validators=[InputRequired(_l("Напишите заметку.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
    colleague = StringField(_l("Передать коллеге"))
    template = StringField(_l("Шаблон ответа"))
    file = FileField(_l("Файл к ответу"))  # checked and kept at once, whatever is pressed: see `typed`

    def __init__(self, number: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.number = number
        self.reply.flags.required = self.text.flags.required = False  # either is sent without the other

    def suit(self, email: str) -> None:
        """Offer no letter to who has no address."""
        if not email:
            self.lane.choices = self.lane.choices[1:]

    def accepts(self, *names: str) -> bool:
        """Whether these fields hold what they should; what is in the others is no matter now."""
        wrong_file = self.file.errors
        self.validate()
        self.file.errors = wrong_file
        if "reply" in names and not self.reply.errors:
            self.reply.errors = self._wrong_reply()
        for field in self:
            if field.name not in (*names, "csrf_token"):
                field.errors = []
        return not self.errors

    def _wrong_reply(self) -> list[Any]:
        """A refusal needs words; the length of an SMS is limited: every 67 characters are billed."""
        typed = self.reply.data or ""
        if not typed.strip():
            refused = self.state.data == "refused"
            return [_l("Напишите причину отказа: её получит житель.") if refused else _l("Напишите ответ.")]
        if self.lane.data == "sms" and len(typed) > LONGEST_SMS:
            return [_l("Для СМС это длинно: не больше 300 знаков. Отправьте письмом.")]
        return []

    def remember(self) -> dict[str, Any]:
        """What was wrong, and on which page; what was typed is kept by `typed`, whole."""
        return {**super().remember(), "number": self.number, "typed": {}}
