"""Derives the style sheet's custom properties from the brand's accent colour, checked for contrast."""

import re
from collections.abc import Mapping
from functools import lru_cache

# the worst backgrounds of links: the page in light mode, a hovered row in dark mode
LIGHT_GROUND, DARK_GROUND = "#f3f4f8", "#1c2025"
READABLE = 4.5  # contrast of text, WCAG 2.2 AA
HOVER = 0.12  # how far a hovered button moves towards black or white

Colour = tuple[int, int, int]


def stylesheet(accent: str) -> str:
    """The end of a style sheet for an accent "#rrggbb". Raises ValueError for any other text.

    `--accent` fills buttons, `--on-accent` is the text on it, `--accent-text` is links on the page. In dark
    mode the accent is lightened until it is readable on the dark background.
    """
    light, dark = _properties(accent), _properties(accent, dark=True)
    return (
        f":root {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {dark} }} }}\n"
        f":root[data-theme=dark] {{ {dark} }}\n"
    )


def parse(text: str) -> Colour:
    """Red, green, blue of "#rrggbb". Raises ValueError for anything else."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise ValueError("BRAND_ACCENT must be a colour such as #1f5fd6")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours by WCAG, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: Colour, ground: Colour, ratio: float = READABLE) -> Colour:
    """The colour itself, or the nearest mix with black or white that has this contrast to the ground."""
    towards = (255, 255, 255) if _luminance(ground) < 0.18 else (0, 0, 0)
    for step in range(101):
        candidate = _mix(colour, towards, step / 100)
        if contrast(candidate, ground) >= ratio:
            return candidate
    raise ValueError("no colour is readable on this background")


def on(colour: Colour) -> Colour:
    """White or black, whichever is readable on the colour; one of them always is (4.58 : 1 at worst)."""
    white = (255, 255, 255)
    return white if contrast(white, colour) >= READABLE else (0, 0, 0)


@lru_cache(maxsize=64)  # each letter has them
def palette(accent: str, dark: bool = False) -> Mapping[str, str]:
    """The properties of the sheet by name, such as "on-accent", for e-mails, which cannot use a sheet."""
    colour, ground = parse(accent), parse(DARK_GROUND if dark else LIGHT_GROUND)
    colour = readable(colour, ground) if dark else colour
    text = on(colour)
    away = (0, 0, 0) if text != (0, 0, 0) else (255, 255, 255)  # from the text, for even more contrast
    values = {
        "accent": colour,
        "accent-hover": _mix(colour, away, HOVER),
        "on-accent": text,
        "accent-text": readable(colour, ground),
    }
    return {name: _hex(value) for name, value in values.items()}


def _properties(accent: str, dark: bool = False) -> str:
    return " ".join(f"--{name}: {value};" for name, value in palette(accent, dark).items())


def _mix(colour: Colour, other: Colour, share: float) -> Colour:
    r, g, b = (round(c + (o - c) * share) for c, o in zip(colour, other, strict=True))
    return r, g, b


def _luminance(colour: Colour) -> float:
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
