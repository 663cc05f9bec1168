"""A visitor: fetches pages as a browser does, fills in their forms, and checks every page it sees."""

from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from cabinet.delivery import message_texts
from cabinet.models import Message, OneTimeCode
from tests.markup import Sheet, attribute, one
from tests.page_check import check_page

ORIGIN = "http://localhost"


def inbox(channel: str = "sms") -> list[str]:
    """The texts of the messages enqueued so far in a channel, oldest first, as the worker would send them."""
    rows = Message.select().where(Message.channel == channel).order_by(Message.created_at)
    return [message_texts.sms(row) if channel == "sms" else message_texts.mail(row).text for row in rows]


def last_code(phone: str) -> str:
    """The six digits of the newest code sent to an E.164 phone."""
    newest = OneTimeCode.select().where(OneTimeCode.phone == phone).order_by(OneTimeCode.created_at.desc())
    return str(newest.first().digits)


class Visitor:
    """One browser: with `htmx` it sends forms as htmx does, without `cookies` its frame gets none.

    `url`, `status` and `page` are of what is on the screen now.
    """

    def __init__(self, app: Flask, htmx: bool = False, cookies: bool = True, ip: str = "192.0.2.1") -> None:
        self.client = app.test_client(use_cookies=cookies)
        self.htmx = htmx
        self.ip = ip
        self.url = ORIGIN + "/"
        self.status = 0
        self._sheet = Sheet("")
        self._unseen = False
        self.response: TestResponse  # once there is one

    def get(self, url: str) -> BeautifulSoup:
        """Open an address as if typed in: a whole page, after all redirects."""
        return self._take(self._send("GET", url), whole=True)

    def stand_at(self, path: str) -> None:
        """Have a page on the screen that is fetched when a test first looks at it."""
        self.url, self._unseen = urljoin(self.url, path), True

    def reload(self) -> BeautifulSoup:
        """Reload the page."""
        return self.get(self.url)

    def follow(self, text: str) -> BeautifulSoup:
        """Click the link with this text."""
        link = next((a for a in self.page.find_all("a", href=True) if text in _words(a)), None)
        assert link is not None, f"no link «{text}» on {self.path}"
        return self.get(attribute(link, "href"))

    def fill_and_submit(self, form: str | None = None, **values: Any) -> BeautifulSoup:
        """Fill in the form and send it; its hidden and prefilled fields go along, a list repeats a field.

        The form is the CSS selector `form`, else the first that has all the fields. A value for the name of
        a button presses that button; None leaves a field out.
        """
        element = self.form(form, *values)
        fields = {**_prefilled(element), **values}
        data = {name: value for name, value in fields.items() if value is not None}
        return self.post(attribute(element, "action"), data)

    def press(self, button: str, **values: Any) -> BeautifulSoup:
        """Press the first button that the CSS selector finds, with its form filled in."""
        found = self.one(button)
        form = found.find_parent("form")
        assert form is not None
        data = {**_prefilled(form), **values}
        if found.get("name"):
            data[attribute(found, "name")] = found.get("value", "")
        return self.post(str(found.get("formaction") or attribute(form, "action")), data)

    def post(self, url: str, data: dict[str, Any] | str, **headers: str) -> BeautifulSoup:
        """Send form data, by fields or as a body, from the page on the screen."""
        extra = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        if self.htmx:
            extra |= {"HX-Request": "true", "HX-Current-URL": self.url}
        extra |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._take(self._send("POST", url, data=data, headers=extra), whole=not self.htmx)

    def form(self, selector: str | None, *names: str) -> Tag:
        """A form of the page by selector or by the fields that it must have."""
        for form in self.page.select(selector or "form"):
            if all(form.find(True, attrs={"name": name}) for name in names):
                return form
        raise AssertionError(f"no form with {names} on {self.path}: «{self.text[:300]}»")

    def one(self, selector: str) -> Tag:
        """The first element of the page that a CSS selector finds; there must be one."""
        return one(self.page, selector)

    @property
    def csrf_token(self) -> str:
        """The token that the page's forms carry."""
        return attribute(self.one("[name=csrf_token]"), "value")

    def value(self, name: str) -> str:
        """What stands in the field now."""
        return str(_prefilled(self.form(None, name)).get(name, ""))

    def error(self, name: str) -> str:
        """The error shown with a field; empty if it has none."""
        field = self.form(None, name).find(True, attrs={"name": name})
        group = field.find_parent(attrs={"aria-invalid": "true"}) if field else None
        field = field if field and field.get("aria-invalid") == "true" else group
        if field is None:
            return ""
        ids = f"{field.get('aria-describedby', '')} {field.get('aria-errormessage', '')}".split()
        shown = [one(self.page, f"[id='{name}']") for name in dict.fromkeys(ids) if name.endswith("-error")]
        return " ".join(_words(element) for element in shown)

    def see_screen_of(self, other: "Visitor") -> None:
        """Have before oneself the page that another has, as it was when they got it."""
        self._sheet, self.url = other._sheet, other.url

    @property
    def page(self) -> BeautifulSoup:
        """What is on the screen; parsed when a test first looks at it."""
        if self._unseen:
            self.get(self.url)
        return self._sheet.page

    @property
    def path(self) -> str:
        """The path in the address bar."""
        return urlsplit(self.url).path

    @property
    def title(self) -> str:
        """The heading."""
        return _words(self.one("h1"))

    @property
    def text(self) -> str:
        """All that can be read."""
        return _words(self.page)

    def _send(self, method: str, url: str, **kwargs: Any) -> TestResponse:
        """Send, and follow redirects as fetch does; the address follows plain ones."""
        target = urljoin(self.url, url)
        for _ in range(10):
            response = self.client.open(
                target, method=method, environ_base={"REMOTE_ADDR": self.ip}, **kwargs
            )
            assert response.status_code < 500 or response.status_code == 503, response.status
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            assert method == "GET" or response.status_code == 303, "a form leads on by 303"
            method, target = "GET", urljoin(target, response.location)
            assert target.startswith(ORIGIN + "/"), target
            kwargs.pop("data", None)
        else:
            raise AssertionError(f"endless redirects at {target}")
        if "HX-Request" not in kwargs.get("headers", {}):
            self.url = target
        return response

    def _take(self, response: TestResponse, whole: bool) -> BeautifulSoup:
        self.response, self.status, self._unseen = response, response.status_code, False
        if self.status == 429:
            assert int(response.headers["Retry-After"]) > 0, "whoever must wait is told how long"
        pushed = response.headers.get("HX-Push-Url", "false")
        if not whole and pushed != "false":
            self.url = urljoin(self.url, pushed)
        self._sheet = Sheet(response.get_data(as_text=True))
        if response.mimetype == "text/html" and response.status_code != 204:
            check_page(self._sheet, response, whole)
        return cast(BeautifulSoup, self._sheet)


