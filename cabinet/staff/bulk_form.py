"""The form around the list of requests: those that are ticked, and what is to be done with them."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from cabinet.forms.base import StepForm
from cabinet.staff.forms import LONGEST_SMS


class BulkForm(StepForm):
    """`shown` has the numbers of the ticked requests, each with the last entry that the list showed of it.

    `act` is what was pressed.
    """

    act = StringField()
    colleague = StringField(_l("Передать коллеге"))
    reason = TextAreaField(
        _l("Причина отказа"),
        validators=[Length(max=LONGEST_SMS, message=_l("Слишком длинно: не больше 300 знаков."))],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shown = dict(map(_mark, request.form.getlist("chosen")))

    def remember(self) -> dict[str, Any]:
        """The ticks as well."""
        return {**super().remember(), "shown": self.shown}

    def recall(self, rejected: Mapping[str, Any]) -> None:
        """The ticks as well."""
        super().recall(rejected)
        self.shown = dict(rejected["shown"])


def _mark(ticked: str) -> tuple[str, int]:
    """A number and an entry as the list wrote them, «12345678.7»; what is no entry is none that is there."""
    number, _dot, entry = ticked[:32].partition(".")
    return number, int(entry) if entry.isascii() and entry.isdecimal() else -1
