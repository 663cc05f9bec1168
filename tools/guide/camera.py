"""Pictures of a window: cropped to it, at double size, with as many colours as it needs."""

import io
from pathlib import Path
from typing import cast

from PIL import Image
from playwright.sync_api import FloatRect, Page

MARGIN = 20  # pixels of the ground around the window, for its shadow
COLOURS = 256
Colour = tuple[int, int, int]


def window(page: Page, path: Path) -> None:
    """Save a picture of the cabinet's window with a margin."""
    box = page.locator(".shell").evaluate(
        """shell => {
            const { x, y, width, height } = shell.getBoundingClientRect();
            return { x: x + scrollX, y: y + scrollY, width, height };
        }"""
    )
    clip: FloatRect = {
        "x": box["x"] - MARGIN,
        "y": box["y"] - MARGIN,
        "width": box["width"] + 2 * MARGIN,
        "height": box["height"] + 2 * MARGIN,
    }
    _rest(page)
    save(page.screenshot(full_page=True, clip=clip), path)


def view(page: Page, path: Path) -> None:
    """Save a picture of the part of the page that is in view."""
    _rest(page)
    save(page.screenshot(), path)


def whole(page: Page, path: Path) -> None:
    """Save a picture of the page from top to bottom."""
    _rest(page)
    save(page.screenshot(full_page=True), path)


def _rest(page: Page) -> None:
    """No pointer over anything, all drawn."""
    page.mouse.move(0, 0)
    page.evaluate("() => document.fonts.ready")


def save(picture: bytes, path: Path) -> None:
    """Write a PNG with its own palette; other colours become the nearest one in it."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    colours = cast(list[tuple[int, Colour]], image.getcolors(image.width * image.height))
    palette, index = _palette({colour: count for count, colour in colours})
    channels = image.tobytes()
    pixels = zip(channels[::3], channels[1::3], channels[2::3], strict=True)
    drawn = Image.frombytes("P", image.size, bytes(map(index.__getitem__, pixels)))
    drawn.putpalette([channel for colour in palette for channel in colour])
    drawn.save(path, optimize=True)


def _palette(counts: dict[Colour, int]) -> tuple[list[Colour], dict[Colour, int]]:
    """The colours to draw with, and for every colour the index of the nearest of them.

    First the most frequent, then those that would lose most: so the red of one small star is kept.
    """
    palette = sorted(counts, key=counts.__getitem__, reverse=True)[: COLOURS // 2]
    nearest = {c: min((_distance(c, p), i) for i, p in enumerate(palette)) for c in counts}
    while len(palette) < min(COLOURS, len(counts)):
        worst = max(counts, key=lambda c: nearest[c][0] * counts[c])
        palette.append(worst)
        for c, (distance, _index) in nearest.items():
            if distance and (closer := _distance(c, worst)) < distance:
                nearest[c] = closer, len(palette) - 1
    return palette, {c: i for c, (_distance, i) in nearest.items()}


def _distance(one: Colour, other: Colour) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2
