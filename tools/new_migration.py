"""Write the next file of `migrations/`: what brings the schema of the migrations to that of the models.

`make migration NAME=add_entrance` runs it. The file is a draft: read it, fill in what the diff cannot know (a
renamed column, values computed from others), write its test. CONTRIBUTING.md has the recipe.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playhouse.migrations import template
from playhouse.schema_diff import SchemaDiff, diff_models

from cabinet.models import TABLES, base, migrations
from cabinet.models.database import db
from config import Settings

CONSTANT = r"default=('[^']*'|-?\d+|True|False)"
NEW_COLUMN = re.compile(rf"(migrator\.add_column\(.*){CONSTANT}\)\)\)$", re.MULTILINE)
COLUMN_OF_NEW_TABLE = re.compile(rf"^( +\w+ = .*){CONSTANT}\)$", re.MULTILINE)
COMPUTED = re.compile(r"^# TODO: .* default <function .*\n+", re.MULTILINE)  # defaults that code computes
TABLE = re.compile(r"^( +)table_name = '(\w+)'$", re.MULTILINE)


def main() -> None:
    """Write and format it; exits with 1 when there is nothing to migrate."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        sys.exit("Give the migration a name of what it does, such as: make migration NAME=add_entrance")
    diff = _difference()
    if not diff:
        sys.exit("The models are what the migrations make: change a model first.")
    number = max(int(path.name[:4]) for path in migrations.FOLDER.glob("[0-9]*.py")) + 1
    path = migrations.FOLDER / f"{number:04}_{name}.py"
    path.write_text(render(diff, name), encoding="utf-8")
    for command in (["format"], ["check", "--fix", "--select", "I"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, "--quiet", str(path)], check=True)
    print(path.relative_to(ROOT))


def render(diff: SchemaDiff, name: str) -> str:
    """The migration's text. Constant defaults become the database's too, since old code goes on inserting."""
    body = template(diff)
    body = NEW_COLUMN.sub(
        lambda m: f"{m[1]}default={m[2]}, {_server_default(m[2])}), allow_not_null=True))", body
    )
    body = COLUMN_OF_NEW_TABLE.sub(lambda m: f"{m[1]}default={m[2]}, {_server_default(m[2])})", body)
    body = TABLE.sub(_with_options, body)
    body = COMPUTED.sub("", body)
    names = sorted(set(re.findall(r"\b(\w+Field|CompositeKey|SQL|Model|SqliteDatabase)\b", body)))
    rest = body.partition("from peewee import *\n")[2]
    imported = f"from peewee import {', '.join(names)}\n" if names else ""
    return f'"""{name.replace("_", " ").capitalize()}."""\n\n{imported}{rest}'


def _with_options(match: re.Match[str]) -> str:
    model = next(model for model in TABLES if model._meta.table_name == match[2])
    options = ["legacy_table_names = False"]
    if model._meta.without_rowid:
        options.append("without_rowid = isinstance(db, SqliteDatabase)")
    return "\n".join([match[0], *(match[1] + option for option in options)])


def _server_default(constant: str) -> str:
    sql = {"True": "TRUE", "False": "FALSE"}.get(constant, constant)
    return f'constraints=[SQL("DEFAULT {sql}")]'


def _difference() -> SchemaDiff:
    with tempfile.TemporaryDirectory() as folder:
        base.configure(Settings(testing=True, database_url=f"sqlite:///{folder}/migrated.db"))
        with db.connection_context():
            migrations.upgrade()
            return diff_models(db.obj, TABLES)


if __name__ == "__main__":
    main()
