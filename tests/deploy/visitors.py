"""Fifty visitors a second, while something happens to the servers."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.deploy.front import begin

PAUSE = 0.02  # seconds between requests: fifty a second
REQUESTS = 2000  # at least, and until it has happened


def failures(browser: Callable[[], requests.Session], url: str, happen: Callable[[], None]) -> list[str]:
    """What went wrong for anybody; each has a connection of one's own, one in four sends a form."""
    failed: list[str] = []
    happened = threading.Event()

    def visit(number: int) -> None:
        try:
            answer = browser().get(f"{url}/") if number % 4 else begin(browser(), url, 1000 + number)
            if answer.status_code != 200:
                failed.append(f"{answer.status_code} {answer.url}")
        except requests.RequestException as error:
            failed.append(repr(error))

    def go_on() -> None:
        try:
            happen()
        except BaseException as error:
            failed.append(repr(error))
        finally:
            happened.set()

    pause, number = threading.Event(), 0
    with ThreadPoolExecutor(32) as visitors:
        visitors.submit(go_on)
        while number < REQUESTS or not happened.is_set():
            visitors.submit(visit, number)
            number += 1
            pause.wait(PAUSE)
    return failed
