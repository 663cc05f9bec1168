"""What tests share: settings, both databases, the application, visitors.

Whatever needs a real browser or a real PostgreSQL is skipped with a loud line where there is none, and fails
instead when CABINET_REQUIRE_ALL=1.
"""

import dataclasses
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest
from flask import Flask
from flask.testing import FlaskClient
from xdist.scheduler import LoadScopeScheduling

from cabinet import create_app
from cabinet.models.database import db, is_sqlite
from cabinet.wording import catalogues
from config import Settings
from tests import built_once, no_order, ways
from tests.cast import LESNAYA, bill, receipt_of
from tests.missing import MISSING
from tests.visitor import Visitor

os.environ.setdefault("HYPOTHESIS_NO_PLUGINS", "1")  # else it imports trio, which Selenium uses
pytest_plugins = ["tests.databases", "tests.messages", "tests.log_lines"]

TESTS = Path(__file__).resolve().parent


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # nothing of what is imported and collected is garbage
    built_once.share()
    no_order.turn_round()
    catalogues.compile_all()
    config.addinivalue_line("markers", "settings(**changes): settings that differ for this test")


class OneForEachSite(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives all tests in browsers that share a running system to one worker, so that it is started once.

    Those of frames on another site, over HTTPS and in every engine, take half of the time of them all. Those
    that read the sources share what is parsed.
    """

    FRAMED = tuple(f"tests/browser/test_{name}" for name in ("embed.", "embed_", "framing.", "matrix."))
    READING_SOURCES = tuple(f"tests/test_{name}.py" for name in ("imports", "promises", "repository"))

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(self.READING_SOURCES):
            return "sources"
        if not nodeid.startswith("tests/browser/"):
            return nodeid
        return "framed" if nodeid.startswith(self.FRAMED) else "browser"

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget the test: after each, xdist counts what a worker has left among all that it was given."""
        nodeid = self.registered_collections[node][item_index]
        given, scope = self.assigned_work[node], self._split_scope(nodeid)
        del given[scope][nodeid]
        if not given[scope]:
            del given[scope]
        self._reschedule(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneForEachSite:
    return OneForEachSite(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let each worker compile a share of all tests first, where each would compile them all."""
    given = getattr(session.config, "workerinput", None)
    if given and [Path(argument).resolve() for argument in session.config.args] == [TESTS]:
        built_once.import_share(TESTS, int(given["workerid"].removeprefix("gw")), int(given["workercount"]))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ways.mark_browsers(items)
    ways.mark_other_ways(items)
    ways.mark_samples(items)
    ways.mark_old_migrations(items)


def pytest_collection_finish() -> None:
    """Leave what was collected out of every search for garbage: a sixth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    for what in sorted({text.partition(MISSING)[2].rstrip("')") for text in skipped if MISSING in text}):
        number = sum(what in text for text in skipped)
        terminalreporter.section(f"{number} TESTS SKIPPED: {what}", sep="!", red=True, bold=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test; `@pytest.mark.settings(name=value)` changes some."""
    changes: dict[str, Any] = {}
    for marker in request.node.iter_markers("settings"):
        changes = {**marker.kwargs, **changes}
    standard = Settings(
        testing=True,
        secret_key="tests-only-secret-key-of-32-characters",
        password_pepper="tests-only-pepper",
        public_url="http://localhost",
        database_url=database_url,
        uploads_folder=str(tmp_path / "uploads"),
        imports_folder=str(tmp_path / "imports"),
        bcrypt_cost=4,
        support_phone="+78005553535",
        mail_from="cabinet@example.org",
        staff_emails=("staff@example.org",),
        web_processes=1,
        database_connections=30,  # a test may have many threads at a barrier
        requests_per_minute=0,
        database_timeout_ms=60_000,  # tests share the machine
    )
    return dataclasses.replace(standard, **changes)


@pytest.fixture(scope="session")
def compiled(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> built_once.CompiledTemplates:
    """What all applications of all workers share; where there are none, as among mutants, of this process."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(pytestconfig, "workerinput") else own) / "templates"
    folder.mkdir(exist_ok=True)
    return built_once.CompiledTemplates(folder)


@pytest.fixture
def app(hand_on: Callable[[], None], settings: Settings, compiled: built_once.CompiledTemplates) -> Flask:
    """The application on a fresh database."""
    application = create_app(settings)
    hand_on()
    application.jinja_env.bytecode_cache = compiled
    db.connect(reuse_if_open=True)
    return application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Flask's own bare client; `visitor` sees more."""
    return app.test_client()


@pytest.fixture(params=["plain", "htmx"])
def visitor(request: pytest.FixtureRequest, app: Flask) -> Visitor:
    """Somebody with a browser, once without JavaScript and once with htmx."""
    return Visitor(app, htmx=request.param == "htmx")


@pytest.fixture
def guest(app: Flask) -> Visitor:
    """A visitor for what has nothing to do with how the page comes.

    By htmx on SQLite, without JavaScript on PostgreSQL; `visitor` comes in all four ways.
    """
    return Visitor(app, htmx=is_sqlite())


@pytest.fixture
def receipt(database: peewee.Database) -> dict[str, str]:
    """What a resident copies from a receipt that billing knows: period, account, amount."""
    bill(LESNAYA)
    return receipt_of(LESNAYA)
