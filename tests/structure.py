"""Reads the shape of a source tree: modules, who imports whom, how long things are. Runs none of it."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path

from config import ROOT

Graph = dict[str, set[str]]
FOLDERS = ("cabinet", "tests", "tools", "bench")


class Tree:
    """The Python files below `root` that belong to one package.

    Modules are named from the package on, without it: `cabinet/web/flow.py` is `web.flow`, and the package's
    own `__init__` is the empty name. Imports inside functions count like all others.
    """

    def __init__(self, root: Path, package: str = "cabinet") -> None:
        self.root = root
        self.package = package
        self.files = {
            _module_name(path.relative_to(root / package)): path for path in (root / package).rglob("*.py")
        }

    @cached_property
    def syntax(self) -> dict[str, ast.Module]:
        """The parsed source of each module."""
        return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in self.files.items()}

    @cached_property
    def imports(self) -> Graph:
        """The modules of the package that each of its modules imports; `from cabinet import x` means `x`."""
        return {
            name: {found for one in imported(tree) if (found := self._ours(one)) is not None} - {name}
            for name, tree in self.syntax.items()
        }

    @cached_property
    def foreign(self) -> Graph:
        """The packages of others that each module imports, such as `flask`."""
        return {
            name: {one.partition(".")[0] for one in imported(tree)} - {self.package}
            for name, tree in self.syntax.items()
        }

    @cached_property
    def between_packages(self) -> Graph:
        """The same by the first folder: which package imports which others."""
        found: Graph = {}
        for name, targets in self.imports.items():
            found.setdefault(package_of(name), set()).update(map(package_of, targets))
        return {name: targets - {name} for name, targets in found.items()}

    @cached_property
    def views(self) -> set[str]:
        """The modules that answer requests, known by their blueprint whatever their file is called."""
        return {name for name, tree in self.syntax.items() if any(map(_is_blueprint, ast.walk(tree)))}

    def _ours(self, dotted: str) -> str | None:
        """The module of ours that holds a dotted name, the longest that exists; None for another's."""
        first, _, rest = dotted.partition(".")
        if first != self.package:
            return None
        while rest and rest not in self.files:
            rest = rest.rpartition(".")[0]
        return rest


def grown(root: Path, files: dict[str, str]) -> Tree:
    """A small tree: a package `cabinet` of these modules' sources."""
    for name, source in files.items():
        path = root / "cabinet" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return Tree(root)


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(module: str) -> str:
    """`web` for `web.flow`."""
    return module.partition(".")[0]


def imported(tree: ast.Module) -> set[str]:
    """The dotted names that a module imports; `from a import b` counts as `a.b`."""
    found = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError("relative imports hide the direction")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All that a module does, without the expressions, which are most of it."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        inner = getattr(tree, name, None)
        for node in inner if isinstance(inner, list) else ():
            yield node
            yield from _statements(node)


def _is_blueprint(node: ast.AST) -> bool:
    """`bp = Blueprint(…)`, or a function under `@bp.get` and the like."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "Blueprint"
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    calls = [one.func for one in decorators if isinstance(one, ast.Call)]
    return any(isinstance(c, ast.Attribute) and c.attr in ("get", "post", "route") for c in calls)


def circles(graph: Graph) -> list[list[str]]:
    """The sets of nodes that reach one another, each sorted; an empty list when there is no circle."""
    reach = {node: _reachable(graph, node) for node in graph}
    found = {
        tuple(sorted(other for other in reach[node] if node in reach.get(other, set()))) for node in graph
    }
    return sorted(list(circle) for circle in found if len(circle) > 1)


def _reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    queue = list(graph[start])
    while queue:
        node = queue.pop()
        if node not in seen:
            seen.add(node)
            queue += graph.get(node, ())
    return seen


@cache
def cabinet() -> Tree:
    """The code of the cabinet, parsed once for all tests that read it."""
    return Tree(ROOT)


def sources(root: Path) -> list[Path]:
    """All Python files of the repository."""
    folders = [path for folder in FOLDERS for path in (root / folder).rglob("*.py")]
    return sorted([*folders, *root.glob("*.py")])


@cache
def functions(path: Path) -> list[tuple[str, int]]:
    """Name and length in lines of each function of a file, methods and inner ones too.

    Decorators and the docstring do not count.
    """
    return [
        (node.name, _lines(node) - (_lines(node.body[0]) if ast.get_docstring(node) is not None else 0))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def percentile(share: int, paths: Iterable[Path]) -> int:
    """The length in lines that so many functions of a hundred do not exceed."""
    lengths = sorted(lines for path in paths for _name, lines in functions(path))
    return lengths[min(len(lengths) * share // 100, len(lengths) - 1)]
