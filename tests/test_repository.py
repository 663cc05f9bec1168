"""Rules for the repository itself: pins, their reasons, translations, settings."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from config import Settings

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"([a-z0-9-]+)(\[[a-z,]+\])?==[0-9][0-9a-z.]*")
CATALOGUES = sorted((ROOT / "cabinet" / "translations").glob("*/LC_MESSAGES/*.po"))


def _lines(name: str) -> list[str]:
    text = (ROOT / name).read_text()
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_pinned(name: str) -> None:
    loose = [line for line in _lines(name) if line != "-r requirements.txt" and not PIN.fullmatch(line)]
    assert not loose


def test_every_dependency_has_its_reason() -> None:
    document = ROOT / "docs" / "architecture.md"
    if not document.exists():
        pytest.skip("docs/architecture.md does not exist yet")
    text = document.read_text(encoding="utf-8").lower()
    lines = [*_lines("requirements.txt"), *_lines("requirements-dev.txt")[1:]]
    assert not [match[1] for line in lines if (match := PIN.match(line)) and match[1] not in text]


def test_every_setting_has_a_meaning() -> None:
    assert not [field.name for field in fields(Settings) if not field.metadata.get("meaning")]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.parent.parent.name)
def test_catalogue_is_complete(path: Path) -> None:
    """Nothing untranslated or fuzzy, placeholders kept."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), f"{message.id} is not translated"
        assert not message.fuzzy, f"{message.id} is fuzzy"
        errors = list(message.check(catalogue))
        assert not errors, f"{message.id}: {errors}"
