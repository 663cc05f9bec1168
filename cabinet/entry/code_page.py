"""The page that asks for a code, and shows the status of its SMS."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.entry import in_max
from cabinet.entry.fate import fate_of
from cabinet.entry.forms import CodeForm
from cabinet.models import OneTimeCode
from cabinet.models.base import settings
from cabinet.web import session_keys as keys
from cabinet.web.devices import letter_receiver, max_receiver
from cabinet.web.flow import flashed, form_for_get, page
from cabinet.web.kept_pages import kept_step, nothing_said
from cabinet.web.sessions import session
from cabinet.wording.formats import display_part_of_phone, display_phone

TEMPLATE, NEWS = "entry/code.html", "entry/_delivery.html"
TYPED_AT = {"phone": "profile.phone", "merge": "merging.other"}
NUMBER = "{number}"  # where the phone goes in the kept page
OFTEN = 2  # further codes asked for, after which the page shows by itself what helps


def code_page(current: OneTimeCode, form: CodeForm | None) -> Response:
    """The page of a code with a form, or with a fresh one; made once where it is the first of a journey."""
    if form is None and _begins(current):
        return kept_step(
            TEMPLATE,
            (current.wait,),
            lambda: {"notice": None, **_shown(current, CodeForm(formdata=None), NUMBER)},
            {NUMBER: display_phone(current.phone)},
        )
    shown = _shown(current, form or form_for_get(CodeForm), _number_of(current))
    return page(TEMPLATE, notice=flashed(), **shown)


def news_of(current: OneTimeCode | None) -> Response:
    """The fragment that says what became of a code; of one that this browser has no more, nothing."""
    if current is None:
        return page(NEWS, delivery="", polled=True)
    return page(NEWS, polled=True, **_shown(current, CodeForm(formdata=None), _number_of(current)))


def _number_of(current: OneTimeCode) -> str:
    display = display_part_of_phone if current.purpose == "recovery" else display_phone
    return display(current.phone)


def _begins(current: OneTimeCode) -> bool:
    """Whether this very request asked for the first code of a registration, and has nothing else to say."""
    return (
        current.just_sent is not None
        and current.purpose == "registration"
        and keys.RESENT not in session
        and nothing_said()
        and fate_of(current) == ("waiting", "sms")
    )


def _shown(current: OneTimeCode, form: CodeForm, number: str) -> dict[str, Any]:
    """What the page of a code says."""
    fate, way = fate_of(current)
    if way != "sms":
        form.code.label.text = {
            "call": _("Код из звонка или СМС"),
            "max": _("Код из MAX или СМС"),
        }.get(way, _("Код из письма или СМС"))
    return {
        "form": form,
        "code": current,
        "change": url_for(TYPED_AT.get(current.purpose, "entry.phone")),
        "number": number,
        "dead": form.spent or not current.live,
        "minutes": settings().code_lifetime // 60,
        "wait": max(current.wait, form.wait),
        "delivery": fate,
        "way": way,
        "letter": letter_receiver(current.purpose, current.phone),
        "in_max": max_receiver(current.purpose, current.phone),
        "by_contact": in_max.is_offered(current),
        "contact": in_max.contact_of(current),
        "ways": settings().code_channels,
        "often": session.get(keys.RESENT, 0) >= OFTEN,
    }
