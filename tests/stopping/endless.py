"""Tests that go on until they are stopped; not collected unless named."""

import os
import subprocess
import threading
from pathlib import Path

import pytest


@pytest.mark.parametrize("worker", [1, 2])
def test_goes_on_for_ever(worker: int, postgres_url: str) -> None:
    subprocess.Popen(["sleep", "1000000"], start_new_session=True)
    started = Path(os.environ["ENDLESS"], str(worker))
    started.with_suffix(".new").write_text(postgres_url)
    started.with_suffix(".new").rename(started)
    threading.Event().wait()
