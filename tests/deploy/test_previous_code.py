"""While a new version is brought in, the code of before runs on the schema that it has made.

The code of before is that of the commit before the newest migration, taken from the history of this checkout.
Its own tests say whether its flows still work.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config import ROOT
from tests.browser.site import stop, wait_until_ready
from tests.deploy.front import begin
from tests.deploy.previous import environment, git, unpack
from tests.ports import free_port
from tests.waiting import until

pytestmark = pytest.mark.slow

FLOWS = (
    "tests/test_registration.py",
    "tests/login/test_password.py",
    "tests/requests/test_sending.py",
    "tests/requests/test_status.py",
)
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
WRONG_THERE = "tests/login/test_password.py::test_odd_passwords_are_merely_wrong"  # on its own schema, too
ENOUGH = 50  # of their tests, on both databases


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code that knew all migrations but the newest."""
    newest = max((ROOT / "migrations").glob("[0-9]*.py"))
    added = git("log", "--follow", "--diff-filter=A", "--format=%H", "--", str(newest)).split()
    commit = f"{added[-1].decode()}^" if added else "HEAD"  # not committed yet: all that is came before
    folder = tmp_path_factory.mktemp("before")
    unpack(commit, folder)
    assert not (folder / "migrations" / newest.name).exists()
    return folder


def test_the_flows_of_the_code_before_work_on_the_new_schema(before: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(before, tree)
    for migration in (ROOT / "migrations").glob("[0-9]*.py"):
        if not (tree / "migrations" / migration.name).exists():  # the rest suits the helpers of now
            shutil.copy(migration, tree / "migrations")
    done = subprocess.run(
        [*PYTEST, *FLOWS, "-m", "not slow and not browser", "--deselect", WRONG_THERE],
        cwd=tree,
        env=environment(CABINET_REQUIRE_ALL="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > ENOUGH, done.stdout[-3000:]


@pytest.fixture
def address(before: Path, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Where a server of the code before answers, on a database of the newest schema."""
    port, log = free_port(), tmp_path / "log.txt"
    found = f"http://localhost:{port}"
    settings = {"DEMO": "1", "PORT": str(port), "PUBLIC_URL": found, "DATABASE_URL": database_url}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "cabinet.serve"],
            cwd=before,
            env=environment(**settings, WEB_PROCESSES="1"),
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_ready(f"{found}/healthz", log)
        yield found
    finally:
        stop(server)


def test_a_host_of_the_code_before_goes_on_serving(address: str) -> None:
    until(lambda: requests.get(f"{address}/readyz", timeout=30).status_code == 200, "it takes itself away")
    answer = begin(requests.Session(), address, 1)
    assert (answer.status_code, answer.url) == (200, f"{address}/code")
