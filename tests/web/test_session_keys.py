"""What a session may hold is named in one place, `cabinet/web/session_keys.py`."""

import ast
from pathlib import Path

import pytest

CABINET = Path(__file__).resolve().parent.parent.parent / "cabinet"
METHODS = {"get", "pop", "setdefault"}
SOURCES = sorted(CABINET.rglob("*.py"))


def _is_session(node: ast.AST) -> bool:
    return ast.unparse(node).split(".")[-1] == "session"


def _bare(tree: ast.AST) -> list[str]:
    """The keys, written as text, by which a piece of code reads or changes the session."""
    used: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_session(node.value):
            used.append(node.slice)
        elif isinstance(node, ast.Compare) and _is_session(node.comparators[0]):
            used.append(node.left)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            taken = node.func.attr in METHODS and _is_session(node.func.value)
            used += node.args[:1] if taken else []
    return [node.value for node in used if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(CABINET).as_posix())
def test_the_session_is_used_by_named_keys(path: Path) -> None:
    assert not _bare(ast.parse(path.read_text(encoding="utf-8")))


def test_every_key_is_used() -> None:
    keys = CABINET / "web" / "session_keys.py"
    targets = [n for a in ast.parse(keys.read_text()).body if isinstance(a, ast.Assign) for n in a.targets]
    names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES if path != keys)
    assert len(names) > 15 and not {name for name in names if f"keys.{name}" not in code}


@pytest.mark.parametrize(
    "code", ['session["code"]', 'session.pop("code", None)', '"code" in session', 'web.session.get("code")']
)
def test_the_rule_can_fail(code: str) -> None:
    assert _bare(ast.parse(code)) == ["code"]
