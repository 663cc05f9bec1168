"""The plan of the house: who may import whom, no circles, nothing too long. Inner imports count."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.structure import Graph, Tree, cabinet, circles, functions, grown, package_of, percentile, sources

ROOT = Path(__file__).resolve().parent.parent
CABINET = cabinet()

# package → what it may import besides itself. `docs/architecture.md` shows this table.
MAY_IMPORT = {
    "apart fields passwords serve telemetry": "",
    "models": "fields telemetry",
    "wording": "models",
    "receipts": "apart fields models",
    "billing": "apart fields models telemetry",
    "delivery": "fields models telemetry wording",
    "backup": "models receipts",
    "worker": "apart billing delivery models receipts telemetry",
    "doctor": "delivery models",
    "forms": "fields models passwords receipts telemetry wording",
    "web": "fields forms models passwords receipts telemetry wording",
    "entry register login home requests": "fields forms models passwords receipts web wording",
    "staff": "billing delivery fields forms models passwords receipts web wording",
    "public": "delivery models telemetry web wording",
    "demo": "billing delivery models web",
    "commands": "backup billing delivery doctor fields models passwords telemetry web wording",
}
EVERYTHING = {"", "application"}  # `create_app` and its list of what is plugged in
OF_THE_VERSION = {
    ("serve.__main__", ""),
    ("worker.__main__", ""),
    ("worker.job_process", ""),
}  # they tell what `cabinet/__init__.py` names
MACHINES = ("models", "billing", "delivery", "receipts", "passwords", "backup", "worker", "fields", "wording")
IN_A_REQUEST = {"wording.waits"}  # speaks the language of the request
HTTP = {"flask", "flask_babel", "flask_login", "flask_wtf", "flask_limiter", "werkzeug", "wtforms"}
BESIDE_PACKAGES = 3  # modules directly in `cabinet/`

LONGEST_FILE, LONGEST_FUNCTION, USUAL_FUNCTION = 250, 40, 23  # lines; the last is the 95th percentile
# to be cut; whoever cuts one strikes it out here
LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()


def test_no_file_is_in_a_circle_of_imports() -> None:
    assert circles(CABINET.imports) == []


def test_no_package_is_in_a_circle_of_imports() -> None:
    assert circles(CABINET.between_packages) == []


def test_packages_import_only_what_the_table_allows() -> None:
    assert _forbidden(CABINET.imports) == []


def test_the_table_names_every_package_once() -> None:
    named = [package for group in MAY_IMPORT for package in group.split()]
    assert sorted(named) == sorted(CABINET.between_packages.keys() - EVERYTHING)


def test_the_documentation_shows_the_table() -> None:
    assert _rendered() in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), _rendered()


def test_machines_know_no_http() -> None:
    assert _knowing_http(CABINET) == []


def test_forms_import_no_views() -> None:
    forms = {name for name in CABINET.files if package_of(name) == "forms" or name.endswith(".forms")}
    assert {name: CABINET.imports[name] & CABINET.views for name in forms} == {name: set() for name in forms}


def test_few_modules_lie_beside_the_packages() -> None:
    assert len(_beside_packages(CABINET)) <= BESIDE_PACKAGES


def test_one_file_knows_htmx() -> None:
    knowing = {name for name, path in CABINET.files.items() if "HX-" in path.read_text(encoding="utf-8")}
    assert knowing == {"web.flow"}


def test_no_file_is_too_long() -> None:
    """A file of the list above that is short enough by now fails, too: strike it out."""
    assert _too_long_files(sources(ROOT), ROOT) == LONG_FILES


def test_no_function_is_too_long() -> None:
    """A function of the list above that is short enough by now fails, too: strike it out."""
    assert _too_long_functions(sources(ROOT), ROOT) == LONG_FUNCTIONS


def test_functions_are_short_as_a_rule() -> None:
    assert percentile(95, CABINET.files.values()) <= USUAL_FUNCTION


def _forbidden(imports: Graph) -> list[str]:
    """The imports that the table does not allow."""
    allowed = {name: set(targets.split()) for group, targets in MAY_IMPORT.items() for name in group.split()}
    return sorted(
        f"{name} imports {target or 'create_app'}"
        for name, targets in imports.items()
        for target in targets
        if package_of(name) not in EVERYTHING
        and (name, target) not in OF_THE_VERSION
        and package_of(target) not in allowed.get(package_of(name), set()) | {package_of(name)}
    )


def _rendered() -> str:
    """The table in Markdown."""
    rows = (
        f"| {_code(group)} | {_code(targets) or 'no other package'} |"
        for group, targets in MAY_IMPORT.items()
    )
    return "\n".join(("| package | may import |", "|---|---|", *rows)) + "\n"


def _code(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split())


def _knowing_http(tree: Tree) -> list[str]:
    machines = {name for name in tree.files if package_of(name) in MACHINES} - IN_A_REQUEST
    return sorted(name for name in machines if tree.foreign[name] & HTTP)


def _beside_packages(tree: Tree) -> set[str]:
    return {name for name, path in tree.files.items() if path.parent == tree.root / tree.package}


def _too_long_files(paths: Iterable[Path], root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in paths
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    }


def _too_long_functions(paths: Iterable[Path], root: Path) -> set[str]:
    return {
        f"{path.relative_to(root).as_posix()}: {name}"
        for path in paths
        for name, lines in functions(path)
        if lines > LONGEST_FUNCTION
    }


# That the rules can fail, on small trees


def test_a_circle_is_found_however_it_is_imported(tmp_path: Path) -> None:
    inner = "def f():\n    from cabinet import b\n"
    tree = grown(
        tmp_path,
        {"a": inner, "b": "import cabinet.c.x", "c/x": "from cabinet.a import f", "d": "import cabinet.a"},
    )
    assert tree.imports["a"] == {"b"} and tree.imports["d"] == {"a"}
    assert circles(tree.imports) == [["a", "b", "c.x"]]


def test_a_circle_of_packages_needs_no_circle_of_files(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {"a/one": "import cabinet.b.one", "b/one": "", "b/two": "from cabinet.a.two import x", "a/two": ""},
    )
    assert circles(tree.imports) == []
    assert circles(tree.between_packages) == [["a", "b"]]


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("entry/views", "from cabinet.home.profile import x", "entry.views imports home.profile"),
        ("models/user", "def f():\n    import cabinet.web", "models.user imports web"),
        ("public/pages", "from cabinet import worker", "public.pages imports worker"),
        ("billing/jobs", "from cabinet.staff import x", "billing.jobs imports staff"),
        ("web/flow", "from cabinet import create_app", "web.flow imports create_app"),
        ("novel/x", "from cabinet import fields", "novel.x imports fields"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, module: str, source: str, complaint: str) -> None:
    others = ("", "web/", "worker/", "staff/", "fields/", "home/profile/")
    tree = grown(tmp_path, {**{f"{folder}__init__": "" for folder in others}, module: source})
    assert _forbidden(tree.imports) == [complaint]


def test_relative_imports_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="relative"):
        _ = grown(tmp_path, {"a": "from . import b"}).imports


def test_http_in_a_machine_is_found(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "models/a": "def f():\n    from flask import g",
            "web/b": "import flask",
            "fields/c": "import flasks",
        },
    )
    assert _knowing_http(tree) == ["models.a"]


def test_views_are_known_by_their_blueprint(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "home/odd": "bp = Blueprint('odd', __name__)",
            "home/more": "from x import bp\n@bp.post('/x')\ndef f(): ...",
            "home/views": "def f(): ...",
        },
    )
    assert tree.views == {"home.odd", "home.more"}


def test_modules_beside_packages_are_counted(tmp_path: Path) -> None:
    assert _beside_packages(grown(tmp_path, {"__init__": "", "a": "", "b/c": ""})) == {"", "a"}


def test_long_files_and_functions_are_found(tmp_path: Path) -> None:
    body = "    x = 1\n" * LONGEST_FUNCTION
    good = f'@cache\ndef good():\n    """Two\n    lines."""\n{body[10:]}'
    bad = f"class A:\n    def bad(self):\n{body.replace('    x', '        x')}"
    tree = grown(tmp_path, {"good": good, "bad": bad, "long": "x = 1\n" * (LONGEST_FILE + 1)})
    assert _too_long_functions(sources(tmp_path), tmp_path) == {"cabinet/bad.py: bad"}
    assert _too_long_files(sources(tmp_path), tmp_path) == {"cabinet/long.py"}
    assert percentile(95, tree.files.values()) == LONGEST_FUNCTION + 1
