"""What a session may hold is named in one place, `cabinet/web/session_keys.py`."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from cabinet.models import WebSession
from cabinet.models.database import db
from cabinet.web import session_keys
from cabinet.web.session_keys import OF_ANYBODY, STAFF_KEYS
from cabinet.web.sessions import ServerSession
from cabinet.web.tokens import digest
from tests.visitor import Visitor

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


def test_the_session_is_used_by_named_keys() -> None:
    texts = {path.relative_to(CABINET).as_posix(): path.read_text(encoding="utf-8") for path in SOURCES}
    about = {name: text for name, text in texts.items() if "session" in text}
    assert len(about) > 30
    assert not {name: keys for name, text in about.items() if (keys := _bare(ast.parse(text)))}


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


def _named() -> dict[str, str]:
    """Every key by the name that it has in the code."""
    return {
        name: value for name, value in vars(session_keys).items() if name.isupper() and isinstance(value, str)
    }


def test_what_is_of_the_staff_is_known_as_theirs() -> None:
    assert {key for name, key in _named().items() if name.startswith("STAFF")} == set(STAFF_KEYS)


def test_a_session_of_old_credentials_keeps_what_is_anybodys_alone(app: Flask) -> None:
    with app.test_request_context("/"):
        kept = ServerSession("token", dict.fromkeys(_named().values(), 1), None, True)
        kept.disown()
    anybodys = {"lang", "theme", "accent", "start", "answered", "csrf_token"}
    assert set(kept) == {*anybodys, *STAFF_KEYS} and set(OF_ANYBODY) == anybodys


def test_nothing_of_the_staff_is_handed_over(app: Flask) -> None:
    """What a colleague proved in a frame vouches for nobody who is signed in by the tab's own cookie."""
    frame = app.test_client(use_cookies=False)
    token = frame.get("/session").get_json()["token"]
    frame.get("/?lang=en", headers={"X-Cabinet-Session": token})
    key = digest(token)
    with db.atomic():
        WebSession.store(key, dict.fromkeys((*STAFF_KEYS, "lang", "csrf_token"), "en"), None, "", "")
    code = WebSession.hand_over(key)
    tab = Visitor(app)
    tab.get("/")
    tab.post("/session/take-over", {"csrf_token": tab.value("csrf_token"), "code": code})
    assert tab.status == 204
    [row] = WebSession.select().where(WebSession.data.cast("TEXT").contains("lang"))
    assert not set(row.data) & set(STAFF_KEYS)
