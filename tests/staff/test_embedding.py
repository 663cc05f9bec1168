"""«Проверить встраивание»: what a site needs is told from the settings; nothing is fetched from it."""

import socket

import pytest

from cabinet.staff.embedding import may_embed, same_site
from tests.visitor import Visitor

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def open_page(desk: Visitor, site: str) -> str:
    desk.get(f"/staff/embedding?site={site}")
    assert desk.status == 200, desk.text
    return desk.text


@ONE_DATABASE
@pytest.mark.settings(public_url="http://localhost", frame_ancestors=("http://www.example.ru",))
def test_what_to_set_is_said(admin_desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> None:
        raise AssertionError("the server asks the site")

    monkeypatch.setattr(socket, "create_connection", nowhere)
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    text = open_page(admin_desk, "http://www.example.ru/page")
    assert "Сайт http://www.example.ru может встраивать кабинет" in text
    assert "FRAME_ANCESTORS=" not in text and "Открыть сайт" in text
    text = open_page(admin_desk, "другой.рф")
    assert "FRAME_ANCESTORS=http://www.example.ru https://xn--c1abqtis.xn--p1ai" in text
    assert "Открыть сайт" not in text, "it could lead this page elsewhere, and shows no cabinet anyway"
    assert "COOKIE_MODE=cross-site" in text and "Кабинету нужен https" in text


@ONE_DATABASE
def test_the_snippet_is_there_before_any_address_is_given(admin_desk: Visitor) -> None:
    page = admin_desk.get("/staff/embedding")
    snippet = page.select_one("#snippet")
    assert snippet is not None
    assert '<script async src="http://localhost/embed.js"></script>' in snippet.get_text()
    assert page.select_one("iframe")


@ONE_DATABASE
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Введите адрес сайта."),
        ("ftp://x.ru", "похоже"),
        ("<script>", "похоже"),
        ("%00", "Введите"),
    ],
)
def test_what_is_no_address_is_refused_in_words(admin_desk: Visitor, typed: str, words: str) -> None:
    answer = admin_desk.client.get(f"/staff/embedding?site={typed}")
    assert answer.status_code == 422 and words in answer.text and "<script>" not in answer.text


@ONE_DATABASE
def test_a_clerk_has_no_such_page(desk: Visitor) -> None:
    assert desk.client.get("/staff/embedding").status_code == 404


@pytest.mark.parametrize(
    ("origin", "listed"),
    [
        ("http://www.example.ru", True),
        ("https://www.example.ru", False),
        ("http://www.example.ru:81", False),
        ("https://a.b.example.com", True),
        ("https://example.com", False),
        ("https://aexample.com", False),
        ("http://p.example.org:8080", True),
    ],
)
def test_sites_are_listed_as_browsers_read_the_list(origin: str, listed: bool) -> None:
    entries = ("http://www.example.ru:80", "https://*.example.com", "http://p.example.org:*")
    assert may_embed(origin, entries) is listed


def test_one_site_has_one_scheme_and_one_domain() -> None:
    assert same_site("https://www.example.ru", "https://lk.example.ru")
    assert not same_site("http://www.example.ru", "https://lk.example.ru")
    assert not same_site("https://www.example.ru", "https://lk.example.com")
