"""Files both ways: staff attach one to a reply, residents to what they write back; both are drawn anew."""

import io
from pathlib import Path

import pytest
from flask import Flask

from cabinet.delivery import message_texts
from cabinet.models import Audit, ConnectionRequest, Message, RequestNote, Staff, Unread, casework
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.receipts import store
from cabinet.worker import purge
from config import Settings
from tests.placing import at_account
from tests.requests import files
from tests.staff.test_half_written import PAGE
from tests.staff.test_requests import NOTE, asked, press
from tests.visitor import Visitor

REPLY = "button[name='state'][value='']"


@pytest.fixture
def uploads(settings: Settings) -> Path:
    """Where files are kept."""
    return Path(settings.uploads_folder)


def sent(data: bytes, name: str = "photo.png") -> tuple[io.BytesIO, str]:
    return (io.BytesIO(data), name)


def resident_of(app: Flask, request: ConnectionRequest) -> Visitor:
    """The browser of who sent the request."""
    visitor = Visitor(app)
    at_account(visitor, request.phone)
    return visitor


def test_a_file_goes_with_a_reply_and_the_resident_reads_it(app: Flask, desk: Visitor, uploads: Path) -> None:
    found = asked()
    desk.get(PAGE)
    desk.press(REPLY, reply="Вот договор", file=sent(files.image("PNG")))
    note = RequestNote.get(RequestNote.kind == "reply")
    assert note.file_type == "image/jpeg" and [one.name for one in uploads.iterdir()] == [note.file]
    assert "приложен файл" in message_texts.mail(Message.get()).text
    resident = resident_of(app, found)
    resident.get("/requests/12345678")
    address = str(resident.one("a[href*='/files/']")["href"])
    answer = resident.client.get(address)
    assert answer.data.startswith(b"\xff\xd8") and answer.mimetype == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == f"attachment; filename=12345678-{note.id}.jpg"
    for stranger in (Visitor(app), resident_of(app, asked("87654321", phone="+79160000001"))):
        assert stranger.client.get(address).status_code == 404
    assert resident.client.get(address.replace(str(note.id), "999")).status_code == 404


def test_a_chosen_file_stays_whatever_is_pressed(desk: Visitor, uploads: Path) -> None:
    asked()
    desk.get(PAGE)
    desk.press(NOTE, text="Позвонить", file=sent(files.image()))
    assert "К ответу приложен файл" in desk.text
    (first,) = uploads.iterdir()
    desk.press("button[formaction$='/state']", file=sent(files.image("PNG")))
    (second,) = uploads.iterdir()
    assert first != second and second.name.startswith(store.NEW)
    desk.press(REPLY, reply="Вот")
    assert RequestNote.get(RequestNote.kind == "reply").file == second.name.removeprefix(store.NEW)
    assert "К ответу приложен файл" not in desk.text
    desk.press(REPLY, reply="И ещё")
    assert RequestNote.select().where(RequestNote.file != "").count() == 1


def test_a_file_is_taken_away_again(desk: Visitor, uploads: Path) -> None:
    asked()
    desk.get(PAGE)
    desk.press("button[formaction$='/typed']", reply="Вот", file=sent(files.image()))
    desk.press("button[formaction$='/no-file']")
    assert not list(uploads.iterdir()) and desk.value("reply") == "Вот"


def test_a_reply_with_a_bad_file_is_not_sent(desk: Visitor) -> None:
    asked()
    desk.get(PAGE)
    desk.press(REPLY, reply="Вот", file=sent(b"<svg/>"))
    assert "JPEG, PNG, WebP" in desk.error("file") and desk.value("reply") == "Вот"
    assert not Message.select().exists()
    desk.press(NOTE, text="Позвонить", file=sent(b"<svg/>"))
    assert "JPEG, PNG, WebP" in desk.text and RequestNote.get().text == "Позвонить"


def test_a_resident_writes_back(app: Flask, desk: Visitor, uploads: Path, clerk: Staff) -> None:
    found = asked()
    resident = resident_of(app, found)
    resident.get("/requests/12345678")
    resident.fill_and_submit(answer="Вот квитанция", file=sent(files.pdf(), "x.pdf"))
    assert "Отправили" in resident.text and "Вот квитанция" in resident.text
    assert Message.get(Message.template == "request_answered").data["file"] is True
    assert Audit.get(Audit.action == "request-answered").subject == "12345678"
    desk.get("/staff/requests/answered")
    desk.follow("12345678")
    assert "Житель ждёт ответа" in desk.text
    answer = desk.client.get(str(desk.one("a[href*='/files/']")["href"]))
    assert answer.data.startswith(b"%PDF") and answer.mimetype == "application/octet-stream"
    assert Audit.get(Audit.action == "staff-request-file-downloaded").actor == clerk.actor
    press(desk, "in_work")
    assert "Житель ждёт ответа" not in desk.text and not Unread.select().exists()


def test_an_answer_needs_words_or_a_file(app: Flask, desk: Visitor) -> None:
    resident = resident_of(app, asked())
    resident.get("/requests/12345678")
    resident.fill_and_submit(answer=" ")
    assert resident.error("answer") == "Ошибка: Напишите ответ или приложите файл."
    resident.fill_and_submit(answer="Мои слова", file=sent(b"<svg/>"))
    assert resident.error("file") and resident.value("answer") == "Мои слова"
    assert not RequestNote.select().exists()


def test_an_answer_sent_twice_is_one(app: Flask, clerk: Staff) -> None:
    found = asked()
    assert [casework.write_back(found, "Вот", "") for _ in range(2)] == [True, False]
    casework.mark_read(found, clerk, "")
    casework.mark_read(found, clerk, "")
    assert Audit.select().where(Audit.action == "staff-request-read").count() == 1
    with pytest.raises(TooManyError):
        for number in range(11):
            casework.write_back(found, f"Ещё {number}", "")


def test_who_knows_number_and_phone_alone_writes_nothing(app: Flask) -> None:
    asked()
    stranger = Visitor(app)
    stranger.get("/requests/12345678")
    stranger.fill_and_submit(phone="+79161234567")
    assert not stranger.page.select("[name=answer]")
    stranger.post("/requests/12345678/answer", {"csrf_token": "", "answer": "Вот"})
    assert not RequestNote.select().exists()


def test_files_stay_while_their_entry_does(
    app: Flask, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = store.keep(files.image())
    with db.atomic():
        RequestNote.create(request=asked(), kind="answer", file=name)
    monkeypatch.setattr(store, "PATIENCE", -1)
    purge.purge()
    assert [one.name for one in uploads.iterdir()] == [name]
    assert ConnectionRequest.files_of(ConnectionRequest.theirs("+79161234567", "")) == [name]
