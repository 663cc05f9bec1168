"""Draws a stored PDF as one picture, its pages one below another; runs in a limited process."""

import io

WIDTH = 1000  # pixels of a page
GAP = 16  # pixels between two of them
MOST_PAGES = 10
MOST_HEIGHT = 60_000  # of the picture; a JPEG can have 65 535
QUALITY = 85


def work(data: bytes) -> bytes:
    """The JPEG of the PDF's pages. Raises whatever the decoder chokes on; ValueError without pages."""
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(data) as document:
        sizes = [document[at].get_size() for at in range(min(len(document), MOST_PAGES))]
        tallest = max(height / width for width, height in sizes)
        width = min(WIDTH, int(MOST_HEIGHT / len(sizes) / tallest) - GAP)
        pages = [
            document[at].render(scale=width / size[0]).to_pil().convert("RGB")
            for at, size in enumerate(sizes)
        ]
    sheet = Image.new("RGB", (width, sum(page.height + GAP for page in pages) - GAP), "grey")
    top = 0
    for page in pages:
        sheet.paste(page, (0, top))
        top += page.height + GAP
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
