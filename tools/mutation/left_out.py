"""What of a module is left as it is: nobody needs to notice, or nobody can."""

import ast
import re
from collections.abc import Iterator
from typing import Any

# What SQLite, where mutants run, has no use for; it is tested on PostgreSQL.
POSTGRES = re.compile(
    r'lock_names\(|lock_counted\(|lock_row|for_update|FOR UPDATE|replace\("\?", "%s"\)|return "%s"|RETURNING'
)
# What is no statement any more fails at once, which tells nothing.
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|DROP|ALTER|BEGIN|PRAGMA|UNION|WHERE)\b")
# Of a line, or of all of a function: one that runs when its module is loaded cannot be exchanged after it.
MARKED = re.compile(r"# pragma: no (cover|mutants)")
# Words by which others find a translation, or which no code reads: tests of the wording read them.
WORDS = {"_", "gettext", "ngettext", "lazy_gettext", "alias", "getLogger"}
# Nobody notices these on SQLite: a key is for lost answers of PostgreSQL (`unit`); `zip` says what is so.
UNSEEN = {"strict", "keyed"}
LOGS = {"log", "logger", "logging", "logs"}  # for operators
FOR_PEOPLE = {"__repr__", "__str__"}  # for who debugs


def children(node: ast.AST) -> Iterator[ast.AST]:
    """What of a node may be changed, but for statements."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.stmt | ast.excepthandler):
                continue
            if not _is_left_out(node, name, child):
                yield child


def _is_left_out(node: ast.AST, name: str, child: ast.AST) -> bool:
    if name in ("annotation", "returns", "decorator_list", "ctx", "op", "ops"):
        return True  # nobody runs them, or when the module is loaded
    if isinstance(child, ast.Constant) and child.value is None:
        return True
    if isinstance(node, (ast.If, ast.IfExp)) and asks_for_sqlite(node):
        return name != "body"  # it is SQLite
    if isinstance(node, (ast.Expr, ast.JoinedStr)):
        return isinstance(child, ast.Constant)  # docstrings; ast does not know where parts of f-strings are
    if isinstance(node, ast.FormattedValue):
        return name == "format_spec"
    if isinstance(node, ast.Raise):
        return not isinstance(child, ast.Call) or all(isinstance(one, ast.Constant) for one in child.args)
    if isinstance(node, ast.Call) and isinstance(child, ast.Constant | ast.Name | ast.JoinedStr):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "limit" and getattr(child, "value", None) == 1:
            return True  # the first is taken; PostgreSQL refuses two
        is_text = isinstance(child, ast.JoinedStr) or isinstance(getattr(child, "value", None), str)
        return called == "cast" or (is_text and (called in WORDS or called.endswith("Error")))
    return isinstance(node, ast.keyword) and node.arg in UNSEEN


def asks_for_sqlite(node: ast.AST) -> bool:
    """Whether a test chooses between the databases."""
    return "is_sqlite" in ast.dump(getattr(node, "test", ast.Pass()))


def is_log(node: ast.AST) -> bool:
    """Whether it only tells operators something: `log.info(…)`, `logs.logger().warning(…)`."""
    one: Any = node.value if isinstance(node, ast.Expr) else node
    while isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
        one = one.func.value
        if getattr(one, "id", "") in LOGS:
            return True
    return False


def turns(node: ast.AST) -> bool:
    """Whether the only change of a condition would turn it round."""
    if isinstance(node, ast.Compare):
        return all(
            isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in node.ops
        )
    return isinstance(node, ast.UnaryOp)


def compiles(source: str) -> bool:
    """Whether it is Python: a changed text may end the f-string around it."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True
