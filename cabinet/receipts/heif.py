"""Decodes photos of HEIF in little memory; runs in a limited process."""

from PIL import Image

from cabinet.receipts.errors import RefusedFileError

MOST_PIXELS = 25_000_000  # phones take 12 or 24 million; decoded they have three bytes each
WHOLE = 13_000_000  # pixels; a photo that has more is taken at half its size
STRIP = 64  # rows, an even number


def grey(data: bytes) -> Image.Image:
    """The photo in shades of grey, made strip by strip: a copy of Pillow's own would not fit.

    Raises RefusedFileError: too_many_pixels; and whatever the decoder chokes on.
    """
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 0
    photo = pillow_heif.open_heif(data)
    width, height = photo.size
    if width * height > MOST_PIXELS:
        raise RefusedFileError("too_many_pixels")
    shrink = 1 if width * height <= WHOLE else 2
    try:
        pixels = memoryview(photo.data)
    except RuntimeError as error:
        if "Memory" in str(error):
            raise MemoryError from None
        raise
    found = Image.new("L", (-(-width // shrink), -(-height // shrink)))
    for top in range(0, height, STRIP):
        rows = min(STRIP, height - top)
        part = bytes(pixels[top * photo.stride : (top + rows) * photo.stride])
        strip = Image.frombuffer(photo.mode, (width, rows), part, "raw", photo.mode, photo.stride, 1)
        found.paste(_on_paper(strip).reduce(shrink), (0, top // shrink))
    return found


def _on_paper(strip: Image.Image) -> Image.Image:
    """In shades of grey; what is transparent is paper."""
    if strip.mode != "RGBA":
        return strip.convert("L")
    paper = Image.new("L", strip.size, 255)
    paper.paste(strip.convert("L"), mask=strip.getchannel("A"))
    return paper
