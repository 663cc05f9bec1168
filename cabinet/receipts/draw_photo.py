"""Turns a photo into a fresh JPEG of the picture and nothing else; runs in a limited process."""

import io

from PIL import Image, ImageOps

from cabinet.receipts import heif
from cabinet.receipts.errors import RefusedFileError

MOST_PIXELS = 25_000_000
ENOUGH_PIXELS = 12_000_000  # a JPEG that has more is decoded at half its size
MOST_SCANS = 100  # of a progressive JPEG; cameras and phones make about ten
SCAN = b"\xff\xda"
QUALITY = 88  # of the JPEG that every photo becomes


def work(data: bytes) -> bytes:
    """The picture without EXIF, location or any other bytes.

    Raises RefusedFileError: suspicious (too many scans, each of which draws the whole picture again),
    too_many_pixels; and whatever the decoder chokes on.
    """
    out = io.BytesIO()
    _decoded(data).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _decoded(data: bytes) -> Image.Image:
    if data[4:8] == b"ftyp":
        return heif.colours(data)
    if data.startswith(b"\xff\xd8\xff") and data.count(SCAN) > MOST_SCANS:
        raise RefusedFileError("suspicious")
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        pixels = image.width * image.height
        if pixels > MOST_PIXELS:
            raise RefusedFileError("too_many_pixels")
        if pixels > ENOUGH_PIXELS:
            image.draft("RGB", (image.width // 2, image.height // 2))
        image.load()
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            layer = upright.convert("RGBA")
            upright = Image.new("RGBA", layer.size, "white")
            upright.alpha_composite(layer)
        return upright.convert("RGB")
