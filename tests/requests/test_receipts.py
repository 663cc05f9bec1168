"""What files are taken, what becomes of them, and which are refused."""

import io
import os
import resource
import time
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import Database
from PIL import Image

from cabinet.models import Consent, Registration
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.receipts import draw_pdf, pdf, store, validation
from cabinet.receipts.errors import RefusedFileError
from cabinet.worker.purge import purge
from tests.cast import resident
from tests.properties import examples
from tests.requests import files
from tests.requests.conftest import make

SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"
OBJECTS = b"/Type /ObjStm /N 1 /First 4 "
FLATE = b"/Filter /FlateDecode"


def pixel(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(at)
    assert isinstance(found, tuple)
    return found


def refusal(data: bytes) -> str:
    with pytest.raises(RefusedFileError) as caught:
        validation.validate(data)
    return caught.value.code


@pytest.mark.parametrize(
    "data",
    [
        files.image("JPEG"),
        files.image("PNG"),
        files.image("WEBP"),
        files.image("WEBP", lossless=True),
        files.image("JPEG", progressive=True),
        files.image("JPEG") + b"\0" * 5000 + b"ftypmp42 a motion photo",
    ],
)
def test_pictures_are_drawn_anew(data: bytes) -> None:
    kept = validation.validate(data)
    assert kept.media_type == "image/jpeg" and kept.data != data
    with Image.open(io.BytesIO(kept.data)) as picture:
        assert picture.format == "JPEG" and picture.size == (40, 30)
        red, white = pixel(picture, (5, 5)), pixel(picture, (35, 25))
    assert red[0] > 200 > 60 > red[1] and min(white) > 240


def test_nothing_of_the_camera_stays_and_the_picture_stands_upright() -> None:
    data = files.located()
    assert b"SecretCamera" in data
    kept = validation.validate(data).data
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (30, 40) and not picture.getexif() and "exif" not in picture.info
    assert b"SecretCamera" not in kept and b"Exif" not in kept


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_png(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (10, 10)).save(out, "PNG")
    with Image.open(io.BytesIO(validation.validate(out.getvalue()).data)) as picture:
        assert picture.mode == "RGB"
        if mode in ("RGBA", "LA"):
            assert min(pixel(picture, (5, 5))) > 250, "what is transparent is paper"


def test_a_cmyk_jpeg_is_accepted() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (10, 10)).save(out, "JPEG")
    assert validation.validate(out.getvalue()).media_type == "image/jpeg"


def test_a_bomb_is_refused_before_it_is_drawn() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(files.png_bomb(20_000, 20_000)) == "too_many_pixels"
    assert refusal(files.png_bomb(60_000, 8_000)) == "too_many_pixels"
    assert refusal(files.image("WEBP", (16_000, 2_000))) == "too_many_pixels"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000, "KiB"


def test_twenty_five_megapixels_are_enough() -> None:
    assert validation.validate(files.png_bomb(5000, 5000)).media_type == "image/jpeg"
    assert refusal(files.png_bomb(5008, 5000)) == "too_many_pixels"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (files.image() + bytes(validation.MOST_BYTES), "too_large"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "heic"),
        (b"\0\0\0\x18ftypmif1" + bytes(100), "heic"),
        (b"\0\0\0\x1cftypavif" + bytes(100), "heic"),
        (b"MZ\x90\0" + bytes(200), "unknown"),
        (b"\x7fELF" + bytes(200), "unknown"),
        (b"#!/bin/sh\nrm -rf /", "unknown"),
        (b"PK\x03\x04" + bytes(100), "unknown"),
        (files.archive(), "unknown"),
        (b"Rar!\x1a\x07\0", "unknown"),
        (b"<!doctype html><script>1</script>", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "unknown"),
        (b"GIF89a" + bytes(100), "unknown"),
        (b"BM" + bytes(100), "unknown"),
        (b"II*\0" + bytes(100), "unknown"),
        (b"%!PS-Adobe-3.0", "unknown"),
        (b"\n\n%PDF-1.5\n%%EOF", "unknown"),
        (b"\xff\xd8\xff" + bytes(100), "broken"),
        (files.image()[:200], "broken"),
        (files.image("PNG")[:60], "broken"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(50), "broken"),
        (files.image() + files.archive(), "suspicious"),
        (files.image("PNG") + files.archive(), "suspicious"),
        (files.pdf() + files.archive(), "suspicious"),
        (files.image() + b"<script>alert(1)</script>", "suspicious"),
        (files.image() + b"<?php system($_GET[0]); ?>", "suspicious"),
        (files.image() + b"MZ...This program cannot be run in DOS mode", "suspicious"),
        (files.image("PNG")[:33] + b"%PDF-1.4" + files.image("PNG")[33:], "suspicious"),
    ],
)
def test_what_is_no_receipt_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


