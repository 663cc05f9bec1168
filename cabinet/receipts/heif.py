"""Decodes photos of HEIF in little memory; runs in a limited process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from cabinet.receipts import heif_tiles
from cabinet.receipts.errors import RefusedFileError

if TYPE_CHECKING:
    from pillow_heif import HeifFile

MOST_PIXELS = 25_000_000  # decoded at once: each has three bytes
MOST_PIXELS_OF_TILES = 64_000_000  # phones take 12, 24 or 48 million
WHOLE = 13_000_000  # pixels; a photo that has more is taken at half its size
STRIP = 64  # rows, an even number


def grey(data: bytes) -> Image.Image:
    """The photo in shades of grey, made strip by strip: a copy of Pillow's own would not fit.

    Raises RefusedFileError: too_many_pixels; and whatever the decoder chokes on.
    """
    photo = _opened(data)
    pixels = photo.size[0] * photo.size[1]
    if pixels > MOST_PIXELS:
        return _of_tiles(data, pixels)
    return _shrunk(photo, 1 if pixels <= WHOLE else 2)


def colours(data: bytes) -> Image.Image:
    """The photo as it is to be kept, upright. Raises as `grey` does, for less: it is not taken by tiles."""
    photo = _opened(data)
    pixels = photo.size[0] * photo.size[1]
    if pixels > MOST_PIXELS:
        raise RefusedFileError("too_many_pixels")
    return _shrunk(photo, 1 if pixels <= WHOLE else 2, "RGB")


def _of_tiles(data: bytes, pixels: int) -> Image.Image:
    """A photo that is too large to be decoded whole, at half its size."""
    data = heif_tiles.upright(data)
    photo = _opened(data)
    tiling = photo.info.get("tiling")
    if pixels > MOST_PIXELS_OF_TILES or not tiling:
        raise RefusedFileError("too_many_pixels")
    width, height = tiling["tile_width"], tiling["tile_height"]
    if width * height > MOST_PIXELS:
        raise RefusedFileError("too_many_pixels")
    found = Image.new("L", (photo.size[0] // 2, photo.size[1] // 2))
    del photo  # it holds the file
    for number, one in enumerate(heif_tiles.tiles(data)):
        row, column = divmod(number, tiling["num_columns"])
        found.paste(_shrunk(_opened(one), 2), (column * width // 2, row * height // 2))
    return found


def _opened(data: bytes) -> HeifFile:
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 0
    return pillow_heif.open_heif(data)


def _shrunk(photo: HeifFile, shrink: int, mode: str = "L") -> Image.Image:
    """The photo in shades of grey, or in another mode."""
    width, height = photo.size
    try:
        pixels = memoryview(photo.data)
    except RuntimeError as error:
        if "Memory" in str(error):
            raise MemoryError from None
        raise
    found = Image.new(mode, (-(-width // shrink), -(-height // shrink)))
    for top in range(0, height, STRIP):
        rows = min(STRIP, height - top)
        part = bytes(pixels[top * photo.stride : (top + rows) * photo.stride])
        strip = Image.frombuffer(photo.mode, (width, rows), part, "raw", photo.mode, photo.stride, 1)
        found.paste(_on_paper(strip, mode).reduce(shrink), (0, top // shrink))
    return found


def _on_paper(strip: Image.Image, mode: str) -> Image.Image:
    """In this mode; what is transparent is paper."""
    if strip.mode != "RGBA":
        return strip.convert(mode)
    paper = Image.new(mode, strip.size, "white")
    paper.paste(strip.convert(mode), mask=strip.getchannel("A"))
    return paper
