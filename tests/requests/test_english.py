"""The request in English, with every mistake on the way."""

import pytest
from flask import Flask

from cabinet.delivery import message_texts
from cabinet.models import ConnectionRequest, Message, RequestNote
from cabinet.models.database import db
from tests.requests import files
from tests.requests.test_upload import sent
from tests.visitor import last_code
from tests.wording.english import CYRILLIC, EnglishVisitor

ANSWERS = {
    "last_name": "Ivanova",
    "first_name": "Anna",
    "email": "anna@example.org",
    "city": "Klin",
    "street": "Dachnaya",
    "house": "3",
    "comment": "",
}


@pytest.fixture(params=["plain", "htmx"])
def guest(request: pytest.FixtureRequest, app: Flask) -> EnglishVisitor:
    guest = EnglishVisitor(app, htmx=request.param == "htmx")
    guest.get("/?lang=en")
    return guest


@pytest.mark.sample(2)
def test_no_russian_word_on_the_way(guest: EnglishVisitor, receipt: dict[str, str]) -> None:
    guest.fill_and_submit(phone="+79161234567", consent="y")
    guest.fill_and_submit(code=last_code("+79161234567"))
    guest.fill_and_submit(**{**receipt, "amount": "1,00"})
    guest.get("/requests/new")
    guest.fill_and_submit(**dict.fromkeys(ANSWERS, ""), receipt=sent(files.image()))
    guest.fill_and_submit(**dict.fromkeys(ANSWERS, "#" * 2000))
    for bad in (b"x", b"", files.image()[:99], files.pdf(trailer=b"/Encrypt 9 0 R")):
        guest.fill_and_submit(**ANSWERS, receipt=sent(bad))
    guest.fill_and_submit(**ANSWERS)
    request = ConnectionRequest.get()
    assert f"Request No. {request.number}" in guest.text and request.locale == "en"
    letter = message_texts.mail(Message.get(Message.template == "request_received"))
    assert not CYRILLIC.search((letter.subject + letter.text).replace("Домопульт", ""))
    for state in ("in_work", "done", "refused"):
        with db.atomic():
            ConnectionRequest.update(state=state).execute()
            RequestNote.create(request=request, kind="reply", staff="s", text="Hello")
        guest.get(f"/requests/{request.number}")
    guest.get("/requests")
    guest.fill_and_submit(number="", phone="")
    guest.fill_and_submit(number="1", phone="+79161234567")
