"""Every command that the documents and the doctor name is there, takes what they write, and runs so."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from flask import Flask

from cabinet.models import Staff
from cabinet.models.database import db
from config import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").rglob("*.*")]
CODE = re.compile(r"`([^`\n]+)`|^ {4,}(.+)$", re.M)
FULL, PART = re.compile(r"\bflask --app wsgi (\S.*)"), re.compile(r" && | > | +# |`")
SHORT = re.compile(r"(?:messages|readers|staff|billing|residents|codes|audit|db) [a-z].*")
SERVING = ("worker", "build", "doctor")  # never end, change this checkout, look at this machine
# commands that are given the name of something that a fresh installation does not have, and say so
UNKNOWN_THERE = (
    *("billing forget", "billing undo", "billing withdraw", "billing offer", "billing import"),
    *("residents import", "restore", "staff add", "messages retry x", "readers revoke x"),
)
PLACEHOLDERS = {
    "FILE": "b.csv",
    "EMAIL": "olga@example.org",
    "PHONE": "+79161234567",
    "NAME": "crm",
    "ID": "x",
}


def written() -> Iterator[str]:
    """What follows `flask --app wsgi`, or is named without it where a table has the room for no more."""
    for path in DOCUMENTS:
        if not path.is_file() or path.name == "CHANGELOG.md":
            continue
        for span, line in CODE.findall(path.read_text("utf-8").replace("$(date +\\%F)", "today")):
            for part in PART.split(span or line):
                if found := FULL.search(part):
                    yield found[1]
                elif span and SHORT.fullmatch(span):
                    yield span


def each(text: str) -> Iterator[str]:
    """`staff add|list` is two commands; of values the first one is tried."""
    words = shlex.split(text.rstrip("…"))
    last = next((n for n, word in enumerate(words) if not re.fullmatch(r"[a-z|-]+", word)), len(words))
    for name in words[last - 1].split("|") if last else []:
        values = [PLACEHOLDERS.get(word, word).split("|")[0] for word in words[last:]]
        yield shlex.join([*words[: last - 1], name, *values])


COMMANDS = sorted({one for text in written() for one in each(text) if not one.startswith("demo")})
NAMED_IN_CODE = sorted(
    {
        found.strip()
        for path in (ROOT / "cabinet").rglob("*.py")
        for found in re.findall(r"flask --app wsgi ([a-z][a-z -]*)", path.read_text("utf-8"))
    }
)


def resolved(app: Flask, words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the first words name, and what it is given."""
    command: click.Command = app.cli
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        assert found, f"there is no {words[0]}"
        command, words = found, words[1:]
    return command, words


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where the command runs, and which stands for / too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.csv").write_text("a;b\n")
    return tmp_path


def on_this_machine(word: str, folder: Path) -> str:
    """The word, with a file of this test in place of one of the host."""
    return str(folder / Path(word).name) if word.startswith("/") else word


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", COMMANDS)
def test_it_runs_as_it_is_written(app: Flask, paths: Path, text: str) -> None:
    words = [on_this_machine(word, paths) for word in shlex.split(text)]
    if "clerk@example.org" in words:
        with db.atomic():
            Staff.create(email="clerk@example.org", role="clerk", password_hash="x", totp_salt="x")
    command, given = resolved(app, words)
    if isinstance(command, click.Group):
        return
    if not given and any(isinstance(one, click.Argument) for one in command.params):
        return  # named in a sentence, without what it is to be given
    if text.startswith("backup"):
        Path(given[0]).unlink(missing_ok=True)  # it overwrites nothing
    if text.startswith("restore"):
        Path(given[0]).touch()
    command.make_context("command", list(given))
    if not text.startswith(SERVING):
        result = app.test_cli_runner().invoke(args=words)
        assert result.exit_code in ((0, 1) if text.startswith(UNKNOWN_THERE) else (0,)), result.output
        assert isinstance(result.exception, SystemExit | None), result.exception


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_code_names_is_there(app: Flask) -> None:
    assert len(NAMED_IN_CODE) > 10
    for text in [one for one in NAMED_IN_CODE if not one.startswith("demo")]:
        command, _ = resolved(app, text.split())
        assert command is not app.cli


def test_there_are_such_modules() -> None:
    texts = [path.read_text("utf-8") for path in DOCUMENTS if path.is_file()]
    named = {name for text in texts for name in re.findall(r"python -m ([\w.]+)", text)}
    assert "cabinet.serve" in named and not [name for name in named if not find_spec(name)]


def test_most_commands_are_documented() -> None:
    assert len(COMMANDS) > 35
