"""The small changes that are made to a module, to see whether a test notices.

Only the code of functions and lambdas is changed: it can be exchanged in a process that has all imported.
What is left out by rule stands in `left_out`, with the reason.
"""

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools.mutation.left_out import (
    FOR_PEOPLE,
    MARKED,
    POSTGRES,
    STATEMENT,
    UNSEEN,
    asks_for_sqlite,
    children,
    compiles,
    is_log,
    turns,
)
from tools.mutation.operators import COMPARED, REPLACED, SWAPPED

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Text = tuple[int, int, str]  # what lies between two offsets, and what stands there in the mutant


@dataclass(frozen=True)
class Mutant:
    """A module with one change in a function (its name in the module, and where that begins)."""

    module: str  # as `sources` has it
    function: str
    lines: range  # of the statement; a test that comes by none of them cannot notice
    line: int
    before: str  # the line
    after: str
    source: str
    default: tuple[int, object] | None = None  # of which parameter it is the default; all parameters count

    @property
    def name(self) -> str:
        """What people know it by."""
        return f"{self.module}.py:{self.line}  {self.change}"

    @property
    def change(self) -> str:
        """The line, and what became of it."""
        return f"{self.before}  →  {self.after}"


class _Module:
    def __init__(self, module: str, source: str) -> None:
        self.module, self.source, self.data = module, source, source.encode()
        self.begins = [0]  # of each line; ast counts bytes
        for line in self.data.splitlines(keepends=True):
            self.begins.append(self.begins[-1] + len(line))
        self.rows = source.splitlines()

    def mutants(self) -> Iterator[Mutant]:
        for function, name in _functions(ast.parse(self.source), ""):
            if name.rpartition(".")[2] in FOR_PEOPLE or MARKED.search(self.rows[function.lineno - 1]):
                continue
            lines = range(function.lineno, (function.end_lineno or 0) + 1)
            if isinstance(function, ast.Lambda):
                yield from self._made(name, lines, self._changes(function.body))
                continue
            yield from self._defaults(function, name, lines)
            for statement in function.body:
                yield from self._of_statement(name, statement)

    def _of_statement(self, name: str, statement: ast.stmt) -> Iterator[Mutant]:
        """Of one that may hold others: each has lines of its own."""
        inner = [one for one in ast.walk(statement) if isinstance(one, ast.stmt) and one is not statement]
        last = min((one.lineno for one in inner), default=(statement.end_lineno or 0) + 1) - 1
        own = range(statement.lineno, max(last, statement.lineno) + 1)
        yield from self._made(name, own, self._changes(statement))
        for block in ("body", "orelse", "finalbody"):
            for one in getattr(statement, block, []):
                if not (block == "orelse" and asks_for_sqlite(statement)):
                    yield from self._of_statement(name, one)
        for handler in getattr(statement, "handlers", []):
            for one in handler.body:
                yield from self._of_statement(name, one)

    def _defaults(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, lines: range
    ) -> Iterator[Mutant]:
        """Defaults are no part of a function's code: they are exchanged beside it."""
        of = function.args
        by_position = len(of.posonlyargs) + len(of.args)
        places = [
            *enumerate(of.defaults, by_position - len(of.defaults)),
            *enumerate(of.kw_defaults, by_position),
        ]
        for place, default in places:
            if isinstance(default, ast.Constant):
                yield from self._made(name, lines, self._changes(default), place)

    def _made(
        self, name: str, lines: range, changes: Iterator[Text], place: int | None = None
    ) -> Iterator[Mutant]:
        for start, end, new in changes:
            default = None if place is None else (place, ast.literal_eval(new))
            line = self.data.count(b"\n", 0, start) + 1
            row = self.rows[line - 1]
            if POSTGRES.search(row) or MARKED.search(row):
                continue
            source = (self.data[:start] + new.encode() + self.data[end:]).decode()
            if not compiles(source):
                continue  # quotes in an f-string
            after = source.splitlines()[line - 1].strip()
            yield Mutant(self.module, name, lines, line, row.strip(), after, source, default)

    def _changes(self, node: ast.AST, is_test: bool = False) -> Iterator[Text]:
        """Of a node and what is in it, but for statements in statements.

        Who notices that a test is always true, and that it is always false, notices that it is turned.
        """
        if isinstance(node, (ast.Assert, ast.Import, ast.ImportFrom)) or is_log(node):
            return  # `assert` is for the type checker and for who reads
        kind = type(node).__name__
        make: Callable[[ast.AST], Iterator[Text]] | None = getattr(self, f"_change_{kind}", None)
        if make and self._is_where_ast_says(node) and not (is_test and turns(node)):
            yield from make(node)
        for child in children(node):
            yield from self._changes(child, child is getattr(node, "test", None))

    def _is_where_ast_says(self, node: ast.AST) -> bool:
        """Not so in some f-strings, before Python 3.12."""
        if not isinstance(node, ast.expr):
            return True
        try:
            again = ast.parse(f"({self._text(node)})", mode="eval").body
        except SyntaxError:
            return isinstance(node, ast.Starred)
        return ast.dump(again) == ast.dump(node)

    def _span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno and node.end_col_offset is not None
        return (
            self.begins[node.lineno - 1] + node.col_offset,
            self.begins[node.end_lineno - 1] + node.end_col_offset,
        )

    def _text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self.data[start:end].decode()

    def _between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> Iterator[Text]:
        """An operator."""
        start, end = self._span(left)[1], self._span(right)[0]
        text = self.data[start:end].decode()
        if (found := text.find(old)) >= 0:
            yield start + len(text[:found].encode()), start + len(text[: found + len(old)].encode()), new

    def _change_Constant(self, node: ast.Constant) -> Iterator[Text]:
        if isinstance(node.value, bool):
            yield *self._span(node), str(not node.value)
        elif isinstance(node.value, int | float):
            yield *self._span(node), str(node.value + 1)
        elif isinstance(node.value, str) and not STATEMENT.match(node.value):
            text = self._text(node)
            simple = text[0] in "'\"" and text.count(text[0]) == 2
            new = (
                f"{text[0]}XX{text[1:-1]}XX{text[0]}"
                if simple
                else json.dumps(f"XX{node.value}XX", ensure_ascii=False)
            )
            yield *self._span(node), new

    def _change_Compare(self, node: ast.Compare) -> Iterator[Text]:
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            yield from self._between(left, right, *COMPARED[type(op)])

    def _change_BoolOp(self, node: ast.BoolOp) -> Iterator[Text]:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from self._between(left, right, old, new)

    def _change_BinOp(self, node: ast.BinOp) -> Iterator[Text]:
        if type(node.op) in REPLACED:
            yield from self._between(node.left, node.right, *REPLACED[type(node.op)])

    def _change_UnaryOp(self, node: ast.UnaryOp) -> Iterator[Text]:
        sign = "+" if isinstance(node.op, ast.USub) else ""
        yield *self._span(node), f"{sign}({self._text(node.operand)})"

    def _change_If(self, node: ast.If | ast.IfExp) -> Iterator[Text]:
        if not asks_for_sqlite(node):
            for more in ("and False", "or True"):
                yield *self._span(node.test), f"({self._text(node.test)}) {more}"

    _change_IfExp = _change_If

    def _change_comprehension(self, node: ast.comprehension) -> Iterator[Text]:
        for test in node.ifs:
            yield *self._span(test), "True"

    def _change_Call(self, node: ast.Call) -> Iterator[Text]:
        """None in place of an argument nearly always fails at once, so that tells nothing; less does."""
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in SWAPPED:
            end = self._span(node.func)[1]
            yield end - len(called), end, SWAPPED[called]
        for keyword in node.keywords:
            if keyword.arg and keyword.arg not in UNSEEN:
                yield *self._span(keyword), "**{}"
        if called == "where" and len(node.args) > 1:
            for condition in node.args:
                yield *self._span(condition), "True"

    def _change_Expr(self, node: ast.Expr) -> Iterator[Text]:
        if isinstance(node.value, ast.Call):
            yield *self._span(node), "pass"

    def _change_Assign(self, node: ast.Assign) -> Iterator[Text]:
        """What is remembered; a name that is not there fails at once."""
        if all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in node.targets):
            yield *self._span(node), "pass"

    def _change_AugAssign(self, node: ast.AugAssign) -> Iterator[Text]:
        yield self._span(node.target)[1], self._span(node.value)[0], " = "

    def _change_Break(self, node: ast.Break) -> Iterator[Text]:
        yield *self._span(node), "continue"

    def _change_Continue(self, node: ast.Continue) -> Iterator[Text]:
        yield *self._span(node), "break"


def mutants_of(module: str, source: str) -> list[Mutant]:
    """All mutants of a module."""
    return list(_Module(module, source).mutants())


def _functions(node: ast.AST, within: str) -> Iterator[tuple[Function, str]]:
    """Those that no other function makes, and their names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child, within + child.name
        elif isinstance(child, ast.Lambda):
            yield child, f"{within}<lambda>:{child.lineno}"
        else:
            inner = f"{within}{child.name}." if isinstance(child, ast.ClassDef) else within
            yield from _functions(child, inner)
