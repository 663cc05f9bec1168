"""Imports run one way: views → forms → models; one file knows htmx."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "cabinet").rglob("*.py"))
FLASK = ("flask", "flask_babel", "flask_login", "flask_wtf", "flask_limiter", "werkzeug", "wtforms")
HTTP_FREE = (
    "fields/",
    "models/",
    "passwords/",
    "delivery/",
    "billing/",
    "receipts/",
    "worker/",
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "cabinet").as_posix()


def _imports(path: Path) -> set[str]:
    """Every module that a file imports, inside functions too; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _any_of(imports: set[str], *modules: str) -> list[str]:
    return sorted(i for i in imports if any(i == m or i.startswith(m + ".") for m in modules))


def _views() -> tuple[str, ...]:
    return tuple(
        "cabinet." + _name(path).removesuffix(".py").replace("/", ".")
        for path in SOURCES
        if path.name in ("views.py", "pages.py")
    )


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_direction(path: Path) -> None:
    name, imports = _name(path), _imports(path)
    views, forms = _views(), ("cabinet.forms.base", *(v.replace(".views", ".forms") for v in _views()))
    if name.startswith(HTTP_FREE):
        assert not _any_of(imports, *FLASK), "domain code knows no HTTP"
        assert not _any_of(imports, "cabinet.web", "cabinet.forms", *views, *forms)
    if name.startswith("models/"):
        outside = {
            i for i in _any_of(imports, "cabinet") if not i.startswith("cabinet.models") and i != "cabinet"
        }
        assert not {i for i in outside if not i.startswith("cabinet.fields")}, "models know models alone"
    if path.name == "forms.py":
        assert not _any_of(imports, *views), "forms know no views"


def test_one_file_knows_htmx() -> None:
    knowing = {_name(p) for p in SOURCES if "HX-" in p.read_text(encoding="utf-8")}
    assert knowing == {"web/flow.py"}


def test_the_rules_can_fail(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("def f():\n    from flask import g\n    import cabinet.web\n")
    assert _any_of(_imports(file), *FLASK) == ["flask", "flask.g"]
    assert _any_of(_imports(file), "cabinet.web") == ["cabinet.web"]
