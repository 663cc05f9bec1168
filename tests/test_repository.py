"""Rules for the repository itself: pins, their reasons, translations, settings, what documents name."""

import json
import re
from dataclasses import fields
from importlib import metadata
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cabinet.models import TABLES
from cabinet.models.data_map.reading import data_map
from config import Settings
from tests.structure import Tree
from tools import requirements, settings_table, tree

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"([a-z0-9-]+)(\[[a-z,]+\])?==[0-9][0-9a-z.]*")
HASHED = re.compile(PIN.pattern + r"( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+")
CATALOGUES = sorted((ROOT / "cabinet" / "translations").glob("*/LC_MESSAGES/*.po"))


def _lines(name: str) -> list[str]:
    text = re.sub(r" \\\n *", " ", (ROOT / name).read_text())
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith(("#", "-"))]


def _pins(name: str) -> set[str]:
    """`name==version` of a file, without extras, markers and hashes."""
    return {re.sub(r"\[.*?\]", "", line.split()[0]) for line in _lines(name)}


@pytest.mark.parametrize("name", requirements.NAMES)
def test_every_dependency_is_pinned(name: str) -> None:
    assert _lines(f"{name}.in") and not [line for line in _lines(f"{name}.in") if not PIN.fullmatch(line)]
    assert not [line for line in _lines(f"{name}.txt") if not HASHED.fullmatch(line)]


@pytest.mark.parametrize("name", requirements.NAMES)
def test_requirements_are_compiled(name: str) -> None:
    assert not requirements.stale(name), f"{name}.in has changed: run make requirements"
    assert _pins(f"{name}.in") <= _pins(f"{name}.txt"), "run make requirements"


def test_tests_run_on_the_versions_of_production() -> None:
    assert _pins("requirements.txt") <= _pins("requirements-dev.txt")


@pytest.mark.parametrize("name", requirements.NAMES)
def test_requirements_name_no_index_and_no_folder(name: str) -> None:
    """They install from wherever a machine takes its packages."""
    assert not re.search(r"://|--(index|extra-index|find-links|trusted)", (ROOT / f"{name}.txt").read_text())


def test_dependencies_of_dependencies_are_pinned() -> None:
    direct = [*_lines("requirements.in"), *_lines("requirements-dev.in")]
    pinned = {pin.partition("==")[0] for pin in _pins("requirements-dev.txt")}
    queue, seen = [Requirement(line) for line in direct], set()
    while queue:
        wanted = queue.pop()
        name = canonicalize_name(wanted.name)
        extras = {"", *wanted.extras}
        if (name, *extras) in seen:
            continue
        seen.add((name, *extras))
        assert name in pinned, f"{name} is missing in requirements-dev.txt"
        for text in metadata.requires(name) or ():
            further = Requirement(text)
            if not further.marker or any(further.marker.evaluate({"extra": extra}) for extra in extras):
                queue.append(further)


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").lower()
    lines = [line for name in requirements.NAMES for line in _lines(f"{name}.in")]
    assert not [match[1] for line in lines if (match := PIN.match(line)) and match[1] not in text]


def test_every_setting_has_a_meaning() -> None:
    assert not [field.name for field in fields(Settings) if not field.metadata.get("meaning")]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.parent.parent.name)
def test_catalogue_is_complete(path: Path) -> None:
    """Nothing untranslated or fuzzy, placeholders kept."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), f"{message.id} is not translated"
        assert not message.fuzzy, f"{message.id} is fuzzy"
        errors = list(message.check(catalogue))
        assert not errors, f"{message.id}: {errors}"


def test_readme_lists_every_setting() -> None:
    """`python tools/settings_table.py` prints the table of the README."""
    assert settings_table.table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_tools_for_scripts_are_pinned() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    for name, version in package["devDependencies"].items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry], "names a registry"


TEMPLATES = ROOT / "cabinet" / "templates"
PROSE = ("letters/", "documents/", "staff/guide/")  # a paragraph a line


def test_templates_have_no_long_lines() -> None:
    """So that a diff shows one change a line."""
    long = [
        f"{name}:{number}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not (name := path.relative_to(TEMPLATES).as_posix()).startswith(PROSE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 140
    ]
    assert not long


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")], ids=lambda p: p.name)
def test_documents_name_targets_and_files_that_exist(path: Path) -> None:
    """Files of the recipes' examples, which a reader makes, are the only exception."""
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {*re.findall(r"`make ([a-z]+)", text), *re.findall(r"^    make ([a-z]+)", text, re.MULTILINE)} <= {
        *targets
    }
    named = re.findall(r"`((?:bench|cabinet|docs|migrations|tests|tools)/[\w./-]+)", text)
    made = re.compile(r"0009_add_entrance|_$|/$|account_unlinked")
    assert not [name for name in named if not made.search(name) and not (ROOT / name).exists()]
    for constant, file in re.findall(r"`([A-Z_]+)`\s(?:in|of)\s`([\w./]+)`", text):
        assert constant in (ROOT / file).read_text(encoding="utf-8"), f"{constant} in {file}"


def test_the_readme_names_every_module() -> None:
    """`make tree` brings it up to date."""
    ours = [path.relative_to(ROOT).as_posix() for path in Tree(ROOT).files.values()]
    assert sorted(tree.named(tree.in_readme())) == sorted(ours)


def test_files_named_in_the_documents_are_there() -> None:
    """Below the root, or below `cabinet/`."""
    documents = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    named = {name for one in documents for name in re.findall(r"`([\w/]+\.py)`", one.read_text("utf-8"))}
    assert named
    assert not {
        name for name in named if not (ROOT / name).exists() and not (ROOT / "cabinet" / name).exists()
    }


def test_names_are_read_from_a_printed_tree() -> None:
    printed = "cabinet/\n  a/        x\n    b/      x\n      c.py  x\n    d.py    x\n  e.py      x y\n"
    assert tree.named(printed) == [
        "cabinet/__init__.py",
        "cabinet/a/__init__.py",
        "cabinet/a/b/__init__.py",
        "cabinet/a/b/c.py",
        "cabinet/a/d.py",
        "cabinet/e.py",
    ]


def test_every_table_and_column_has_its_place_in_the_map_of_data() -> None:
    """Say in `cabinet/models/data_map/` what a new one is for, how long it is kept, what becomes of it."""
    told = data_map()
    for model in TABLES:
        columns = {field.column_name for field in model._meta.sorted_fields}
        assert set(told[model._meta.table_name].columns) == columns, model._meta.table_name


def test_what_worked_once_names_tests_that_are_there() -> None:
    """In docs/security.md: `::test_…` is of the file named before it in the row."""
    rows = (
        (ROOT / "docs" / "security.md").read_text().partition("## Attacks that worked once")[2].splitlines()
    )
    named = [re.findall(r"`(tests/[^:`]*)?::(test_\w+)`", row) for row in rows if row.startswith("| ")][1:]
    assert len(named) >= 20 and all(named)
    for tests in named:
        path = ""
        for file, test in tests:
            path = file or path
            assert f"def {test}(" in (ROOT / path).read_text(), (path, test)


def test_migrations_are_numbered_one_by_one() -> None:
    numbers = sorted(path.name[:5] for path in (ROOT / "migrations").glob("*.py"))
    assert numbers == [f"{number:04}_" for number in range(1, len(numbers) + 1)]
