"""Two web hosts and two workers share a PostgreSQL, a Redis and uploads; the documented nginx is in front."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
import requests
from PIL import Image

from cabinet.models import Attempt, ConnectionRequest, InboxItem, Message, User, base
from cabinet.models.database import db
from config import Settings
from tests import redis_server
from tests.cast import LESNAYA, bill, receipt_of
from tests.databases import disconnect
from tests.deploy.front import Front, Host, Worker, begin, running, token
from tests.deploy.visitors import failures
from tests.deploy.walks import digits_for, register, send
from tests.requests.conftest import REQUEST
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
PHONES = [f"+7916000000{n}" for n in range(6)]


@dataclass
class Installation:
    """All of them."""

    front: Front
    workers: list[Worker]


@pytest.fixture(scope="module")
def installation(postgres_url_of: Callable[[str], str]) -> Iterator[Installation]:
    """All of them, on a database of their own that the models of the tests look into."""
    url = postgres_url_of("two_of_each")
    with psycopg.connect(postgres_url_of("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE two_of_each TEMPLATE cabinet_template")
    with ExitStack() as stack:
        counters = stack.enter_context(redis_server.running())
        settings = {"DATABASE_URL": url, "REDIS_URL": counters.url, "BCRYPT_COST": "4", "WEB_PROCESSES": "2"}
        found = stack.enter_context(running(**settings))
        base.configure(Settings(testing=True, database_url=url))
        stack.callback(disconnect)
        with db.connection_context():
            bill(LESNAYA)
        log = found.main.parent / "workers.txt"
        workers = [Worker(host.environment, log) for host in found.hosts]
        for worker in workers:
            stack.callback(worker.stop)
            worker.start()
        yield Installation(found, workers)


@pytest.fixture
def front(installation: Installation) -> Front:
    """nginx."""
    return installation.front


@pytest.fixture(autouse=True)
def connected(installation: Installation) -> Iterator[None]:
    """The test sees what is in their database."""
    with db.connection_context():
        yield


def troubles(front: Front) -> str:
    """What the servers say besides requests that they answered."""
    lines = front.hosts[0].log.read_text().splitlines()
    return "\n".join([line for line in lines if " request " not in line or "status=5" in line][-40:])


def all_is_sent_once() -> None:
    """By whichever worker, soon."""
    until(lambda: not Message.select().where(Message.waiting()).exists(), "messages wait")
    due = Counter(one.to for one in Message.select().where(Message.channel.in_(("sms", "mail"))))
    assert Counter(one.to for one in InboxItem.select()) == due


def test_whoever_registers_does_so_once_whichever_answer(front: Front) -> None:
    with ThreadPoolExecutor(len(PHONES)) as people:
        receipt = receipt_of(LESNAYA)
        list(people.map(lambda phone: register(front.browser(), front.url, phone, receipt), PHONES))
    assert {user.phone for user in User.select().where(User.phone.in_(PHONES))} == set(PHONES)
    all_is_sent_once()
    told = Message.select().where(Message.channel == "staff", Message.template == "registered")
    assert sorted(one.data["phone"] for one in told) == sorted(PHONES)


def test_a_limit_holds_for_both_hosts_together(front: Front) -> None:
    if User.by_phone(PHONES[0]) is None:
        register(front.browser(), front.url, PHONES[0], receipt_of(LESNAYA))
    thieves = [front.browser() for _ in range(12)]
    for browser in thieves:
        page = send(browser, browser.get(f"{front.url}/"), f"{front.url}/", phone=PHONES[0], consent="y")
        assert urlsplit(page.url).path == "/login/password", page.text[-2000:]
    pages = [browser.get(f"{front.url}/login/password").text for browser in thieves]

    def guess(browser: requests.Session, page: str) -> None:
        data = {"csrf_token": token(page), "password": "Неверный1пароль"}
        browser.post(f"{front.url}/login/password", data=data)

    with ThreadPoolExecutor(len(thieves)) as at_once:
        list(at_once.map(guess, thieves, pages))
    assert Attempt.count("login", PHONES[0], 900) == 5 and Attempt.count("lockout", PHONES[0], 900) == 1


def test_a_file_that_one_host_took_is_there_for_the_other(front: Front, tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(picture, "JPEG")
    browser = front.browser()
    page = send(browser, begin(browser, front.url, 88), f"{front.url}/code", code=digits_for("+79990000088"))
    page = browser.get(f"{front.url}/requests/new")
    send(
        browser,
        page,
        f"{front.url}/requests/new",
        **REQUEST,
        receipt=("receipt.jpg", picture.getvalue(), "image/jpeg"),
    )
    request = ConnectionRequest.get(ConnectionRequest.phone == "+79990000088")
    uploads = Path(front.hosts[0].environment["UPLOADS_FOLDER"])
    assert [host.environment["UPLOADS_FOLDER"] for host in front.hosts] == [str(uploads)] * 2
    assert request.receipt and (uploads / request.receipt).is_file()


def test_the_outer_limit_counts_requests_to_either(front: Front) -> None:
    counters = redis.Redis.from_url(front.hosts[0].environment["REDIS_URL"])

    def are_counted() -> bool:
        counters.flushall()
        for _ in range(10):
            front.browser().get(f"{front.url}/")
        values: Any = counters.mget(["none", *counters.scan_iter("LIMITS*")])
        return sum(int(value) for value in values if value) >= 10

    until(are_counted, "not all are counted, in no window")


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


def test_a_restart_of_all_one_after_the_other_fails_nobody(installation: Installation) -> None:
    """Fifty requests a second, one in four a form, while each host and each worker is restarted twice."""
    every: list[Host | Worker] = [*installation.front.hosts, *installation.workers]

    def restart() -> None:
        for one in (*every, *every):
            one.stop()
            one.start()

    front = installation.front
    assert failures(front.browser, front.url, restart) == [], troubles(front)
    all_is_sent_once()