def drawn(data: bytes) -> list[Image.Image]:
    """The pages of what becomes of a PDF."""
    kept = validation.validate(data)
    assert kept.media_type == "application/pdf" and kept.data.startswith(b"%PDF-")
    pdf.check(kept.data)
    with pypdfium2.PdfDocument(kept.data) as document:
        return [page.render(scale=1).to_pil().convert("RGB") for page in document]


def test_a_pdf_is_drawn_anew() -> None:
    """What is seen stays; the words, the links and the history of the file do not."""
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://evil.example) >> >>"
    page = files.pdf(
        files.packed(b"1 0 0 rg 0 0 100 200 re f"),
        link,
        page=b"/MediaBox [0 0 200 200] /Contents 4 0 R /Annots [5 0 R]",
    )
    kept = validation.validate(page).data
    assert b"evil" not in kept and b"/URI" not in kept and b"/Annot" not in kept
    [picture] = drawn(page)
    assert abs(picture.width - 200) <= 2 and abs(picture.height - 200) <= 2
    red, white = pixel(picture, (50, 100)), pixel(picture, (150, 100))
    assert red[0] > 200 > 60 > red[1] and min(white) > 240
    for harmless in (
        files.pdf(files.packed(b"BT (Launch of the JavaScript club) Tj ET"), files.stream(b"raw")),
        files.pdf(files.packed(b"7 0 << /Type /Font >>", OBJECTS + FLATE)),
    ):
        assert len(drawn(harmless)) == 1


def test_a_receipt_of_two_pages_and_a_book() -> None:
    assert len(drawn(files.paper(2))) == 2
    assert len(drawn(files.paper(draw_pdf.MOST_PAGES))) == draw_pdf.MOST_PAGES
    assert refusal(files.paper(draw_pdf.MOST_PAGES + 1)) == "too_many_pages"


def test_a_pdf_as_large_as_a_field_is_drawn_small() -> None:
    kept = validation.validate(files.pdf(page=b"/MediaBox [0 0 14400 14400]")).data
    with pypdfium2.PdfDocument(kept) as document:
        [picture] = document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        width, height = picture.get_px_size()
    assert width * height <= draw_pdf.MOST_PIXELS * 1.01


def test_a_pdf_that_keeps_the_renderer_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "DRAWING", 0.01)
    assert refusal(files.pdf()) == "broken"


def test_a_pdf_that_cannot_be_drawn_is_refused() -> None:
    assert refusal(b"%PDF-1.5\nnothing of a PDF\n%%EOF\n") == "broken"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (files.pdf(SCRIPT), "pdf_active"),
        (files.pdf(b"<< /S /J#61vaScript /JS (x) >>"), "pdf_active"),
        (files.pdf(b"<< /S /#4a#41#56aScript >>"), None),
        (files.pdf(b"<< /S /#4A#61#76#61#53#63#72#69#70#74 >>"), "pdf_active"),
        (files.pdf(b"<< /S /Launch /F (cmd.exe) >>"), "pdf_active"),
        (files.pdf(b"<< /Names << /EmbeddedFiles 9 0 R >> >>"), "pdf_active"),
        (files.pdf(b"<< /Type /EmbeddedFile >>"), "pdf_active"),
        (files.pdf(b"<< /Subtype /RichMedia >>"), "pdf_active"),
        (files.pdf(b"<< /AcroForm << /XFA 9 0 R >> >>"), "pdf_active"),
        (files.pdf(b"<< /S /SubmitForm >>"), "pdf_active"),
        (files.pdf(files.packed(b"7 0 " + SCRIPT, OBJECTS + FLATE)), "pdf_active"),
        (files.pdf(files.packed(b" " * 300_000 + SCRIPT, OBJECTS + FLATE)), "pdf_active"),
        (files.pdf(files.packed(SCRIPT, FLATE)), "pdf_active"),
        (files.pdf(trailer=b"/Encrypt 9 0 R"), "pdf_encrypted"),
        (files.pdf(trailer=b"/#45ncrypt 9 0 R"), "pdf_encrypted"),
        (files.pdf(files.stream(b"3c3c>", OBJECTS + b"/Filter /ASCIIHexDecode")), "suspicious"),
        (files.pdf(files.packed(b"x", OBJECTS + b"/Filter [/ASCIIHexDecode /FlateDecode]")), "suspicious"),
        (files.pdf(files.packed(b"x", OBJECTS + FLATE + b" /DecodeParms << /Predictor 12 >>")), "suspicious"),
        (files.pdf(files.packed(b"x", OBJECTS + b"/Filter 9 0 R")), "suspicious"),
        (files.pdf(files.stream(b"not packed", OBJECTS + FLATE)), "suspicious"),
        (files.pdf()[:-8], "broken"),
        (b"%PDF-1.5\n" + bytes(5000), "broken"),
    ],
)
def test_a_pdf_that_does_anything_is_refused(data: bytes, code: str | None) -> None:
    if code is None:
        assert len(drawn(data)) == 1, "names are told apart by their letters' case"
    else:
        assert refusal(data) == code


