"""A standalone script that turns a PDF into a PDF of pictures of its pages, keeping nothing else.

Whatever a file does to the renderer happens in this process, which has no secrets, no database, little memory
and little time. It imports nothing of Cabinet, so it starts at once.
Exit codes: 0, `TOO_MANY_PAGES`, anything else for a file that cannot be drawn.
"""

import io
import resource
import sys

MOST_PAGES = 10
TOO_MANY_PAGES = 3
DPI = 150
MOST_PIXELS = 4_000_000  # of one page; A4 has 2.2 million
QUALITY = 85  # of the JPEG that a page becomes
LIMITS = (
    (resource.RLIMIT_AS, 1024 * 1024 * 1024),
    (resource.RLIMIT_CPU, 20),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)


def draw(data: bytes) -> bytes:
    """The PDF of pictures. Raises ValueError and what pypdfium2 raises."""
    import pypdfium2
    from PIL import Image

    pages: list[Image.Image] = []
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        if len(document) > MOST_PAGES:
            sys.exit(TOO_MANY_PAGES)
        for page in document:
            width, height = page.get_size()
            scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
            pages.append(page.render(scale=scale).to_pil().convert("RGB"))
    if not pages:
        raise ValueError("no pages")
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=QUALITY)
    return out.getvalue()


def main() -> None:
    """From standard input to standard output."""
    for what, most in LIMITS:
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue  # not every system has each
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
