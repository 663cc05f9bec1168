"""Forms about one resident: what was typed about another is never shown."""

from typing import Any, TypeVar

from wtforms import HiddenField

from cabinet.forms.base import StepForm
from cabinet.models import DataRequest, User
from cabinet.web.flow import form_for_get


class ResidentForm(StepForm):
    """A form whose refusal is remembered for the resident of the id `whose` alone."""

    whose = HiddenField()


F = TypeVar("F", bound=ResidentForm)


def form_about(user: User | DataRequest, form_class: type[F], **values: Any) -> F:
    """The form of a GET: what was refused for this resident or request, else these values."""
    form = form_for_get(form_class, whose=user.id, **values)
    if form.whose.data == user.id:
        return form
    return form_class(formdata=None, data={"whose": user.id, **values})
