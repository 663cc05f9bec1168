"""Print the tree of `cabinet/` for the README, a line a module, in the words of the modules themselves.

python tools/tree.py prints it; python tools/tree.py --write puts it into the README.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cabinet"
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=```text\n)cabinet/\n.*?(?=```\n)", re.S)
COLUMN = 28  # characters before the words


def tree() -> str:
    """Every package with its modules below it, in alphabetical order."""
    return "\n".join(("cabinet/", *_lines(PACKAGE, "  "))) + "\n"


def named(text: str) -> list[str]:
    """The Python files that a printed tree names, as paths from the root; a package is its `__init__`."""
    folders: list[str] = []
    found = []
    for line in text.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        del folders[depth:]
        if name.endswith("/"):
            folders.append(name)
            name = "__init__.py"
        found.append("".join(folders) + name)
    return found


def in_readme() -> str:
    """The tree that the README has. Raises LookupError when there is none."""
    match = BLOCK.search(README.read_text(encoding="utf-8"))
    if match is None:
        raise LookupError("README.md has no tree of cabinet/")
    return match[0]


def _lines(folder: Path, indent: str) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if (path / "__init__.py").exists():
            yield _line(f"{indent}{path.name}/", path / "__init__.py")
            yield from _lines(path, indent + "  ")
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            yield _line(indent + path.name, path)


def _line(name: str, path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(docstring.partition("\n\n")[0].split())
    return f"{name:{COLUMN}}{re.split(r'(?<=[.]) (?=[A-Z])', paragraph)[0].rstrip('.')}"


def main() -> None:
    """Print, or write with --write."""
    if sys.argv[1:] != ["--write"]:
        print(tree(), end="")
        return
    readme = README.read_text(encoding="utf-8")
    in_readme()
    README.write_text(BLOCK.sub(lambda _: tree(), readme), encoding="utf-8")


if __name__ == "__main__":
    main()
