"""The legal texts: consent, terms of use, privacy policy. Each version is a file that never changes.

A text is the HTML fragment `templates/documents/<kind>/<version>.html` with the company's name put in; what a
resident agreed to is stored with the SHA-256 of exactly that text. `<version>.<language>.html` beside it is a
translation for reading only.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

from cabinet.models.base import settings

FOLDER = Path(__file__).parent.parent / "templates" / "documents"
KINDS = ("consent", "terms", "privacy")


@dataclass(frozen=True)
class Document:
    """One version of a text; versions are dates, `2026-11-01`."""

    kind: str
    version: str
    text: str

    @property
    def since(self) -> date:
        """The day of this version."""
        return date.fromisoformat(self.version)

    @property
    def html(self) -> Markup:
        """The text for a page; our own files, with the brand's name escaped."""
        return Markup(self.text)  # noqa: S704

    def translation(self, language: str) -> Markup | None:
        """The text in another language, for reading only; None where there is none."""
        name = f"{self.version}.{language}"
        exists = name in _translations(self.kind)
        return Markup(_with_brand(_read(self.kind, name))) if exists else None  # noqa: S704


def versions(kind: str) -> list[str]:
    """All versions of a text, oldest first."""
    return sorted(stem for stem in _stems(kind) if "." not in stem)


def current(kind: str) -> Document:
    """The version in force. Raises LookupError for an unknown kind."""
    return version_of(kind, versions(kind)[-1]) if kind in KINDS else version_of(kind, "")


def version_of(kind: str, version: str) -> Document:
    """One version. Raises LookupError if there is none."""
    if kind not in KINDS or version not in versions(kind):
        raise LookupError(kind)
    return Document(kind, version, _with_brand(_read(kind, version)))


def _with_brand(text: str) -> str:
    return _named(text, settings().brand_name)


@lru_cache(maxsize=64)
def _named(text: str, brand: str) -> str:
    return text.replace("{{ brand }}", escape(brand))


@cache  # the folder is read once: files never change, and new ones come with a new version of Cabinet
def _stems(kind: str) -> tuple[str, ...]:
    return tuple(path.stem for path in (FOLDER / kind).glob("*.html"))


@cache
def _translations(kind: str) -> frozenset[str]:
    return frozenset(stem for stem in _stems(kind) if "." in stem)


@cache
def _read(kind: str, version: str) -> str:
    return (FOLDER / kind / f"{version}.html").read_text(encoding="utf-8")
