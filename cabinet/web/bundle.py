"""Bundles scripts and style sheets: joins modules into one, strips comments and indentation.

The sources are written for people. Browsers get the same text line by line; nothing is renamed or rewritten.
"""

import re
from pathlib import Path

MODULES, ENTRY, SCRIPT = "js", "main.js", "app.js"
_IMPORT = re.compile(r'^import (?:\{\s*\w+(?:,\s*\w+)*,?\s*\} from )?"\./([\w-]+\.js)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:const|let|function|class) )", re.M)
_NOT_UNDERSTOOD = re.compile(r"^(?:import|export)\b.*", re.M)
_TOP_LEVEL = re.compile(r"^(?:const|let|function|class) (\w+)", re.M)
_JSDOC = re.compile(r"[ \t]*/\*\*(?!/).*?\*/", re.S)
_WHOLE_LINE_COMMENT = {
    ".js": re.compile(r"^[ \t]*//.*\n", re.M),
    ".css": re.compile(r"^[ \t]*/\*(?!!)(?:(?!\*/).)*\*/[ \t]*\n", re.M | re.S),
}
_INDENTATION = re.compile(r"^\s+", re.M)


def sources(static_dir: Path) -> dict[str, bytes]:
    """All files of the folder by name; the modules in `js/`, if there are any, as the one script `app.js`."""
    found = {
        path.relative_to(static_dir).as_posix(): path.read_bytes()
        for path in sorted(static_dir.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.parent != static_dir / MODULES
    }
    if (static_dir / MODULES).is_dir():
        found[SCRIPT] = join(static_dir / MODULES)
    return {name: strip(name, data) for name, data in found.items()}


def join(folder: Path) -> bytes:
    """The modules of a folder as one script, from `main.js` on: each once, after all that it imports.

    They land in one scope, so no two may use the same name at their top level. Raises ValueError where they
    do, and for an import or export that is more than a list of names.
    """
    parts: list[str] = []
    _add(folder, ENTRY, set(), parts)
    names = [name for part in parts for name in _TOP_LEVEL.findall(part)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two modules use the same name: {', '.join(sorted(twice))}")
    return "".join(["(() => {\n", '"use strict";\n', *parts, "})();\n"]).encode()


def _add(folder: Path, name: str, seen: set[str], parts: list[str]) -> None:
    if name in seen:
        return
    seen.add(name)
    source = (folder / name).read_text(encoding="utf-8")
    for imported in _IMPORT.findall(source):
        _add(folder, imported, seen, parts)
    text = _EXPORT.sub("", _IMPORT.sub("", source))
    if line := _NOT_UNDERSTOOD.search(text):
        raise ValueError(f"{name}: cannot join «{line[0]}»")
    parts.append(text)


def strip(name: str, data: bytes) -> bytes:
    """A script or a style sheet without JSDoc, comments on lines of their own, indentation and empty lines.

    Comments that begin with /*! stay, and so do minified files and all others. Not for sources with a string
    over several lines, or with /** in a string.
    """
    ending = Path(name).suffix
    if ending not in _WHOLE_LINE_COMMENT or ".min." in name:
        return data
    text = data.decode()
    if ending == ".js":
        text = _JSDOC.sub("", text)
    return _INDENTATION.sub("", _WHOLE_LINE_COMMENT[ending].sub("", text)).encode()
