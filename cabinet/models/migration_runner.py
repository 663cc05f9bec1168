"""Applies the migrations of a folder.

One whose module says `atomic = False` has no transaction around it, so it must bear being begun anew.
"""

from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

from playhouse.migrations import Runner

from cabinet.models.database import is_sqlite
from cabinet.models.expanding import step


class Migrations(Runner):  # type: ignore[misc]  # not in its types
    """The migrations of a folder, on a database."""

    def _run(self, name: str, module: ModuleType, direction: str, **how: Any) -> None:
        """Apply one, or take it back. That it was is always written in a transaction, as every write is."""
        done: Any = module
        if not getattr(module, "atomic", True):
            getattr(module, direction)(self.migrator, self.database)
            done = SimpleNamespace(**{direction: lambda *_: None})
        apply = partial(super()._run, name, done, direction, **how)
        if is_sqlite():
            apply()  # which opens the transaction: before it, foreign keys are switched off
        else:
            step(self.database, apply)
