"""The base class of all forms, and the field that parses what people type."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.fields.core import UnboundField
from wtforms.i18n import get_translations
from wtforms.validators import StopValidation

from cabinet.fields import FieldError
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings
from cabinet.models.code_streak import StoppedError
from cabinet.models.spending import SpentError
from cabinet.telemetry import events
from cabinet.wording.formats import display_phone
from cabinet.wording.waits import counting_down

LONGEST = 2000  # characters kept of what was typed
SECRETS: set[str] = set()  # names of the fields of all forms that no page may contain


def _storable(typed: Any) -> str:
    """What was typed, as far as it is worth keeping."""
    return str(typed or "")[:LONGEST]


def _no_budget() -> str:
    """What is said when the company may send no more SMS: it is not the number's fault."""
    sentence: str = _("Номер верный, но СМС с кодом мы сейчас отправить не можем.")
    if phone := settings().support_phone:
        sentence += " " + _("Позвоните нам: %(phone)s.", phone=display_phone(phone))
    return sentence


@lru_cache(maxsize=8)
def _messages(language: str) -> Any:
    """WTForms' built-in messages; Russian where WTForms lacks the language."""
    return get_translations([language, "ru"])


class _Words:
    """WTForms' own messages in the language of the request, which is asked for where one is said."""

    def gettext(self, text: str) -> str:
        """A sentence."""
        return str(self._mine().gettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """A sentence with a number."""
        return str(self._mine().ngettext(singular, plural, number))

    def _mine(self) -> Any:
        locale = get_locale()
        return _messages(locale.language if locale else "ru")


_WORDS = _Words()


class StepForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of one step. A field sent twice is refused: nobody can tell which one was meant."""

    summary_title: Any = ""  # heads the list of errors instead of the usual words
    retry_after: int | None = None  # seconds, once a limit was reached; see `refuse`
    proof: dict[str, Any] | None = None  # a proof of work that gets on all the same; see `models/proof.py`

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in dir(cls):
            field = getattr(cls, name)
            if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField):
                SECRETS.add(name)

    class Meta:
        csrf = False  # the token of every request is checked before its view is called: `require_csrf_token`

        def get_translations(self, form: Any) -> Any:
            """WTForms' own messages."""
            return _WORDS

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Form fields only: values from JSON and files are not text."""
            if formdata is None or request.method != "POST":
                return None
            return request.form or None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields; errors are Russian sentences beside each."""
        good: bool = super().validate(extra_validators)
        sent = request.form
        for field in self:
            if len(sent.getlist(field.name)) > 1:
                field.errors = [_l("Что-то пошло не так. Отправьте ещё раз.")]
                good = False
        return good

    def refuse(self, error: TooManyError, field: Field | None, sentence: str) -> None:
        """Report beside `field`, or above the form, that a limit was reached and when to try again.

        « %(when)s» in the sentence becomes text such as «через 5 минут». `flow.reject` answers 429.
        """
        events.limit_reached(error.limit)
        self.retry_after = error.wait
        text: str = counting_down(sentence, error.wait)
        if isinstance(error, SpentError):
            text = _no_budget()
        elif isinstance(error, StoppedError):
            text = _("Неверный код вводили слишком много раз. Чтобы снова получать коды, позвоните нам.")
        if field is None:
            self.form_errors.append(text)
        else:
            field.errors = [text]

    def remember(self) -> dict[str, Any]:
        """What was typed and what was wrong, without secrets; for `recall` after a redirect."""
        return {
            "form": type(self).__name__,
            "typed": {
                f.name: f.data if isinstance(f.data, bool) else _storable(f.data)
                for f in self
                if f.name != "csrf_token" and not isinstance(f, PasswordField)
            },
            "errors": {f.name: [str(e) for e in f.errors] for f in self if f.errors},
            "form_errors": [str(e) for e in self.form_errors],
        }

    def recall(self, rejected: Mapping[str, Any]) -> None:
        """Show again what `remember` kept."""
        for field in self:
            if field.name in rejected["typed"]:
                field.data = rejected["typed"][field.name]
            field.errors = list(rejected["errors"].get(field.name, ()))
        self.form_errors = list(rejected["form_errors"])


class ParsedField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A text field whose `value` is what `parse` made of the text; the text itself stays in `data`.

    `messages` gives the sentence for each detail or code of `cabinet.fields.FieldError`. An optional field
    left empty has the value `empty`.
    """

    def __init__(
        self,
        label: Any,
        parse: Callable[[str], Any],
        messages: Mapping[str, Any],
        optional: bool = False,
        empty: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.parse, self.messages, self.optional, self.empty = parse, messages, optional, empty
        self.value: Any = empty
        if not optional:
            self.flags.required = True

    def pre_validate(self, form: Any) -> None:
        """Parse, or put the error's sentence on the field."""
        text = self.data or ""
        if self.optional and not text.strip():
            self.value = self.empty
            return
        try:
            self.value = self.parse(text)
        except FieldError as error:
            known = (self.messages.get(word) for word in (error.detail, error.code))
            message = next(filter(None, known), None) or self.messages["*"]
            raise StopValidation(message) from None
