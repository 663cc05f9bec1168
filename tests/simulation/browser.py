"""A quick browser for people of the simulator: it reads of a page what they need, and looks at no more.

`tests/visitor.py` parses pages and checks them, which costs more than all that Cabinet does for them.
"""

import copy
import html
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.visitor import ORIGIN

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(
    r"<(?:(input|button)\b([^>]*)>|(select|textarea)\b([^>]*)>(.*?)</(?:select|textarea)>)", re.DOTALL
)
OPTION = re.compile(r"<option\b([^>]*)>([^<]*)")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
UNSENT = ("submit", "button", "image", "reset", "file")  # unless it is pressed


class Form(NamedTuple):
    """A form on the screen: where it goes, the names of all its fields, what is filled in already."""

    action: str
    names: frozenset[str]
    fields: dict[str, str]


class Screen(NamedTuple):
    """All that a lost answer leaves as it was."""

    url: str
    status: int
    html: str
    cookies: object


class Browser:
    """One browser, with `htmx` or without; `url`, `status` and `html` are of what is on its screen."""

    def __init__(self, app: Flask, htmx: bool, ip: str) -> None:
        self.client = app.test_client()
        self.htmx, self.ip = htmx, ip
        self.url, self.status, self.html = ORIGIN + "/", 0, ""

    @property
    def path(self) -> str:
        """The path in the address bar."""
        return urlsplit(self.url).path

    @property
    def screen(self) -> Screen:
        """What is on the screen, and the cookies."""
        return Screen(self.url, self.status, self.html, copy.copy(self.client._cookies))

    def back_to(self, screen: Screen) -> None:
        """Have the screen and the cookies of before."""
        self.url, self.status, self.html, cookies = screen
        self.client._cookies = copy.copy(cookies)  # type: ignore[assignment]

    def sees(self, words: str) -> bool:
        """Whether these stand on the page; they have no characters that HTML writes otherwise.

        Addresses are set with no-break spaces.
        """
        return words in self.html.replace("\N{NO-BREAK SPACE}", " ")

    def form(self, action: str | None, *names: str) -> Form | None:
        """The form of this action, or else the first, that has fields of all these names."""
        fit = (one for one in forms_of(self.html) if action in (None, one.action))
        return next((one for one in fit if one.names.issuperset(names)), None)

    def get(self, url: str) -> None:
        """Open an address, after all redirects."""
        self._take(self._follow("GET", url, {}, None), whole=True)

    def send(self, form: Form, **values: str) -> None:
        """Send a form as it is filled in, and with these values."""
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        if self.htmx:
            headers |= {"HX-Request": "true", "HX-Current-URL": self.url}
        response = self._follow("POST", form.action, headers, {**form.fields, **values})
        self._take(response, whole=not self.htmx)

    def _follow(
        self, method: str, url: str, headers: dict[str, str], data: dict[str, str] | None
    ) -> TestResponse:
        target = urljoin(self.url, url)
        for _ in range(10):
            environ = {"REMOTE_ADDR": self.ip}
            response = self.client.open(
                target, method=method, environ_base=environ, headers=headers, data=data
            )
            assert response.status_code < 500 or response.status_code == 503, response.status
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            method, target, data = "GET", urljoin(target, response.location), None
        else:
            raise AssertionError(f"endless redirects at {target}")
        if not self.htmx or "HX-Request" not in headers:
            self.url = target
        return response

    def _take(self, response: TestResponse, whole: bool) -> None:
        self.status, self.html = response.status_code, response.get_data(as_text=True)
        assert "no-store" in response.headers["Cache-Control"], "private pages are stored nowhere"
        pushed = response.headers.get("HX-Push-Url", "false")
        if not whole and pushed != "false":
            self.url = urljoin(self.url, pushed)


@lru_cache(maxsize=64)
def forms_of(page: str) -> list[Form]:
    """The forms of a page."""
    return [_form(_attributes(tag), inside) for tag, inside in FORM.findall(page)]


def _form(attributes: dict[str, str], inside: str) -> Form:
    names, fields = set(), {}
    for plain, of_plain, other, of_other, content in FIELD.findall(inside):
        own = _attributes(of_plain or of_other)
        if not (name := own.get("name", "")):
            continue
        names.add(name)
        kind = plain and own.get("type", "submit" if plain == "button" else "text")
        if "disabled" in own or kind in UNSENT:
            continue
        if other == "select":
            fields[name] = _chosen(content)
        elif other == "textarea":
            fields[name] = html.unescape(content).removeprefix("\n")
        elif kind not in ("checkbox", "radio") or "checked" in own:
            fields[name] = own.get("value", "on" if kind in ("checkbox", "radio") else "")
    return Form(attributes.get("action", ""), frozenset(names), fields)


def _chosen(options: str) -> str:
    every = [(_attributes(tag), words) for tag, words in OPTION.findall(options)]
    own, words = next((one for one in every if "selected" in one[0]), every[0] if every else ({}, ""))
    return own.get("value", html.unescape(words))


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(tag)}
