"""Which uploaded files are accepted: photos, and PDFs without active content. Both are redrawn."""

import io
import re
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass

from cabinet.receipts import draw_pdf, pdf
from cabinet.receipts.errors import RefusedFileError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
QUALITY = 88  # of the JPEG that every photo becomes
PATIENCE = 10  # seconds to wait for a free slot
DRAWING = 30  # seconds after which a PDF is given up

HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
# what does not belong in a photo or a PDF: web pages, programs and archives hidden inside
_FOREIGN = re.compile(
    rb"<script|<\?php|<!doctype html|this program cannot be run in dos mode|rar!\x1a\x07|7z\xbc\xaf\x27\x1c",
    re.I,
)
_turn = threading.BoundedSemaphore(2)  # a decoded picture takes a hundred megabytes


@dataclass(frozen=True)
class Receipt:
    """A file that may be kept."""

    data: bytes
    media_type: str


def validate(data: bytes) -> Receipt:
    """The photo as a fresh JPEG, or the PDF as a fresh PDF of the pictures of its pages.

    Raises RefusedFileError, whose code is empty, too_large, heic, unknown, suspicious, broken,
    too_many_pixels, too_many_pages, busy, or one of `pdf.check`.
    """
    if not data:
        raise RefusedFileError("empty")
    if len(data) > MOST_BYTES:
        raise RefusedFileError("too_large")
    is_pdf = _is_pdf(data)
    if _FOREIGN.search(data) or zipfile.is_zipfile(io.BytesIO(data)):
        raise RefusedFileError("suspicious")
    if is_pdf:
        pdf.check(data)
    elif b"%PDF-" in data[:1024]:
        raise RefusedFileError("suspicious")
    if not _turn.acquire(timeout=PATIENCE):
        raise RefusedFileError("busy")
    try:
        if is_pdf:
            return Receipt(_redrawn_pages(data), "application/pdf")
        return Receipt(_redrawn_photo(data), "image/jpeg")
    finally:
        _turn.release()


def _is_pdf(data: bytes) -> bool:
    """Whether it says to be a PDF, otherwise a photo. Raises RefusedFileError: heic, unknown."""
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise RefusedFileError("heic")
    if data.startswith(b"%PDF-"):
        return True
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    if not webp and not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise RefusedFileError("unknown")
    return False


def _redrawn_pages(data: bytes) -> bytes:
    """A PDF of pictures of the pages, made by a process that has nothing to lose."""
    try:
        drawing = subprocess.run(  # noqa: S603 - our own script, without a shell
            [sys.executable, "-I", draw_pdf.__file__],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=DRAWING,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RefusedFileError("broken") from None
    if drawing.returncode == draw_pdf.TOO_MANY_PAGES:
        raise RefusedFileError("too_many_pages")
    if drawing.returncode or not drawing.stdout:
        raise RefusedFileError("broken")
    return drawing.stdout


def _redrawn_photo(data: bytes) -> bytes:
    """The picture and nothing else of the file: no EXIF, no location, no other bytes."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise RefusedFileError("too_many_pixels")
            image.load()
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                layer = upright.convert("RGBA")
                upright = Image.new("RGBA", layer.size, "white")
                upright.alpha_composite(layer)
            out = io.BytesIO()
            upright.convert("RGB").save(out, "JPEG", quality=QUALITY)
            return out.getvalue()
    except RefusedFileError:
        raise
    except Exception:  # whatever the decoder chokes on
        raise RefusedFileError("broken") from None
