"""What a sign-in by a passkey costs the server: python bench/passkey_logins.py [--number 200]

In process, on SQLite: the processor time of the request that brings the answer, without the browser's and the
device's work. Each comes from another browser and network, new to its resident, which costs the most. Other
work on the same cores slows this down, too (caches), so the fastest tenth is printed beside the median.
"""

import argparse
import gc
import logging
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from cabinet import create_app
from cabinet.models import migrations
from cabinet.models.database import db
from config import Settings
from tests.authenticator import Authenticator
from tests.cast import bill, resident
from tests.login.passkeys import ADDRESS, question, registered
from tests.visitor import Visitor

GOAL = 300  # a second and core


def settings(folder: str) -> Settings:
    """As in tests, with no limit for one network."""
    return Settings(
        testing=True,
        secret_key="for-this-measurement-of-32-characters",
        password_pepper="for-this-measurement",
        public_url="http://localhost",
        database_url=f"sqlite:///{folder}/cabinet.db",
        bcrypt_cost=4,
        web_processes=1,
        requests_per_minute=0,
    )


def asked(app: Flask, device: Authenticator, number: int) -> list[dict[str, Any]]:
    """Browsers that were asked, each with the request that it answers by."""
    requests = []
    for n in range(number):
        visitor = Visitor(app)
        text = device.sign(question(visitor))
        cookie = visitor.client.get_cookie("cabinet")
        assert cookie is not None
        form = {"csrf_token": visitor.csrf_token, "answer": text}
        place = {"REMOTE_ADDR": f"10.{n // 62500}.{n // 250 % 250}.{n % 250}"}
        headers = [("Cookie", f"cabinet={cookie.value}")]
        one = EnvironBuilder(path=ADDRESS, method="POST", data=form, headers=headers, environ_base=place)
        requests.append(one.get_environ())
    return requests


def spent(app: Flask, requests: list[dict[str, Any]]) -> list[float]:
    """Seconds of the processor for each."""
    found = []
    for one in requests:
        before = time.process_time()
        _body, status, headers = run_wsgi_app(app.wsgi_app, one, buffered=True)
        found.append(time.process_time() - before)
        assert (status[:3], headers["Location"]) == ("303", "/home"), status
    return found


def main() -> None:
    """Print the median, and how many a core does in a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200)
    number = parser.parse_args().number
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings(folder))
        logging.disable()
        db.connect(reuse_if_open=True)
        migrations.upgrade()
        bill()
        resident()
        device = registered(Visitor(app))
        spent(app, asked(app, device, 20))
        requests = asked(app, device, number)
        gc.collect()
        times = spent(app, requests)
    median, tenth = statistics.median(times), statistics.quantiles(times, n=10)[0]
    print(
        f"a sign-in by a passkey: {median * 1000:.2f} ms of the processor, a tenth {tenth * 1000:.2f} or less"
    )
    print(f"{1 / median:.0f} a second and core, goal {GOAL}: {'held' if 1 / median >= GOAL else 'MISSED'}")


if __name__ == "__main__":
    main()
