"""What all the applications of a test run share: compiled templates and routes, static files.

Each test has an application of its own; to make these anew would be most of its start.
"""

import copy
import functools
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import CodeType
from typing import Any, cast

import pytest
from flask import Flask, current_app
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import get_locale
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from werkzeug.routing import Map, Rule, RuleFactory
from werkzeug.routing.matcher import StateMachineMatcher
from whitenoise import WhiteNoise

from cabinet.web import assets

Routes = tuple[StateMachineMatcher, dict[Any, list[Rule]]]


class CompiledTemplates(FileSystemBytecodeCache):
    """Templates compiled once for all the applications of a test run, whose workers share the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.code: dict[str, tuple[str, CodeType | None]] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Of the template in this language, and with what this application's settings put into it."""
        known = map(current_app.jinja_env.globals.get, ("brand", "embedders", "password_rules"))
        of = f"{get_locale()} {current_app.extensions['assets']['app.css']} {[*known]}"
        return super().get_cache_key(f"{name} {of}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the template if it was compiled before, of the same source."""
        checksum, code = self.code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code
            return
        super().load_bytecode(bucket)
        self.code[bucket.key] = bucket.checksum, bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the template for the next application, here and in the other workers."""
        self.code[bucket.key] = bucket.checksum, bucket.code
        with suppress(OSError):  # without the folder each worker compiles for itself
            super().dump_bytecode(bucket)


class SharedRoutes(Map):
    """The routes of an application; those with the same routes share what werkzeug compiles of them."""

    compiled: dict[object, Routes] = {}

    def add(self, rulefactory: RuleFactory) -> None:
        """Note the rules; they are compiled when one is first looked for."""
        rules: list[Rule] = self.__dict__.setdefault("told", [])
        rules += rulefactory.get_rules(self)
        self._remap = True

    def update(self) -> None:
        """Take what was compiled of the same rules, or compile them."""
        rules = self.__dict__.get("told", [])
        if self._remap and rules:
            key = (*self.converters.items(), *map(id, rules))
            if key not in self.compiled:
                self._matcher, self._rules_by_endpoint = StateMachineMatcher(self.merge_slashes), {}
                for rule in rules:
                    super().add(copy.copy(rule))
                super().update()
                self.compiled[key] = self._matcher, self._rules_by_endpoint
            self._matcher, self._rules_by_endpoint = self.compiled[key]
            self._remap = False


def import_share(tests: Path, number: int, workers: int) -> None:
    """Import an nth of the test modules, which leaves them compiled for the other workers.

    One that cannot be imported is told of when it is collected.
    """
    for path in sorted(tests.rglob("test_*.py"))[number::workers]:
        module = ".".join(path.relative_to(tests.parent).with_suffix("").parts)
        with suppress(Exception, pytest.skip.Exception):
            import_module(module)


_rules: dict[object, Rule] = {}


def _rule(text: str, methods: set[str], **options: Any) -> Rule:
    """A rule of an application; `SharedRoutes` changes none, so the same one serves all applications."""
    key = text, frozenset(methods), repr(sorted(options.items()))
    if key not in _rules:
        _rules[key] = Rule(text, methods=methods, **options)
    return _rules[key]


_add_url_rule = BlueprintSetupState.add_url_rule
_of_blueprints: dict[object, Rule] = {}


def _add_known_rule(state: BlueprintSetupState, rule: str, endpoint: Any, view: Any, **options: Any) -> None:
    """Add a route of a blueprint as Flask made it of the same for another application."""
    key = rule, endpoint, view, state.url_prefix, state.name_prefix, state.name, repr(options)
    app = cast(Flask, state.app)
    if key in _of_blueprints and not state.url_defaults and not state.subdomain:
        app.url_map.add(_of_blueprints[key])
        app.view_functions[_of_blueprints[key].endpoint] = view
    else:
        _add_url_rule(state, rule, endpoint, view, **options)
        _of_blueprints[key] = vars(app.url_map)["told"][-1]


def share() -> None:
    """Let all applications of this process share these; each is told of `CompiledTemplates` by itself."""
    BlueprintSetupState.add_url_rule = _add_known_rule  # type: ignore[method-assign, assignment]
    Flask.url_map_class = SharedRoutes
    Flask.url_rule_class = staticmethod(_rule)  # type: ignore[assignment]
    build, add_files, built = assets.build, assets.add_files, assets.BUILT
    files: dict[str, Any] = {}

    @functools.cache
    def build_once(static_dir: Path, accent: str) -> dict[str, str]:
        files.clear()
        return build(static_dir, built, accent)

    def unless_built(static_dir: Path, out_dir: Path, accent: str) -> dict[str, str]:
        return build_once(static_dir, accent) if out_dir == built else build(static_dir, out_dir, accent)

    def unless_added(served: WhiteNoise) -> None:
        if built == assets.BUILT and files:
            served.files = dict(files)
            return
        add_files(served)
        if built == assets.BUILT:
            files.update(served.files)

    assets.build, assets.add_files = unless_built, unless_added
