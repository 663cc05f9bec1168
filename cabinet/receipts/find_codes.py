"""Finds the two-dimensional codes in a picture or a PDF; runs in a limited process."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from cabinet.receipts.errors import RefusedFileError

if TYPE_CHECKING:
    import pypdfium2

# a JPEG is decoded at half its size, a quarter or an eighth, and without colours; others whole
MOST_PIXELS = {"JPEG": 200_000_000, "PNG": 25_000_000, "WEBP": 8_000_000}
LOOKED_AT = 13_000_000  # pixels
ENLARGED = 6_000_000  # pixels up to which a picture is worth being enlarged
FORMATS = zxingcpp.BarcodeFormats([zxingcpp.QRCode, zxingcpp.DataMatrix, zxingcpp.Aztec])
PAGES = 3
RESOLUTIONS = (200, 300)  # dots per inch
MOST_PIXELS_OF_A_PAGE = 10_000_000
MOST_CODES = 8
BEGINNING = b"ST0001"  # of the code of a receipt


def work(data: bytes) -> bytes:
    """The bytes of each code in hexadecimal, a line each.

    Raises RefusedFileError: too_many_pixels, pdf_encrypted; and whatever the decoder chokes on.
    """
    try:
        found = in_pdf(data) if data.startswith(b"%PDF-") else in_picture(data)
    except MemoryError:
        raise RefusedFileError("too_many_pixels") from None
    return ("\n".join(code.hex() for code in found[:MOST_CODES]) + "\n").encode()


def in_picture(data: bytes) -> list[bytes]:
    """The codes in a photo. Raises what Pillow raises."""
    grey = _opened(data)
    found: dict[bytes, None] = {}
    for look in _looks(grey):
        found |= dict.fromkeys(_codes(look))
        if any(code.lstrip()[:6].upper() == BEGINNING for code in found):
            break
    return list(found)


def _opened(data: bytes) -> Image.Image:
    """The picture in shades of grey, shrunk to what is worth looking at."""
    if data[4:8] == b"ftyp":
        from cabinet.receipts import heif

        return heif.grey(data)
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    with Image.open(io.BytesIO(data), formats=tuple(MOST_PIXELS)) as picture:
        pixels = picture.width * picture.height
        if pixels > MOST_PIXELS[str(picture.format)]:
            raise RefusedFileError("too_many_pixels")
        shrink = next((n for n in (1, 2, 4) if pixels <= LOOKED_AT * n * n), 8)
        picture.draft("L", (picture.width // shrink, picture.height // shrink))
        grey = _grey(picture)
    return grey if grey.width * grey.height <= LOOKED_AT else grey.reduce(shrink)


def _grey(picture: Image.Image) -> Image.Image:
    """In shades of grey; what is transparent is paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("LA")
        paper = Image.new("L", layer.size, 255)
        paper.paste(layer.getchannel("L"), mask=layer.getchannel("A"))
        return paper
    return picture.convert("L")


def _looks(grey: Image.Image) -> Iterator[Image.Image]:
    """The picture in ways that show a code, the cheap ones first.

    At half its size nine codes of ten are found, in a fifth of the time: noise costs most of it.
    """
    yield grey.reduce(2)
    yield grey
    yield ImageOps.autocontrast(grey, 5)
    if grey.width * grey.height <= ENLARGED:
        yield grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
    yield grey.filter(ImageFilter.UnsharpMask(3, 250, 0))


def _codes(grey: Image.Image) -> list[bytes]:
    return [code.bytes for code in zxingcpp.read_barcodes(grey, FORMATS)]


def in_pdf(data: bytes) -> list[bytes]:
    """The codes on the first pages. Raises what pypdfium2 raises."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            for dpi in RESOLUTIONS:
                if found := [code for page in _pages(document, dpi) for code in _codes(page)]:
                    return found
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise RefusedFileError("pdf_encrypted") from None
        raise
    return []


def _pages(document: "pypdfium2.PdfDocument", dpi: int) -> Iterator[Image.Image]:
    for number in range(min(PAGES, len(document))):
        page = document[number]
        width, height = page.get_size()
        scale = min(dpi / 72, (MOST_PIXELS_OF_A_PAGE / max(width * height, 1)) ** 0.5)
        yield page.render(scale=scale, grayscale=True).to_pil().convert("L")
