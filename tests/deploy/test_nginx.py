"""Two hosts behind the documented nginx: what it lets through, and a restart that nobody notices."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.deploy.front import Front, running, token

pytestmark = pytest.mark.slow
PAUSE = 0.02  # seconds between requests: fifty a second
REQUESTS = 2000


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """The front, with both hosts up."""
    with running() as found:
        yield found


def begin(browser: requests.Session, url: str, number: int) -> requests.Response:
    """Send the first form with a phone of its own."""
    page = browser.get(f"{url}/").text
    form = {"csrf_token": token(page), "phone": f"+7999{number:07}", "consent": "y"}
    return browser.post(f"{url}/", data=form)


def test_forms_pass(front: Front) -> None:
    answer = begin(front.browser(), front.url, 1)
    assert answer.status_code == 200 and answer.url == f"{front.url}/code", answer.text[:500]
    assert "strict-transport-security" in answer.headers


def test_what_a_visitor_says_of_himself_goes_no_further(front: Front) -> None:
    browser = front.browser()
    browser.headers.update({"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})
    answer = begin(browser, front.url, 2)
    assert answer.url == f"{front.url}/code" and "evil.example" not in answer.text


@pytest.mark.parametrize(("megabytes", "passes"), [(9, True), (30, True), (34, False)])
def test_a_form_of_a_receipt_is_not_too_large(front: Front, megabytes: int, passes: bool) -> None:
    """A stranger's is answered before all of it is read, which may be a closed connection for nginx."""
    answer = front.browser().post(
        f"{front.url}/requests/new", files={"receipt": b"x" * megabytes * 1024 * 1024}
    )
    assert (answer.status_code != 413) == passes


def test_plain_http_leads_to_https(front: Front) -> None:
    answer = front.browser().get(f"http://localhost:{front.plain}/help?a=b", allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "https://localhost/help?a=b")


def test_hosts_restarted_one_after_the_other_fail_nobody(front: Front) -> None:
    """Fifty requests a second, one in four a form, while each host is restarted twice."""
    failed: list[str] = []
    restarted = threading.Event()

    def visit(number: int) -> None:
        try:
            if number % 4:
                answer = front.browser().get(f"{front.url}/")
            else:
                answer = begin(front.browser(), front.url, 1000 + number)
            if answer.status_code != 200:
                failed.append(f"{answer.status_code} {answer.url}")
        except requests.RequestException as error:
            failed.append(repr(error))

    def restart() -> None:
        for host in (*front.hosts, *front.hosts):
            host.stop()
            host.start()
        restarted.set()

    pause, number = threading.Event(), 0
    with ThreadPoolExecutor(32) as visitors:
        visitors.submit(restart)
        while number < REQUESTS or not restarted.is_set():
            visitors.submit(visit, number)
            number += 1
            pause.wait(PAUSE)
    assert not failed, f"{len(failed)} of {number}: {failed[:5]}"
