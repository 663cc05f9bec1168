"""Write `migrations/0001_initial.py` from the models.

Only until the first release: afterwards a change of the models gets a migration of its own, made with
`python -m playhouse.migrations`, and 0001 never changes again.
"""

import re
import subprocess
import sys
from pathlib import Path

import peewee
from playhouse.migrations import template
from playhouse.schema_diff import SchemaDiff

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cabinet.models import TABLES

HEADER = '''"""The first schema: a frozen copy of the models, with defaults the database knows too."""

from peewee import (
    {names},
)


'''
META = re.compile(r"( +)table_name = '(\w+)'\n")
CONSTANT = re.compile(r"default=('[^']*'|-?\d+|True|False)\)$")


def main() -> None:
    """Render, adapt, write, format."""
    body = template(SchemaDiff(peewee.sort_models(TABLES), [], [], [], []))
    body = body[body.index("def up(") :]
    body = "\n".join(_with_server_default(line) for line in body.splitlines())
    body = META.sub(_with_options, body + "\n")
    names = sorted({*re.findall(r"\b(\w+Field|CompositeKey|SQL|Model)\b", body), "SqliteDatabase"})
    header = HEADER.format(names=",\n    ".join(names))
    path = ROOT / "migrations" / "0001_initial.py"
    path.write_text(header + body)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(path)], check=True)
    subprocess.run([sys.executable, "-m", "ruff", "check", "--fix", "--quiet", str(path)], check=True)
    print(path.relative_to(ROOT))


def _with_server_default(line: str) -> str:
    """A constant default becomes one of the database too: old code may insert into a newer schema."""
    match = CONSTANT.search(line)
    if not match:
        return line
    sql = {"True": "TRUE", "False": "FALSE"}.get(match[1], match[1])
    return f'{line[: match.start()]}default={match[1]}, constraints=[SQL("DEFAULT {sql}")])'


def _with_options(match: re.Match[str]) -> str:
    model = next(m for m in TABLES if m._meta.table_name == match[2])
    lines = [match[0].strip(), "legacy_table_names = False"]
    if model._meta.without_rowid:
        lines.append("without_rowid = isinstance(db, SqliteDatabase)")
    return "".join(f"{match[1]}{line}\n" for line in lines)


if __name__ == "__main__":
    main()
