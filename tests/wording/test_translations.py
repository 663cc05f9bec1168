"""Two languages: catalogues complete and in step with the code, English pages without a Russian word."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from babel.support import Translations
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cabinet.models import EmailLink, User
from cabinet.web import templating
from cabinet.wording import catalogues, documents
from tests.markup import one
from tests.visitor import Visitor, last_code

CYRILLIC = re.compile("[А-Яа-яЁё]")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]")
TEMPLATES = catalogues.PACKAGE / "templates"
IN_RUSSIAN_ONLY = ("demo/", "documents/")  # the company's own page and what is legally binding
NOT_CODE = re.compile(r"{%-?\s*trans\b.*?endtrans\s*-?%}|{%.*?%}|{{.*?}}|{#.*?#}", re.S)
ANNA = {
    "last_name": "Ivanova",
    "first_name": "Anna",
    "middle_name": "",
    "birth_date": "01.02.1980",
    "email": "anna@example.org",
}
PHONE, PASSWORD = "+79161234567", "Long7enough-words"
DATA = ("Домопульт", "г. Москва, ул. Лесная, д. 5, кв. 12", "Русский")  # data, or a name of its own
SHOWN = ("title", "aria-label", "alt", "placeholder", "content", "data-shown", "data-hidden", "data-met")


def test_catalogues_are_in_step_with_the_code() -> None:
    for locale in catalogues.LOCALES:
        wanted = {message.id for message in catalogues.wanted(locale)}
        assert {message.id for message in catalogues.read(locale)} == wanted, "run: make messages"


def test_english_is_english_and_keeps_the_placeholders() -> None:
    for message in catalogues.read("en"):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.id or all(texts), f"{message.id} is not translated"
        for text in texts if message.id else ():
            assert not CYRILLIC.search(str(text)), text
            assert set(PLACEHOLDER.findall(str(text))) == set(PLACEHOLDER.findall(str(ids[-1]))), text


def test_russian_has_three_forms_of_every_plural() -> None:
    plurals = [message for message in catalogues.read("ru") if message.id]
    assert plurals
    for message in plurals:
        texts = message.string
        assert message.pluralizable and isinstance(texts, tuple), message.id
        assert len(texts) == 3 and all(texts), message.id
        assert texts[0] == message.id[0] and texts[2] == message.id[1], message.id


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", {1: "через 1 минуту", 2: "через 2 минуты", 5: "через 5 минут", 11: "через 11 минут"}),
        ("ru", {21: "через 21 минуту", 22: "через 22 минуты", 112: "через 112 минут"}),
        ("en", {1: "in 1 minute", 2: "in 2 minutes", 21: "in 21 minutes"}),
    ],
)
def test_plurals_agree_with_their_number(language: str, words: dict[int, str]) -> None:
    translations = Translations.load(catalogues.FOLDER, [language])
    for number, text in words.items():
        form = translations.ungettext("через %(num)d минуту", "через %(num)d минут", number)
        assert form % {"num": number} == text


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.*")), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_templates_have_no_words_outside_gettext(path: Path) -> None:
    if not str(path.relative_to(TEMPLATES)).startswith(IN_RUSSIAN_ONLY):
        assert not CYRILLIC.search(NOT_CODE.sub("", path.read_text(encoding="utf-8")))


class EnglishVisitor(Visitor):
    """A visitor who meets no Russian word, whatever the page."""

    def _take(self, response: TestResponse, whole: bool) -> None:
        super()._take(response, whole)
        if response.mimetype == "text/html":
            assert_english(self.page, self.path)


def assert_english(page: BeautifulSoup, where: str) -> None:
    """No Russian word but data, and texts that say they are Russian."""
    page = BeautifulSoup(str(page), "html.parser")
    assert page.html is None or page.html["lang"] == "en", f"{where} is in {page.html['lang']}"
    for element in page.find_all(lang="ru"):
        element.decompose()
    texts = [page.get_text(" ", strip=True)]
    texts += [str(value) for e in page.find_all(True) for name, value in e.attrs.items() if name in SHOWN]
    for text in texts:
        text = " ".join(text.replace("\u00a0", " ").split())
        for known in DATA:
            text = text.replace(known, "")
        found = re.search(r"[^.:;]*[А-Яа-яЁё][^.:;]*", text)
        assert not found, f"{where}: «{found[0].strip()}»"


@pytest.fixture(params=["plain", "htmx"])
def guest(request: pytest.FixtureRequest, app: Flask) -> EnglishVisitor:
    """A visitor whose browser speaks English."""
    guest = EnglishVisitor(app, htmx=request.param == "htmx")
    guest.get("/?lang=en")
    return guest


@pytest.fixture
def resident(guest: EnglishVisitor, receipt: dict[str, str]) -> Iterator[EnglishVisitor]:
    """The same after the registration, with every mistake made on the way."""
    guest.fill_and_submit(phone="", consent=None)
    guest.fill_and_submit(phone="12", consent="y")
    guest.fill_and_submit(phone="+7 495 123-45-67", consent="y")
    guest.fill_and_submit(phone=PHONE, consent=None)
    guest.fill_and_submit(phone=PHONE, consent="y")
    code = last_code(PHONE)
    for wrong in ("", "12", f"{(int(code) + 1) % 1_000_000:06d}"):
        guest.fill_and_submit(code=wrong)
    guest.fill_and_submit("form.resend")
    guest.fill_and_submit(code=code)
    guest.fill_and_submit(**{**receipt, "account": "", "amount": "x"})
    guest.fill_and_submit(**{**receipt, "amount": "1,00"})
    guest.fill_and_submit(**receipt)
    assert "We found it by account number 1234567890" in guest.text and "Bill for October 2026" in guest.text
    guest.fill_and_submit(answer="yes")
    guest.fill_and_submit(**{**ANNA, "first_name": "", "email": "x", "birth_date": "31.02.1960"})
    guest.fill_and_submit(**ANNA)
    guest.fill_and_submit(password="x")
    guest.fill_and_submit(password="Ivanova1980")
    guest.fill_and_submit(password=PASSWORD)
    assert guest.path == "/home"
    yield guest


def test_months_numbers_and_the_letters_language_follow(resident: EnglishVisitor) -> None:
    assert "for October" in resident.text and "₽4,218.67" in resident.text
    assert User.get().locale == "en"


def test_every_page_of_a_resident(resident: EnglishVisitor, app: Flask) -> None:
    for address in addresses(app):
        resident.get(address)
    resident.get("/home/accounts/1234567890/unlink")
    link = EmailLink.get()
    for address in (f"/email/{link.token}", "/email/none", "/none", "/privacy/1"):
        resident.get(address)
    resident.get("/home/profile/data")


def test_every_page_of_a_guest(guest: EnglishVisitor, app: Flask) -> None:
    for address in addresses(app):
        guest.get(address)


def addresses(app: Flask) -> list[str]:
    """All that can be opened without knowing more; not what pages fetch for themselves."""
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    return [rule.rule for rule in rules if rule.endpoint != "entry.delivery"]


def test_changes_and_their_mistakes(resident: EnglishVisitor, receipt: dict[str, str]) -> None:
    resident.get("/home/accounts/new")
    resident.fill_and_submit(**receipt)
    resident.fill_and_submit(**{**receipt, "amount": "2,00", "account": "77"})
    resident.get("/home/profile/name")
    resident.fill_and_submit(last_name="7", first_name="", middle_name="")
    resident.fill_and_submit(last_name="Ivanova", first_name="Anna", middle_name="")
    resident.get("/home/profile/email")
    resident.fill_and_submit(email="other@example.org", current_password="")
    resident.fill_and_submit(email="other@example.org", current_password="wrong")
    resident.fill_and_submit(email="other@example.org", current_password=PASSWORD)
    resident.get("/home/profile/phone")
    resident.fill_and_submit(phone=PHONE, current_password=PASSWORD)
    resident.get("/home/profile/password")
    resident.fill_and_submit(current_password="wrong", password="Another7enough-words")
    resident.get("/home/profile/delete")
    resident.fill_and_submit(current_password=PASSWORD)
    assert "Your account will be deleted on" in resident.text


def test_login_lock_out_and_recovery(resident: EnglishVisitor) -> None:
    resident.get("/home")
    resident.fill_and_submit("form[action='/logout']")
    resident.get("/")
    resident.fill_and_submit(phone=PHONE)
    for _ in range(7):
        resident.fill_and_submit("form[action='/login/password']", password="wrong7password")
    assert "Too many sign-in attempts. Try again in 1 minute." in resident.text
    resident.fill_and_submit("form[action='/login/forgot']")
    assert "Too many SMS were sent. You can get the next one in" in resident.text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        resident.fill_and_submit("form[action='/login/forgot']")
        resident.fill_and_submit(code=last_code(PHONE))
        resident.fill_and_submit(password="New7enough-words")
    assert "Sign in with the new one" in resident.text


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


def test_letters_follow_the_language_chosen(resident: EnglishVisitor) -> None:
    resident.client.get("/home?lang=ru")
    assert User.get().locale == "ru"
    with pytest.raises(AssertionError):
        resident.get("/home")
    resident.get("/home?lang=en")
    assert User.get().locale == "en"


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
