"""What the code keeps to for security's sake, read in its source, beside `tools/scan` and ruff's S rules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from tests.structure import cabinet

TREE = cabinet()
SECRETS = re.compile(r"token|signature|digest|digits|secret|stamp_of|hash(ed)?$")
CHECKSUMS = {"models.audit_check", "backup.archive"}  # of what is ours, to find damage; nobody sends them
NO_SECRETS = {"fields.codes"}  # the digits that somebody typed twice
SENSITIVE = {"change_phone", "change_email", "set_password", "request_deletion", "merge"}
PROOFS = {"ask_who", "password_is_right", "confirmed_lately", "phone_verified", "recover"}
DRAWN = {"telemetry.cause", "models.message", "models.unit"}  # names in the log, jitter of further tries
RULES = sorted(Path(ROOT, "tools", "semgrep").glob("*.yaml"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def outermost(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Functions with all that is defined in them."""
    inner: set[ast.FunctionDef] = set()
    for function in functions(tree):  # from the outermost inwards
        if function not in inner:
            inner.update(functions(function))
            yield function


def called(node: ast.AST) -> set[str]:
    """The names of what is called inside, whatever they are attributes of."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls}


def name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def found(wrong: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for module, tree in TREE.syntax.items():
        yield from ((module, node) for node in ast.walk(tree) if isinstance(node, wrong))


def test_secrets_are_compared_in_constant_time() -> None:
    wrong = [
        (module, ast.unparse(node))
        for module, node in found(ast.Compare)
        if isinstance(node, ast.Compare) and _compares_secrets([node.left, *node.comparators], node.ops)
    ]
    assert [one for one in wrong if one[0] not in CHECKSUMS | NO_SECRETS] == []


def _compares_secrets(sides: list[ast.expr], operators: list[ast.cmpop]) -> bool:
    """Whether two values are compared one of which is named as a secret is; columns are, for statements."""
    if not any(isinstance(one, ast.Eq | ast.NotEq) for one in operators):
        return False
    if any(isinstance(side, ast.Constant) or _is_column(side) for side in sides):
        return False
    return any(SECRETS.search(name_of(side)) for side in sides)


def _is_column(side: ast.expr) -> bool:
    root = getattr(side, "value", None)
    return isinstance(side, ast.Attribute) and bool(re.match("[A-Z]|cls$", name_of(root) if root else ""))


def test_what_is_drawn_is_drawn_by_secrets() -> None:
    assert {name for name, used in TREE.foreign.items() if "random" in used} <= DRAWN


def test_each_change_of_what_signs_in_asks_who_is_here() -> None:
    seen = set()
    for module, tree in TREE.syntax.items():
        if not module.startswith(("home", "login", "register", "entry")):
            continue
        for function in outermost(tree):
            changes = SENSITIVE & called(function)
            seen |= changes
            proofs = called(function) | {name_of(getattr(d, "func", d)) for d in function.decorator_list}
            assert not changes or PROOFS & proofs, f"{module}.{function.name}"
    assert seen == SENSITIVE


def test_every_export_of_the_staff_asks_who_is_here() -> None:
    files = [
        (module, function)
        for module, tree in TREE.syntax.items()
        if module.startswith("staff.") and "staff.exports" in {module, *TREE.imports[module]}
        for function in functions(tree)
        if {"csv_lines", "download"} & called(function) and function.decorator_list
    ]
    assert len(files) >= 3
    for module, function in files:
        assert "needs_confirmation" in {name_of(d) for d in function.decorator_list}, (module, function.name)


def test_keys_of_sessions_are_named_in_one_place() -> None:
    literal = [
        (module, ast.unparse(node))
        for module, node in found(ast.Subscript)
        if name_of(node.value) == "session" and isinstance(node.slice, ast.Constant)  # type: ignore[attr-defined]
    ]
    assert literal == []


def test_templates_escape_all_that_they_are_given() -> None:
    folder = Path(ROOT, "cabinet", "templates")
    for path in folder.rglob("*.html"):
        for line in path.read_text(encoding="utf-8").splitlines():
            marked = re.findall(r"[^\s]*\|\s*safe\b", line)
            assert all(one.endswith(("'|safe", '"|safe')) for one in marked), f"{path.name}: {line.strip()}"
            assert "autoescape" not in line, path.name


@pytest.mark.parametrize("rules", RULES, ids=lambda one: one.stem)
def test_every_rule_of_semgrep_has_examples_of_both(rules: Path) -> None:
    """`tools/scan` tries them."""
    text, examples = rules.read_text(encoding="utf-8"), rules.with_suffix(".py").read_text(encoding="utf-8")
    names = set(re.findall(r"^  - id: (\S+)$", text, re.MULTILINE))
    found = {name for line in re.findall(r"# ruleid: (.*)", examples) for name in line.split(", ")}
    assert names == found == set(re.findall(r"# ok: (.*)", examples))


def test_what_a_rule_of_semgrep_passes_over_is_there() -> None:
    for rules in RULES:
        for path in re.findall(r"\b(?:cabinet|migrations|tools)/[\w/.]*", rules.read_text(encoding="utf-8")):
            assert Path(ROOT, path).exists(), f"{rules.name}: {path}"
