"""What a migration must not do, since the code of before runs on while it is applied and after.

A new version only expands the schema. What the old one needs goes in a later migration, once no host runs it.
"""

import re
from collections.abc import Iterable

NAME = r'"?(\w+)"?'
CREATED = re.compile(rf"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?{NAME}", re.I)
ADDED = re.compile(rf"ALTER TABLE {NAME} ADD COLUMN (.*)", re.I | re.S)
INDEXED = re.compile(rf"CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?.* ON {NAME}", re.I | re.S)
CHANGED = re.compile(
    rf"(?:ALTER TABLE {NAME} .*?"
    r"(DROP COLUMN|RENAME|SET NOT NULL|\bTYPE\b|ADD CONSTRAINT(?!.*NOT VALID)|ADD (?:FOREIGN|PRIMARY|UNIQUE))"
    rf"|(DROP) TABLE (?:IF EXISTS )?{NAME})",
    re.I | re.S,
)


def faults(statements: Iterable[str], concurrently: bool) -> list[str]:
    """A sentence for each statement that breaks the code of before, or keeps it waiting.

    `concurrently`: indexes block writers unless they say so, as on PostgreSQL.
    """
    new: set[str] = set()
    found = []
    for statement in statements:
        sql = " ".join(statement.split())
        if created := CREATED.match(sql):
            new.add(created[1])
            if created[1].endswith("__tmp__") or created[1].startswith("__"):
                found.append(f"rebuilds a table, while nobody can write: {sql[:90]}")
        elif fault := _fault(sql, new, concurrently):
            found.append(f"{fault}: {sql[:90]}")
    return found


def _fault(sql: str, new: set[str], concurrently: bool) -> str:
    if added := ADDED.match(sql):
        needs = "NOT NULL" in added[2].upper() and "DEFAULT" not in added[2].upper()
        return "the code of before writes no such column: null=True or a database DEFAULT" if needs else ""
    if indexed := INDEXED.match(sql):
        blocks = concurrently and not indexed[1] and indexed[2] not in new
        return "blocks writers: CREATE INDEX CONCURRENTLY, atomic = False in the module" if blocks else ""
    changed = CHANGED.match(sql)
    if changed and not {changed[1], changed[4]} & new:
        return f"the code of before needs it as it is ({(changed[2] or changed[3]).upper()})"
    return ""
