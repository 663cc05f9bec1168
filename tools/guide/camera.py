"""Pictures of a window: cropped to it, at double size, with as many colours as it needs."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

MARGIN = 20  # pixels of the ground around the window, for its shadow
COLOURS = 256


def take(page: Page, path: Path, of: str | None = ".shell") -> None:
    """Save a picture of the element `of` with a margin, or of the visible part of the page."""
    page.mouse.move(0, 0)
    page.evaluate("() => document.fonts.ready")
    if of is None:
        picture = page.screenshot()
    else:
        box = page.locator(of).evaluate(
            """element => {
                const { x, y, width, height } = element.getBoundingClientRect();
                return { x: x + scrollX, y: y + scrollY, width, height };
            }"""
        )
        left, top = max(0, box["x"] - MARGIN), max(0, box["y"] - MARGIN)
        right, bottom = box["x"] + box["width"] + MARGIN, box["y"] + box["height"] + MARGIN
        width = page.viewport_size["width"] if page.viewport_size else right
        clip = {"x": left, "y": top, "width": min(right, width) - left, "height": bottom - top}
        picture = page.screenshot(full_page=True, clip=clip)
    save(picture, path)


def save(picture: bytes, path: Path) -> None:
    """Write a PNG with the palette of its most frequent colours; the others become the nearest of them."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    counted = sorted(image.getcolors(image.width * image.height) or (), reverse=True)
    palette = [colour for _count, colour in counted[:COLOURS]]
    index = {colour: _nearest(colour, palette) for _count, colour in counted}
    channels = image.tobytes()
    pixels = zip(channels[::3], channels[1::3], channels[2::3], strict=True)
    drawn = Image.frombytes("P", image.size, bytes(map(index.__getitem__, pixels)))
    drawn.putpalette([channel for colour in palette for channel in colour])
    drawn.save(path, optimize=True)


def _nearest(colour: tuple[int, ...], palette: list[tuple[int, ...]]) -> int:
    """Index of the palette's colour that differs least."""
    return min(
        range(len(palette)), key=lambda i: sum((a - b) ** 2 for a, b in zip(colour, palette[i], strict=True))
    )
