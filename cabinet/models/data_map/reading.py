"""Reads the map of data: one TOML file a subject, in it a table for each of the database's, or a folder.

`whose` and `what` for are written for the company's register of processing. `kept`: how long, with settings
in {BRACES}. `erased`: what an erasure of the resident does, "deleted", "kept" (and `why`), or "none" where
nothing names a resident. A column's `export` is its place in the download (`own_data`), `hidden` why it has
none; a table's `hidden` goes for columns that have neither. A column's own `erased` is "emptied" where the
rest of the row stays, or "kept" where some rows of a table do.
"""

import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SETTING = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True)
class Column:
    """What a column is for; where the download has it, or why it has not."""

    what: str
    export: str = ""
    hidden: str = ""
    erased: str = ""
    why: str = ""


@dataclass(frozen=True)
class Table:
    """What a table, or a folder, is for and what becomes of it."""

    name: str
    whose: str
    what: str
    kept: str
    erased: str
    why: str = ""
    hidden: str = ""
    columns: dict[str, Column] = field(default_factory=dict)

    @property
    def terms(self) -> list[str]:
        """The settings that say how long it is kept."""
        return [name.lower() for name in SETTING.findall(self.kept)]

    def erasure_of(self, column: str) -> str:
        """What an erasure does with a column: "deleted", "emptied", "kept" or "none"."""
        return self.columns[column].erased or self.erased


def data_map() -> dict[str, Table]:
    """All tables by name, those of one subject together."""
    found: dict[str, Table] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name, said in tomllib.loads(path.read_bytes().decode()).items():
            columns = {column: _column(one, said) for column, one in said.pop("columns", {}).items()}
            found[name] = Table(name, columns=columns, **said)
    return found


def _column(said: str | dict[str, Any], table: dict[str, Any]) -> Column:
    column = Column(said) if isinstance(said, str) else Column(**said)
    if column.export or column.hidden:
        return column
    return replace(column, hidden=table.get("hidden", ""))
