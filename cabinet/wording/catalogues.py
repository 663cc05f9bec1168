"""Translations: message catalogues in `cabinet/translations/`, compiled for gettext.

Russian is the source. The Russian catalogue holds plural forms only, the English one every sentence.
What reads and writes them is imported where that is done: a server that finds them compiled does neither.
"""

import os
import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from babel.messages import Catalog


PACKAGE = Path(__file__).parent.parent
FOLDER = PACKAGE / "translations"
LANGUAGES = {"ru": "Русский", "en": "English"}  # as each calls itself; the first where nobody asks
LOCALES = tuple(LANGUAGES)
JINJA = {"trimmed": "true", "silent": "false"}
METHODS = [
    ("**.py", "cabinet.wording.catalogues:in_python"),
    *((f"templates/**.{kind}", "jinja2") for kind in ("html", "txt", "sms", "max", "subject")),
]
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
CALLED = rf"\b({'|'.join(KEYWORDS)})\s*\(".encode()


def extract() -> "Catalog":
    """Every sentence that the code and the templates translate."""
    from babel.messages import Catalog
    from babel.messages.extract import extract_from_dir

    found = Catalog(charset="utf-8")
    options = {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}
    for name, _line, message, comments, context in extract_from_dir(
        PACKAGE, METHODS, options, KEYWORDS, comment_tags=("NOTE:",), strip_comment_tags=True
    ):
        found.add(message, locations=[(f"cabinet/{name}", 0)], auto_comments=comments, context=context)
    return found


def in_python(file: BinaryIO, *given: Any, **options: Any) -> Iterable[Any]:
    """What Babel finds in a Python file; it takes apart the few alone that translate anything."""
    from babel.messages.extract import extract_python

    translates = re.search(CALLED, file.read())
    file.seek(0)
    return extract_python(file, *given, **options) if translates else ()


def source_of(locale: str, folder: Path = FOLDER) -> Path:
    """The catalogue that people edit."""
    return folder / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> "Catalog":
    """A catalogue as committed; an empty one where there is none yet."""
    from babel.messages import Catalog
    from babel.messages.pofile import read_po

    path = source_of(locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale)


def wanted(locale: str, extracted: "Catalog") -> "Catalog":
    """The catalogue with exactly the sentences extracted, keeping existing translations."""
    from babel.messages import Catalog

    known, fresh = read(locale), Catalog(locale=locale, charset="utf-8")
    for message in extracted:
        if not message.id or (locale == "ru" and not message.pluralizable):
            continue
        before = known.get(message.id, message.context)
        fresh.add(
            message.id,
            before.string if before and not before.fuzzy else None,
            locations=[(name, 0) for name in sorted({name for name, _ in message.locations})],
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return fresh


def refresh(folder: Path = FOLDER) -> dict[str, int]:
    """Bring the catalogues up to date; returns how many sentences lack a translation in each."""
    from babel.messages.pofile import write_po

    missing, extracted = {}, extract()
    for locale in LOCALES:
        catalogue = wanted(locale, extracted)
        buffer = BytesIO()
        write_po(buffer, catalogue, width=100, sort_by_file=True, include_lineno=False, omit_header=True)
        target = source_of(locale, folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_header(catalogue) + buffer.getvalue().decode(), encoding="utf-8")
        missing[locale] = sum(1 for message in catalogue if message.id and not _complete(message.string))
    return missing


def compile_all(folder: Path = FOLDER) -> list[str]:
    """Compile each `<locale>/LC_MESSAGES/*.po` newer than its `.mo`; returns the locales compiled."""
    newer = [source for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_newer(source)]
    for source in newer:
        _compile(source)
    return [source.parent.parent.name for source in newer]


def _is_newer(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, source.parent.parent.name)
    temporary = source.with_suffix(f".{os.getpid()}")  # several processes may compile at once
    with temporary.open("wb") as out:
        write_mo(out, catalogue)
    temporary.replace(source.with_suffix(".mo"))


def _complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) and string else bool(string)


def _header(catalogue: "Catalog") -> str:
    """A header with only what gettext needs, so that it never changes."""
    return (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )


if __name__ == "__main__":
    for name, count in refresh().items():
        print(f"{name}: {count} to translate" if count else f"{name}: complete")
