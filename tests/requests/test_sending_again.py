"""Connection requests sent twice, too often or by a stranger's page."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from flask import Flask

from cabinet.models import Attempt, ConnectionRequest
from cabinet.models.locks import row_of
from tests.cast import told
from tests.databases import DATABASES
from tests.models.locked import another_process
from tests.requests.conftest import PHONE, REQUEST, to_request
from tests.requests.test_sending import only
from tests.threads import together
from tests.visitor import Visitor, double
from tests.waiting import PATIENCE, until


def test_the_same_form_sent_again_is_one_request(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    to_request(visitor)
    again = double(visitor, app)
    visitor.fill_and_submit(**REQUEST)
    again.fill_and_submit(**REQUEST)
    assert again.path == visitor.path == f"/requests/{only().number}"
    assert told("staff") == ["connection_request"]
    assert Attempt.count("request-phone", PHONE, 3600) == 1


def test_an_edited_form_is_another_request(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_request(visitor)
    back = double(visitor, app)
    visitor.fill_and_submit(**REQUEST)
    back.fill_and_submit(**{**REQUEST, "flat": "8"})
    assert ConnectionRequest.select().count() == 2 and back.path != visitor.path


def test_without_a_key_the_same_answers_are_one_request(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    for _ in range(2):
        visitor.get("/requests/new")
        visitor.fill_and_submit(**REQUEST, key="")
    assert only().number in visitor.path


def test_a_double_click_in_threads(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_request(visitor)
    clicks = [double(visitor, app) for _ in range(6)]

    def click(one: Visitor) -> str:
        one.fill_and_submit(**REQUEST)
        return one.path

    paths = together([partial(click, one) for one in clicks])
    assert set(paths) == {f"/requests/{only().number}"}
    assert told("staff") == ["connection_request"]
    assert told("anna@example.org") == ["request_received"]


@pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)
def test_whoever_sends_waits_for_another_of_the_same_phone(
    guest: Visitor, receipt: dict[str, str], database_url: str
) -> None:
    to_request(guest)
    with another_process(database_url) as another, ThreadPoolExecutor() as threads:
        with another.holding(row_of(f"request:{PHONE}")):
            sent = threads.submit(guest.fill_and_submit, **REQUEST)
            until(lambda: another.waiting() or sent.done())
            assert not sent.done(), "it asked whether it was sent before, and did not wait for the answer"
        sent.result(PATIENCE)
    assert only().number in guest.path


@pytest.mark.settings(request_per_phone_day=2)
def test_too_many_of_a_phone(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_request(visitor)
    for flat in "12":
        visitor.get("/requests/new")
        visitor.fill_and_submit(**{**REQUEST, "flat": flat})
    visitor.get("/requests/new")
    visitor.fill_and_submit(**{**REQUEST, "flat": "3"})
    assert visitor.status == 429 and "Заявок сегодня уже много" in visitor.text
    assert visitor.value("flat") == "3" and visitor.value("street") == "Дачная"
    assert int(visitor.response.headers["Retry-After"]) > 0
    assert ConnectionRequest.select().count() == 2


@pytest.mark.settings(request_per_ip_hour=1)
def test_too_many_of_an_address(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    other = Visitor(app, visitor.htmx)
    to_request(other, "+79031112233")
    other.fill_and_submit(**REQUEST)
    assert other.status == 429 and ConnectionRequest.select().count() == 1


def test_a_forged_request_is_refused(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.post("/requests/new", {**REQUEST, "csrf_token": "x"})
    assert visitor.status == 400
    visitor.post("/requests/new", REQUEST, Sec_Fetch_Site="cross-site")
    assert visitor.status == 400 and not ConnectionRequest.select().exists()
