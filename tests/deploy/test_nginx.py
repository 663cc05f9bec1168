"""Two hosts behind the documented nginx: what it lets through, and a restart that nobody notices."""

from collections.abc import Iterator

import pytest

from tests.deploy.front import Front, begin, running
from tests.deploy.visitors import failures

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """The front, with both hosts up."""
    with running() as found:
        yield found


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

    def restart() -> None:
        for host in (*front.hosts, *front.hosts):
            host.stop()
            host.start()

    assert failures(front.browser, front.url, restart) == []
