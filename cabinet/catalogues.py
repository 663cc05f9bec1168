"""Translations: message catalogues in `cabinet/translations/`, compiled for gettext."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "translations"


def compile_all(folder: Path = FOLDER) -> list[str]:
    """Compile each `<locale>/LC_MESSAGES/*.po` newer than its `.mo`; returns the locales compiled."""
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        locale = source.parent.parent.name
        with source.open("rb") as file:
            catalogue = read_po(file, locale)
        temporary = target.with_suffix(".new")
        with temporary.open("wb") as out:
            write_mo(out, catalogue)
        temporary.replace(target)
        compiled.append(locale)
    return compiled