def test_a_pdf_bomb_is_refused() -> None:
    bomb = files.packed(bytes(60 * 1024 * 1024))
    assert refusal(files.pdf(bomb, bomb)) == "suspicious"
    assert refusal(files.pdf(b"stream " * 20_001)) == "suspicious"


@given(
    st.sampled_from([b"%PDF-1.5", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b""]), st.binary()
)
@examples(200)
def test_any_bytes_are_taken_or_refused(head: bytes, tail: bytes) -> None:
    try:
        validation.validate(head + tail)
    except RefusedFileError as error:
        assert error.code


@given(st.data())
@examples(100)
def test_a_damaged_file_is_taken_or_refused(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([files.image("PNG"), files.image(), files.image("WEBP")])))
    for place in data.draw(st.lists(st.integers(12, len(whole) - 1), max_size=5)):
        whole[place] ^= 0xFF
    try:
        assert validation.validate(bytes(whole)).media_type == "image/jpeg"
    except RefusedFileError as error:
        assert error.code in ("broken", "too_many_pixels")


def test_files_lie_where_no_address_leads(database: Database, uploads: Path) -> None:
    name = store.keep(b"data")
    assert (
        store.find(name).read_bytes() == b"data" and (uploads / f"new-{name}").stat().st_mode & 0o777 == 0o600
    )
    assert uploads.stat().st_mode & 0o777 == 0o700
    store.settle(name)
    store.settle("")
    assert store.find(name).read_bytes() == b"data" and store.find(name) == uploads / name
    store.discard(name)
    store.discard(name)
    store.discard("")
    for wrong in (name, "", "../cabinet.db", "/etc/passwd", "A" * 32):
        with pytest.raises(FileNotFoundError):
            store.find(wrong)


def test_only_left_over_files_are_purged(database: Database, uploads: Path) -> None:
    """Settled ones stay even if this database knows nothing of them: it may be an older copy."""
    kept_late, left_over, fresh, settled = (store.keep(b"x") for _ in range(4))
    store.settle(settled)
    make(receipt=kept_late)
    long_ago = time.time() - 2 * store.PATIENCE
    for name in (f"new-{kept_late}", f"new-{left_over}", settled):
        os.utime(uploads / name, (long_ago, long_ago))
    assert purge()["receipts"] == 1
    assert sorted(os.listdir(uploads)) == sorted([kept_late, settled, f"new-{fresh}"])


def test_an_erased_residents_files_are_gone(database: Database, uploads: Path) -> None:
    user = resident(delete_at=now() - timedelta(days=1))
    mine, others = store.keep(b"1"), store.keep(b"2")
    store.settle(mine)
    store.settle(others)
    make(receipt=mine, user=user)
    make(receipt=others, phone="+79990000000")
    assert purge()["residents"] == 1
    assert os.listdir(uploads) == [others]


def test_the_consent_stays_with_the_request(database: Database) -> None:
    for phone in ("+79161234567", "+79990000000"):
        Registration.begin(phone, "ru", ("1", "Согласен."), "192.0.2.1", "")
    with db.atomic():
        Registration.update(created_at=now() - timedelta(days=8)).execute()
    make(phone="+79990000000")
    assert purge()["registrations"] == 2
    assert [consent.phone for consent in Consent.select()] == ["+79990000000"]