def _words(element: Tag) -> str:
    """What an element says, with plain spaces."""
    return element.get_text(" ", strip=True).replace("\xa0", " ")


def _prefilled(form: Tag) -> dict[str, Any]:
    """What the browser would send if nobody touched the form."""
    data: dict[str, Any] = {}
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = str(field.get("name", "")), field.get("type", "text")
        if not name or field.has_attr("disabled") or kind in ("submit", "button", "image", "reset", "file"):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            data[name] = chosen.get("value", chosen.get_text()) if chosen else ""
        elif field.name == "textarea":
            data[name] = field.get_text()
        elif kind not in ("checkbox", "radio") or field.has_attr("checked"):
            data[name] = field.get("value", "on" if kind in ("checkbox", "radio") else "")
    return data


def token_of(visitor: Visitor) -> str:
    """The session's token that the visitor's browser keeps."""
    cookie = visitor.client.get_cookie("cabinet")
    assert cookie is not None
    return cookie.value


def double(visitor: Visitor, app: Flask, token: str | None = None) -> Visitor:
    """The same browser as it is now, with a cookie jar of its own: whoever clicks a second time."""
    other = Visitor(app, htmx=visitor.htmx, ip=visitor.ip)
    other.client.set_cookie("cabinet", token or token_of(visitor))
    other.url, other._sheet = visitor.url, visitor._sheet
    return other


def tab(visitor: Visitor, app: Flask) -> Visitor:
    """A second tab of the same browser: one cookie jar, a page of its own."""
    other = Visitor(app, htmx=visitor.htmx, ip=visitor.ip)
    other.client = visitor.client
    return other
