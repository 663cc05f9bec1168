"""No address, parameter or header that a visitor wrote gets into a link; numbers are bounded."""

import re

import pytest
from flask import Flask

from tests.placing import at_desk
from tests.staff.conftest import member
from tests.visitor import Visitor

ODD = ("endpoint=x", "_method=POST", "_external=1&_anchor=evil", "_scheme=javascript", "values=1", "self=1")
HUGE = "9" * 40


@pytest.fixture
def admin_desk(app: Flask) -> Visitor:
    return at_desk(Visitor(app), member("admin@example.org", "admin"))


@pytest.mark.sample(3)
@pytest.mark.parametrize("asked", ODD)
@pytest.mark.parametrize("page", ["messages", "messages/sent", "audit", "requests", "residents", "imports"])
def test_odd_parameters_of_lists_are_not_repeated(admin_desk: Visitor, page: str, asked: str) -> None:
    answer = admin_desk.client.get(f"/staff/{page}?{asked}&lane=sms")
    assert answer.status_code == 200
    links = re.findall(r'(?:href|action)="([^"]*)"', answer.get_data(as_text=True))
    assert links and not [
        link for link in links if "evil" in link or "javascript" in link or "_method" in link
    ]


@pytest.mark.sample(2)
@pytest.mark.parametrize("key", [HUGE, f"-{HUGE}", str(2**63), str(2**63 - 1), "-1", "１２", "x", "~", ""])
def test_keys_of_lists_are_bounded(admin_desk: Visitor, key: str) -> None:
    for after in (f"2026-01-01T00:00:00~{key}", key, f"9999-12-31T23:59:59.999999~{key}", f"{HUGE}~{key}"):
        for page in (
            "audit",
            "messages",
            "messages/waiting",
            "requests",
            "residents",
            "registrations",
            "imports",
        ):
            answer = admin_desk.client.get(f"/staff/{page}", query_string={"after": after})
            assert answer.status_code == 200, (page, after)


@pytest.mark.settings(demo=True)
def test_numbers_in_addresses_are_bounded(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules() if "<int" in rule.rule]
    assert rules
    for rule in rules:
        for number in (HUGE, str(2**63), str(2**31), "9" * 18):
            address = re.sub(r"<int[^>]*>", number, rule)
            answer = app.test_client().get(re.sub(r"<[^>]*>", "png", address))
            assert answer.status_code in (204, 404), address  # nothing is newer than an item to come


@pytest.mark.parametrize(
    "path", ["/%5Cevil.example/", "//evil.example/x", "/\tevil", "/%2F%2Fevil.example", "/evil"]
)
def test_the_language_link_of_an_error_stays_here(app: Flask, path: str) -> None:
    answer = app.test_client().get("http://localhost" + path)
    assert answer.status_code in (308, 404)
    assert "evil" not in answer.headers.get("Location", "").replace("http://localhost/evil", "")
    text = answer.get_data(as_text=True)
    if answer.status_code == 404:
        assert 'href="/?lang=en' in text and not re.search(r'href="[^"]*evil', text)


def test_the_language_link_of_a_page_leads_to_the_page(app: Flask) -> None:
    for path in ("/", "/consent", "/help", "/requests/12345678", "/email/no-such-token"):
        assert f'href="{path}?lang=en' in app.test_client().get(path).get_data(as_text=True), path
