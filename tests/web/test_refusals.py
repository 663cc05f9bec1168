"""Whoever reaches a limit learns when to try again: in the page's words and by Retry-After."""

import ast
from pathlib import Path

import pytest

CABINET = Path(__file__).resolve().parent.parent.parent / "cabinet"
ANSWERS_WITH_RETRY_AFTER = {"web/flow.py", "web/errors.py", "public/event_feed.py"}


def _name(path: Path) -> str:
    return path.relative_to(CABINET).as_posix()


MACHINES = ("billing/", "delivery/", "models/", "passwords/", "receipts/", "worker/")  # answer no forms


def _trees(word: str) -> dict[str, ast.Module]:
    """The modules in whose text a word stands."""
    sources = {_name(path): path.read_text(encoding="utf-8") for path in sorted(CABINET.rglob("*.py"))}
    return {name: ast.parse(source) for name, source in sources.items() if word in source}


def _calls(node: ast.AST) -> set[str]:
    """The names of the functions and methods called in a piece of code."""
    called = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    return {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in called}


def _careless(tree: ast.AST) -> list[int]:
    """Lines that catch TooManyError and answer with a form that does not say when to try again."""
    caught = [n for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler)]
    limits = [n for n in caught if n.type and "TooManyError" in ast.unparse(n.type)]
    limits = [n for n in limits if not isinstance(n.body[-1], ast.Raise)]  # to whoever called
    answers = [(n.lineno, _calls(n)) for n in limits]
    redirected = {"flash"}  # a button and no form: the sentence waits on the page that it leads to
    said = {"refuse", "wait_at"}  # beside a field, or by a step that has a clock
    return [n for n, calls in answers if not calls & said and calls & {"flash", "reject"} != redirected]


def test_a_form_that_meets_a_limit_is_refused_with_the_time_to_wait() -> None:
    views = {name: tree for name, tree in _trees("TooManyError").items() if not name.startswith(MACHINES)}
    limits = {name: _careless(tree) for name, tree in views.items()}
    assert not {name: lines for name, lines in limits.items() if lines}


def test_429_is_answered_where_retry_after_is_set_and_nowhere_else() -> None:
    answering = {
        name
        for name, tree in _trees("429").items()
        if not name.startswith("delivery/")  # there others answer us
        if any(isinstance(n, ast.Constant) and n.value == 429 for n in ast.walk(tree))
    }
    assert answering == ANSWERS_WITH_RETRY_AFTER


@pytest.mark.parametrize(
    ("answer", "careless"),
    [
        ("form.refuse(error, None, text); return reject(view, form)", False),
        ("flash(text)", False),
        ("return wait_at('entry.code', error.wait)", False),
        ("form.form_errors.append(text); return reject(view, form)", True),
        ("flash(text); return reject(view, form)", True),
    ],
)
def test_the_rule_can_fail(answer: str, careless: bool) -> None:
    code = f"def f():\n try:\n  take()\n except TooManyError as error:\n  {answer}"
    assert bool(_careless(ast.parse(code))) is careless
