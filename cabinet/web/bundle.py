"""Bundles scripts and style sheets: joins modules into two scripts, strips comments and indentation.

The sources are written for people. Browsers get the same text, nothing is renamed or rewritten. `later.js`
has what the first page can do without; what it needs of `app.js` it borrows, so nothing is in both.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

MODULES, ENTRY, LATER = "js", "main.js", "later.js"
_IMPORT = re.compile(r'^import (?:\{\s*(\w+(?:,\s*\w+)*),?\s*\} from )?"\./([\w-]+\.js)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:const|let|function|class) )", re.M)
_NOT_UNDERSTOOD = re.compile(r"^(?:import|export)\b.*", re.M)
_LENT = re.compile(r"^lend\(\{([^}]*)\}\);", re.M)
_CHANGING = re.compile(r"^let (\w+)", re.M)
_WORD = re.compile(r"\w+")
_TOP_LEVEL = re.compile(r"^(?:const|let|function|class) (\w+)", re.M)
_JSDOC = re.compile(r"[ \t]*/\*\*(?!/).*?\*/", re.S)
_WHOLE_LINE_COMMENT = {
    ".js": re.compile(r"^[ \t]*//.*\n", re.M),
    ".css": re.compile(r"^[ \t]*/\*(?!!)(?:(?!\*/).)*\*/[ \t]*\n", re.M | re.S),
}
_INDENTATION = re.compile(r"^\s+", re.M)
_LINE_ENDS = re.compile(r"(?<=[{};,:])\n")


def sources(static_dir: Path) -> dict[str, bytes]:
    """All files of the folder by name; the modules in `js/`, if there are any, as two scripts."""
    found = {
        path.relative_to(static_dir).as_posix(): path.read_bytes()
        for path in sorted(static_dir.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.parent != static_dir / MODULES
    }
    if (static_dir / MODULES).is_dir():
        found["app.js"], found["later.js"] = join(static_dir / MODULES)
    return {name: strip(name, data) for name, data in found.items()}


def join(folder: Path) -> tuple[bytes, bytes]:
    """The modules of a folder as two scripts, from `main.js` and `later.js` on: each once, after its imports.

    Those of a script land in one scope, so no two may use the same name at their top level. What the later
    one imports of the first it finds at its own element, as the first lends it. Raises ValueError where a
    name is used twice or not lent, and for an import or export that is more than a list of names.
    """
    first: dict[str, str] = {}
    _add(folder, ENTRY, first, set())
    later: dict[str, str] = {}
    borrowed: set[str] = set()
    if (folder / LATER).exists():
        _add(folder, LATER, later, borrowed, has=first)
    _check_lent("".join(first.values()), borrowed)
    taken = f"const {{ {', '.join(sorted(borrowed))} }} = document.currentScript.lent;\n"
    return _in_one_scope([*first.values()]), _in_one_scope([taken, *later.values()], borrowed)


def _check_lent(first: str, borrowed: set[str]) -> None:
    lent = {name for names in _LENT.findall(first) for name in _WORD.findall(names)}
    changing = borrowed & set(_CHANGING.findall(first))
    for said, names in (
        (f"not lent to {LATER}", borrowed - lent),
        (f"not borrowed by {LATER}", lent - borrowed),
        ("changes, and cannot be lent", changing),
    ):
        if names:
            raise ValueError(f"{said}: {', '.join(sorted(names))}")


def _in_one_scope(parts: list[str], borrowed: Iterable[str] = ()) -> bytes:
    names = [*borrowed, *(name for part in parts for name in _TOP_LEVEL.findall(part))]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two modules use the same name: {', '.join(sorted(twice))}")
    return "".join(["(() => {\n", '"use strict";\n', *parts, "})();\n"]).encode()


def _add(
    folder: Path, name: str, joined: dict[str, str], borrowed: set[str], has: Mapping[str, str] | None = None
) -> None:
    """Add a module and all that it imports; of those that another script `has` its names are borrowed."""
    if name in joined:
        return
    joined[name] = ""  # its place is behind what it imports
    source = (folder / name).read_text(encoding="utf-8")
    for names, imported in _IMPORT.findall(source):
        if imported in (has or {}):
            borrowed |= set(_WORD.findall(names))
        else:
            _add(folder, imported, joined, borrowed, has)
    text = _EXPORT.sub("", _IMPORT.sub("", source))
    if line := _NOT_UNDERSTOOD.search(text):
        raise ValueError(f"{name}: cannot join «{line[0]}»")
    del joined[name]
    joined[name] = text


def strip(name: str, data: bytes) -> bytes:
    """A script or a style sheet without JSDoc, comments on lines of their own, indentation and empty lines; a
    style sheet without the ends of lines, too, where they say nothing.

    Comments that begin with /*! stay, and so do minified files and all others. Not for sources with a string
    over several lines, or with /** in a string.
    """
    ending = Path(name).suffix
    if ending not in _WHOLE_LINE_COMMENT or ".min." in name:
        return data
    text = data.decode()
    if ending == ".js":
        text = _JSDOC.sub("", text)
    text = _INDENTATION.sub("", _WHOLE_LINE_COMMENT[ending].sub("", text))
    return (_LINE_ENDS.sub("", text) if ending == ".css" else text).encode()
