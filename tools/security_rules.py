"""Hold the code to what it promises for security's sake, beside ruff's S rules, which are those of bandit.

python tools/security_rules.py prints each place that breaks a rule and exits with 1 if there is any. A rule
looks at the parsed source of one module, so nothing is run and nothing is asked of the network.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKED = ("cabinet", "tools")
Rule = Callable[[ast.AST, str], bool]  # whether a node of the module of this path breaks it

PRIVATE = re.compile(r"^(phone|email|password|typed|code|digits|token|secret|pepper|password_hash)$")
SENT = re.compile(r"\brequest\.(args|form|values|headers|cookies|files)")
SAYS = re.compile(r"^(log|logger|logging)$")
ASKS = {"get", "post", "put", "patch", "delete", "head", "request"}
OPENS = {"open", "Path", "join", "write_bytes", "read_bytes", "save"}
WRITE_SQL = ("cabinet/models/", "cabinet/billing/", "cabinet/backup/", "tools/")
MARKS = {  # whose markup is written by us, and what is put into it escaped
    *("cabinet/wording/documents.py", "cabinet/wording/waits.py", "cabinet/staff/journal_rows.py"),
    *("cabinet/staff/join.py", "cabinet/staff/embedding.py", "cabinet/web/templating.py"),
}
RULES: dict[str, Rule] = {}


def rule(said: str) -> Callable[[Rule], Rule]:
    """Declare a rule by what its breach is called."""

    def keep(function: Rule) -> Rule:
        RULES[said] = function
        return function

    return keep


@rule("values put into the text of a statement")
def sql(node: ast.AST, path: str) -> bool:
    """Values go beside a statement; where names of columns are put in, ruff's S608 asks for a reason."""
    if path.startswith(WRITE_SQL):
        return False
    return _calls(node, "execute_sql", "execute", "SQL") and any(map(_has_values, _arguments(node)[:1]))


@rule("a visitor's own keys as keywords")
def keywords(node: ast.AST, _path: str) -> bool:
    """`url_for(**request.args)` lets a visitor choose _external, _scheme, _anchor."""
    given = node.keywords if isinstance(node, ast.Call) else []
    return any(one.arg is None and SENT.search(ast.unparse(one.value)) for one in given)


@rule("something private in the log")
def logged(node: ast.AST, _path: str) -> bool:
    """Logs are read by more people than the database."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if not SAYS.match(_name(node.func.value)):
        return False
    return any(PRIVATE.match(_name(one)) for argument in _arguments(node) for one in ast.walk(argument))


@rule("an HTTP request without a time-out, or that follows redirects")
def unbounded(node: ast.AST, _path: str) -> bool:
    """Who answers may hang, or lead to an address inside. Gateways are asked by `Exchange` alone."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS):
        return False
    if ast.unparse(node.func.value) not in ("requests", "httpx", "self.session"):
        return False
    given = {one.arg: one.value for one in node.keywords}
    return "timeout" not in given or ast.unparse(given.get("allow_redirects", ast.Constant(True))) != "False"


@rule("a file by the name that its sender gave it")
def named_by_sender(node: ast.AST, _path: str) -> bool:
    """Files are kept under names of ours."""
    if not _calls(node, *OPENS):
        return False
    return any(_name(one) == "filename" for argument in _arguments(node) for one in ast.walk(argument))


@rule("markup outside of the modules that may write it")
def markup(node: ast.AST, path: str) -> bool:
    """Everywhere else text is escaped by the templates."""
    return _calls(node, "Markup") and path.startswith("cabinet/") and path not in MARKS


@rule("a shell, or a text run as code")
def run_text(node: ast.AST, path: str) -> bool:
    """Nothing that anybody typed may become a command."""
    if isinstance(node, ast.Call) and any(one.arg == "shell" for one in node.keywords):
        return True
    return isinstance(node, ast.Call) and _name(node.func) in ("eval", "exec") and path.startswith("cabinet/")


def breaches(source: str, path: str) -> Iterator[tuple[int, str]]:
    """The lines of a module that break a rule, and what each is called."""
    for node in ast.walk(ast.parse(source)):
        for said, breaks in RULES.items():
            if breaks(node, path):
                yield getattr(node, "lineno", 0), said


def _calls(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) in names


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else str(getattr(node, "id", ""))


def _arguments(node: ast.AST) -> list[ast.expr]:
    return [*node.args, *(one.value for one in node.keywords)] if isinstance(node, ast.Call) else []


def _has_values(text: ast.expr) -> bool:
    """Whether a text is put together of what is no constant: by an f-string, %, + or format."""
    if isinstance(text, ast.JoinedStr):
        return any(isinstance(one, ast.FormattedValue) and not _is_ours(one.value) for one in text.values)
    if isinstance(text, ast.BinOp) and isinstance(text.op, ast.Mod | ast.Add):
        return not (_is_ours(text.left) and _is_ours(text.right))
    return _calls(text, "format") and isinstance(getattr(text, "func", None), ast.Attribute)


def _is_ours(value: ast.expr) -> bool:
    """A constant, or what is named as one."""
    return isinstance(value, ast.Constant) or _name(value).lstrip("_").isupper()


def main() -> int:
    """Print every breach; 1 if there is one."""
    found = 0
    for path in sorted(one for folder in CHECKED for one in (ROOT / folder).rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for line, said in breaches(path.read_text(encoding="utf-8"), where):
            print(f"{where}:{line}: {said}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
