"""What files are taken, what becomes of them, and which are refused."""

import io
import os
import resource
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import Database
from PIL import Image

from cabinet.models import Consent, Registration
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.receipts import store, validation
from cabinet.receipts.errors import RefusedFileError
from cabinet.worker.purge import purge
from tests.cast import resident
from tests.properties import examples
from tests.requests import files
from tests.requests.conftest import make
from tests.requests.receipts import drawn_here, refusal


def pixel(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(at)
    assert isinstance(found, tuple)
    return found


@pytest.mark.sample(2)
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


def test_a_heic_of_a_telephone_becomes_a_jpeg_that_tells_nothing_else() -> None:
    kept = validation.validate(files.heic())
    assert kept.media_type == "image/jpeg" and b"SecretCamera" not in kept.data
    with Image.open(io.BytesIO(kept.data)) as picture:
        assert picture.size == (80, 64) and not picture.getexif()
        assert pixel(picture, (10, 30))[0] > 200 > 90 > pixel(picture, (10, 30))[1], "red on the left"
        assert min(pixel(picture, (70, 30))) > 230
    lying = files.heic(turned=True)
    with Image.open(io.BytesIO(validation.validate(lying).data)) as picture:
        assert picture.size == (64, 80), "shown upright"


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


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (files.image() + bytes(validation.MOST_BYTES), "too_large"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "broken"),
        (b"\0\0\0\x18ftypmif1" + bytes(100), "broken"),
        (b"\0\0\0\x1cftypavif" + bytes(100), "avif"),
        (b"\0\0\0\x1cftypisom" + bytes(100), "unknown"),
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


@given(
    st.sampled_from([b"%PDF-1.5", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b""]), st.binary()
)
@examples(200)
def test_any_bytes_are_taken_or_refused(head: bytes, tail: bytes) -> None:
    with drawn_here():
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
    with drawn_here():
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
