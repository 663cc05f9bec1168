"""Turns a PDF into a PDF of pictures of its pages, keeping nothing else; runs in a limited process."""

import io

from cabinet.receipts import pdf
from cabinet.receipts.errors import RefusedFileError

MOST_PAGES = 10
DPI = 150
MOST_PIXELS = 4_000_000  # of one page; A4 has 2.2 million
QUALITY = 85  # of the JPEG that a page becomes


def work(data: bytes) -> bytes:
    """The PDF of pictures. Raises RefusedFileError as `pdf.check` does, and too_many_pages; ValueError."""
    import pypdfium2
    from PIL import Image

    pdf.check(data)
    pages: list[Image.Image] = []
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        if len(document) > MOST_PAGES:
            raise RefusedFileError("too_many_pages")
        for page in document:
            width, height = page.get_size()
            scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
            pages.append(page.render(scale=scale).to_pil().convert("RGB"))
    if not pages:
        raise ValueError("no pages")
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=QUALITY)
    return out.getvalue()
