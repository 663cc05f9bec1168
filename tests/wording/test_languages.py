"""The choice of the language, and what is translated for it beside the catalogues."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from cabinet.web import templating
from cabinet.wording import catalogues, documents
from tests.markup import one
from tests.visitor import Visitor
from tests.wording.english import CYRILLIC


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "ru"),
        ("", "en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "la", "ru"),
        ("ru", "en", "ru"),
        ("en", "ru", "en"),
        ("xx", "en", "en"),
    ],
)
def test_choice_of_the_language(client: FlaskClient, asked: str, accepted: str, language: str) -> None:
    headers = {"Accept-Language": accepted} if accepted else {}
    page = BeautifulSoup(client.get("/", query_string={"lang": asked}, headers=headers).text, "html.parser")
    assert one(page, "html")["lang"] == language
    assert bool(CYRILLIC.search(one(page, "h1").text)) == (language == "ru")


def test_a_language_that_wtforms_lacks_can_be_added(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templating, "LOCALES", (*catalogues.LOCALES, "tt"))
    response = client.get("/?lang=tt")
    assert response.status_code == 200 and '<html lang="tt"' in response.text


def test_the_link_to_the_other_language_keeps_the_page(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.get("/privacy")
    visitor.follow("English")
    assert visitor.path == "/privacy" and visitor.title == "Privacy policy"
    visitor.get("/")
    assert visitor.title == "Sign in or sign up", "the choice is kept"
    visitor.follow("Русский")
    assert visitor.title == "Вход или регистрация"


@pytest.mark.parametrize("kind", documents.KINDS)
def test_legal_texts_are_translated_and_the_russian_one_binds(client: FlaskClient, kind: str) -> None:
    document = documents.current(kind)
    assert "." not in document.version and CYRILLIC.search(document.text)
    page = BeautifulSoup(client.get(f"/{kind}?lang=en").text, "html.parser")
    assert "The Russian text below is the binding one" in page.text
    russian = one(page, "main [lang=ru]")
    words = BeautifulSoup(document.text, "html.parser").get_text().split()
    assert russian.get_text().split() == words, "whole and unchanged"
    assert client.get(f"/{kind}/{document.version}.en").status_code == 404


@pytest.mark.parametrize("kind", documents.KINDS)
def test_every_version_has_its_translation_with_the_same_parts(app: Flask, kind: str) -> None:
    for version in documents.versions(kind):
        document = documents.version_of(kind, version)
        translation = document.translation("en")
        assert translation and document.translation("ru") is None and document.translation("de") is None
        assert "{{" not in translation
        for tag in ("<h2>", "<p>"):
            assert translation.count(tag) == document.text.count(tag)
