"""The file in the form: taken with the request, or refused beside its field with all else kept."""

import errno
import io
import os
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from cabinet.forms import sent_file as upload_limits
from cabinet.models import ConnectionRequest, Message
from cabinet.models.limits import take
from tests.cast import told
from tests.requests import files
from tests.requests.conftest import PHONE, REQUEST, to_request
from tests.threads import together
from tests.visitor import ORIGIN, Visitor, double


def sent(data: bytes, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    return (io.BytesIO(data), name)


@pytest.mark.parametrize(
    ("data", "name", "kept"),
    [
        (files.image(), "photo.jpg", "image/jpeg"),
        (files.image("PNG"), "../../etc/passwd", "image/jpeg"),
        (files.image("WEBP"), "x.exe", "image/jpeg"),
        (files.heic(), "IMG_0001.HEIC", "image/jpeg"),
        (files.pdf(), "квитанция.pdf", "application/pdf"),
    ],
)
def test_a_receipt_is_kept(
    visitor: Visitor, receipt: dict[str, str], uploads: Path, data: bytes, name: str, kept: str
) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt=sent(data, name))
    request = ConnectionRequest.get()
    assert visitor.path == f"/requests/{request.number}" and request.receipt_type == kept
    assert [file.name for file in uploads.iterdir()] == [request.receipt]
    assert Message.get(Message.channel == "staff").data["receipt_type"] == kept
    assert request.receipt not in str(visitor.page)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (files.image() + bytes(10 * 1024 * 1024), "больше 10 МБ"),
        (b"\0\0\0\x1cftypavif" + bytes(100), "AVIF"),
        (files.archive(), "JPEG, PNG, WebP"),
        (b"<svg/>", "JPEG, PNG, WebP"),
        (files.image() + files.archive(), "открыть нельзя"),
        (files.image()[:100], "повреждён"),
        (files.png_bomb(6000, 6000), "25 мегапикселей"),
        (files.pdf(b"<< /S /JavaScript >>"), "программы или вложения"),
        (files.pdf(trailer=b"/Encrypt 9 0 R"), "защищён паролем"),
        (b"", "пустой"),
    ],
)
def test_a_bad_file_says_why_beside_it(
    visitor: Visitor, receipt: dict[str, str], uploads: Path, data: bytes, words: str
) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt=sent(data))
    assert visitor.path == "/requests/new" and words in visitor.error("receipt")
    assert visitor.value("street") == "Дачная" and not ConnectionRequest.select().exists()
    assert not uploads.exists() or not list(uploads.iterdir())
    visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    assert ConnectionRequest.get().receipt


def test_a_good_file_has_to_be_chosen_again_after_a_mistake(
    visitor: Visitor, receipt: dict[str, str], uploads: Path
) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**{**REQUEST, "house": ""}, receipt=sent(files.image()))
    assert "Файл квитанции выберите ещё раз" in visitor.text and visitor.error("house")
    assert not visitor.error("receipt") and not uploads.exists()
    visitor.fill_and_submit(**{**REQUEST, "house": ""})
    assert "Файл квитанции выберите ещё раз" not in visitor.text


def test_an_empty_file_field_is_no_file(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt=(io.BytesIO(b""), ""))
    assert ConnectionRequest.get().receipt == ""


def test_two_files_are_one_too_many(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt=[sent(files.image()), sent(files.image("PNG"))])
    assert "один файл" in visitor.error("receipt")


def test_a_text_named_receipt_is_no_file(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt="%PDF-1.5")
    assert ConnectionRequest.get().receipt == ""


def test_more_than_any_receipt_is_not_read(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt=sent(bytes(upload_limits.LARGEST_BODY)))
    assert visitor.status == 413 and "выберите файл поменьше" in visitor.text


def test_a_stranger_may_send_no_file(visitor: Visitor, receipt: dict[str, str]) -> None:
    visitor.get("/")
    token = visitor.csrf_token
    visitor.post("/requests/new", {**REQUEST, "csrf_token": token, "receipt": sent(bytes(10**6))})
    assert visitor.path == "/" and visitor.status in (200, 303)


def test_other_forms_stay_small(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.get("/")
    token = visitor.value("csrf_token")
    visitor.post("/", {"phone": "+79161234567", "csrf_token": token, "receipt": sent(bytes(10**6))})
    assert visitor.status == 413


def test_the_same_form_keeps_one_file(
    visitor: Visitor, app: Flask, receipt: dict[str, str], uploads: Path
) -> None:
    to_request(visitor)
    clicks = [double(visitor, app) for _ in range(4)]

    def click(one: Visitor) -> str:
        one.fill_and_submit(**REQUEST, receipt=sent(files.image()))
        return one.path

    paths = together([partial(click, one) for one in clicks])
    request = ConnectionRequest.select().get()
    assert set(paths) == {f"/requests/{request.number}"} and ConnectionRequest.select().count() == 1
    assert [file.name for file in uploads.iterdir()] == [request.receipt]


@pytest.mark.settings(request_per_phone_day=0)
def test_a_request_too_many_leaves_no_file(visitor: Visitor, receipt: dict[str, str], uploads: Path) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    assert visitor.status == 429 and "выберите ещё раз" in visitor.text
    assert not list(uploads.iterdir())


def test_too_many_files_of_a_phone(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    for _ in range(29):
        take("receipt", PHONE)
    visitor.fill_and_submit(**REQUEST, receipt=sent(b"bad"))
    visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    assert visitor.status == 429 and visitor.value("street") == "Дачная"
    assert not ConnectionRequest.select().exists()


def test_no_address_leads_to_the_file(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    request = ConnectionRequest.get()
    for address in (
        f"/uploads/{request.receipt}",
        f"/var/uploads/{request.receipt}",
        f"/static/{request.receipt}",
        f"/requests/{request.number}/receipt",
        f"/requests/{request.receipt}",
    ):
        response = visitor.client.get(ORIGIN + address, follow_redirects=True)
        assert response.mimetype == "text/html" and b"\xff\xd8\xff" not in response.data
    assert told("staff") == ["connection_request"]


def no_space(_handle: int) -> None:
    """What a full disk answers."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_takes_the_request_without_its_file(
    visitor: Visitor, receipt: dict[str, str], uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_request(visitor)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    assert "без него" in visitor.error("receipt") and visitor.value("city") == REQUEST["city"]
    assert not ConnectionRequest.select().exists() and not list(uploads.iterdir())
    visitor.fill_and_submit()
    assert visitor.path == f"/requests/{ConnectionRequest.get().number}", "what was typed is sent"


def test_a_folder_that_is_away_is_no_end(
    visitor: Visitor, receipt: dict[str, str], uploads: Path, caplog: pytest.LogCaptureFixture
) -> None:
    to_request(visitor)
    if uploads.exists():
        uploads.rmdir()
    uploads.write_text("no folder")
    visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    assert "без него" in visitor.error("receipt") and "UPLOADS_FOLDER" in caplog.text
    uploads.unlink()
    visitor.fill_and_submit(receipt=sent(files.image()))
    assert ConnectionRequest.get().receipt in [file.name for file in uploads.iterdir()]
