"""What a file that somebody sent may be: a photo, drawn anew, or a PDF that does nothing."""

import io
import re
import threading
import zipfile
from dataclasses import dataclass

from cabinet.receipts import pdf
from cabinet.receipts.refusal import RefusedFileError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
QUALITY = 88  # of the JPEG that every photo becomes
PATIENCE = 10  # seconds that a photo waits for its turn

HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
# what has no place in a photo or a PDF: pages, programs and archives hidden in it
_FOREIGN = re.compile(
    rb"<script|<\?php|<!doctype html|this program cannot be run in dos mode|rar!\x1a\x07|7z\xbc\xaf\x27\x1c",
    re.I,
)
_turn = threading.BoundedSemaphore(2)  # a decoded photo takes a hundred megabytes


@dataclass(frozen=True)
class Receipt:
    """A file fit to be kept."""

    data: bytes
    media_type: str


def judge(data: bytes) -> Receipt:
    """The photo as a fresh JPEG, or the PDF as it is.

    Raises RefusedFileError, whose code is empty, too_large, heic, unknown, suspicious, broken,
    too_many_pixels, busy, or one of `pdf.check`.
    """
    if not data:
        raise RefusedFileError("empty")
    if len(data) > MOST_BYTES:
        raise RefusedFileError("too_large")
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise RefusedFileError("heic")
    is_pdf = data.startswith(b"%PDF-")
    picture = data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    )
    if not is_pdf and not picture:
        raise RefusedFileError("unknown")
    if _FOREIGN.search(data) or zipfile.is_zipfile(io.BytesIO(data)):
        raise RefusedFileError("suspicious")
    if is_pdf:
        pdf.check(data)
        return Receipt(data, "application/pdf")
    if b"%PDF-" in data[:1024]:
        raise RefusedFileError("suspicious")
    if not _turn.acquire(timeout=PATIENCE):
        raise RefusedFileError("busy")
    try:
        return Receipt(_drawn_anew(data), "image/jpeg")
    finally:
        _turn.release()


def _drawn_anew(data: bytes) -> bytes:
    """The picture and nothing else of the file: no EXIF, no place, no other bytes."""
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
    except Exception:  # whatever a decoder chokes on
        raise RefusedFileError("broken") from None
