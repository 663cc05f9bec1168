"""Somebody who reads English, and what no page may show them."""

import re

from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from tests.visitor import Visitor

CYRILLIC = re.compile("[А-Яа-яЁё]")
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


class EnglishVisitor(Visitor):
    """A visitor who meets no Russian word, whatever the page."""

    def _take(self, response: TestResponse, whole: bool) -> BeautifulSoup:
        page = super()._take(response, whole)
        if response.mimetype == "text/html":
            assert_english(page, self.path)
        return page


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
