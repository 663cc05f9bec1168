"""Which uploaded files are accepted: photos, and PDFs without active content. Both are redrawn."""

import io
import zipfile
from dataclasses import dataclass

from cabinet.receipts import limited
from cabinet.receipts.errors import RefusedFileError

MOST_BYTES = 10 * 1024 * 1024
PHOTO_SECONDS, PDF_SECONDS = 1, 5  # of CPU: honest ones of the largest size need a half

HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
# what does not belong in a photo or a PDF: web pages, programs and archives hidden inside
_FOREIGN = (
    *(b"<script", b"<?php", b"<!doctype html", b"this program cannot be run in dos mode"),
    *(b"rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"),
)


@dataclass(frozen=True)
class Receipt:
    """A file that may be kept."""

    data: bytes
    media_type: str


def validate(data: bytes) -> Receipt:
    """The photo as a fresh JPEG, or the PDF as a fresh PDF of the pictures of its pages.

    Raises RefusedFileError, whose code is empty, too_large, avif, unknown, suspicious, broken,
    too_many_pixels, too_many_pages, or one of `pdf.check` and `limited.work`.
    """
    if not data:
        raise RefusedFileError("empty")
    if len(data) > MOST_BYTES:
        raise RefusedFileError("too_large")
    is_pdf = _is_pdf(data)
    plain = data.lower()
    if any(foreign in plain for foreign in _FOREIGN) or zipfile.is_zipfile(io.BytesIO(data)):
        raise RefusedFileError("suspicious")
    if is_pdf:
        return Receipt(limited.work("cabinet.receipts.draw_pdf", data, PDF_SECONDS), "application/pdf")
    if b"%PDF-" in data[:1024]:
        raise RefusedFileError("suspicious")
    return Receipt(limited.work("cabinet.receipts.draw_photo", data, PHOTO_SECONDS), "image/jpeg")


def _is_pdf(data: bytes) -> bool:
    """Whether it says to be a PDF, otherwise a photo. Raises RefusedFileError: avif, unknown."""
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand in AVIF_BRANDS:
        raise RefusedFileError("avif")
    if data.startswith(b"%PDF-"):
        return True
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    if not webp and brand not in HEIF_BRANDS and not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise RefusedFileError("unknown")
    return False
