"""The code of the models as this process has it, and its exchange."""

import functools
import gc
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from cabinet.models.prepared import Prepared
from tools.mutation.changes import Mutant

MODELS = Path(__file__).resolve().parents[2] / "cabinet" / "models"
Key = tuple[str, str, int, bytes]


def sources(folder: Path) -> dict[str, Path]:
    """The modules of a folder and those below it by their names: `account`, `data_map/reading`."""
    return {str(path.relative_to(folder).with_suffix("")): path for path in folder.rglob("*.py")}


class Live:
    """The functions of the models in this process, and what they keep."""

    def __init__(self) -> None:
        self.functions: defaultdict[Key, list[FunctionType]] = defaultdict(list)
        self.prepared: list[Prepared[Any]] = []
        self.kept: list[Any] = []
        gc.unfreeze()
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename.startswith(f"{MODELS}/"):
                self.functions[_key(one.__code__)].append(one)
            elif type(one) is Prepared:
                self.prepared.append(one)
            elif type(one) is functools._lru_cache_wrapper and one.__module__.startswith("cabinet.models."):
                self.kept.append(one)
        gc.freeze()

    def forget(self) -> None:
        """Have made anew what is made once in a process."""
        for statement in self.prepared:
            statement.written.clear()
        for function in self.kept:
            function.cache_clear()

    def exchange(self, mutant: Mutant) -> bool:
        """Have the mutant run in place of the original; False if there is nothing to exchange."""
        self.forget()
        path = MODELS / f"{mutant.module}.py"
        before, after = compile(path.read_text(), path, "exec"), compile(mutant.source, path, "exec")
        try:
            changed = [self._put(*pair) for pair in self._pairs(before, after)]
        except ValueError:  # it would need other variables from around it
            return False
        if mutant.default:
            changed = [self._default(mutant.function, path, *mutant.default)]
        return any(changed)

    def _pairs(self, before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
        """The functions of a module or a class, with what becomes of them."""
        for old, new in zip(*(filter(_is_code, one.co_consts) for one in (before, after)), strict=False):
            if _key(old) in self.functions:
                yield old, new
            else:
                yield from self._pairs(old, new)

    def _put(self, old: CodeType, new: CodeType) -> bool:
        if old == new:
            return False
        for function in self.functions[_key(old)]:
            function.__code__ = new
        return True

    def _default(self, name: str, path: Path, place: int, value: object) -> bool:
        for key, functions in self.functions.items():
            for function in functions if key[:2] == (str(path), name) else ():
                code, defaults = function.__code__, list(function.__defaults__ or ())
                if place < code.co_argcount:
                    defaults[place - code.co_argcount] = value
                    function.__defaults__ = tuple(defaults)
                elif function.__kwdefaults__:
                    function.__kwdefaults__[code.co_varnames[place]] = value
                return True
        return False


def _is_code(constant: object) -> bool:
    return isinstance(constant, CodeType)


def _key(code: CodeType) -> Key:
    """Code that has run is not equal to what it was compiled from."""
    return code.co_filename, code.co_qualname, code.co_firstlineno, code.co_linetable
