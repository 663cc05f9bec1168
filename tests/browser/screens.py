"""What people do on the screens of the cabinet, and wait to see there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tests.browser.expect import expect
from tests.browser.people import OWN, PASSWORD
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page


Screen: TypeAlias = "FrameLocator | Page"  # the cabinet in a frame, or by itself


@dataclass(frozen=True)
class Embedded:
    """The embedding page, and the cabinet in its frame."""

    page: Page
    frame: FrameLocator


def go(embedded: Embedded, how: str) -> None:
    """Move in the frame's history, as the browser's own buttons do."""
    embedded.page.evaluate(how)


def press_unless_sent(frame: Screen, button: str, arrived: Locator) -> None:
    """With scripts the full code sends itself; without them the button does."""
    if frame.locator("html.framed").count() == 0:
        frame.get_by_role("button", name=button).click()
    expect(arrived).to_be_visible()


HOME, FIRST = "Здравствуйте, Анна!", "Номер телефона"


def press(frame: Screen, name: str) -> None:
    """The button, by its words."""
    frame.get_by_role("button", name=name, exact=True).click()


@contextmanager
def answered(frame: Screen) -> Iterator[None]:
    """What is done inside sends a form; waits until its answer stands, though it looks as before."""
    frame.locator("#step").evaluate("step => { step.dataset.left = '' }")
    yield
    expect(frame.locator("#step:not([data-left])")).to_be_visible()


def follow(frame: Screen, name: str) -> None:
    """The link, by its words."""
    frame.get_by_role("link", name=name).click()


def heading(frame: Screen, text: str) -> None:
    """Wait for the page of this heading."""
    expect(frame.get_by_role("heading", level=1)).to_have_text(text)


def to_password(frame: Screen, phone: str) -> None:
    """From the first screen to the password window."""
    frame.get_by_label(FIRST).fill(phone)
    press(frame, "Далее")
    heading(frame, "Введите пароль")


def give_password(frame: Screen, password: str) -> None:
    """Type a password in its window."""
    frame.locator("#password").fill(password)
    press(frame, "Войти в личный кабинет")


def sign_in(frame: Screen, phone: str, password: str = PASSWORD) -> None:
    """Into the cabinet."""
    to_password(frame, phone)
    give_password(frame, password)
    heading(frame, HOME)


def title(frame: Screen) -> str:
    """The title of the frame's page."""
    return str(frame.locator("html").evaluate("() => document.title"))


def refused(frame: Screen, field: str, words: str, javascript: bool) -> None:
    """The field says what is wrong, so does the title; the focus is on the field."""
    expect(frame.locator(f"{field}-error")).to_contain_text(words)
    assert title(frame).startswith("Ошибка: ")
    if javascript:
        expect(frame.locator(field)).to_be_focused()


def first_screen(frame: Screen) -> None:
    """Wait for the first screen, and see nothing of the cabinet."""
    expect(frame.get_by_label(FIRST)).to_be_visible()
    expect(frame.get_by_text("Анна")).to_have_count(0)
    expect(frame.get_by_text(OWN[1])).to_have_count(0)


def back(embedded: Embedded) -> None:
    """One step back in the history; waits until its page is there, whether loaded whole or by htmx."""
    html = embedded.frame.locator("html")
    html.evaluate(
        "() => { window.isLeft = false;"
        " addEventListener('popstate', () => {"
        " document.addEventListener('htmx:after:swap', () => { isLeft = true }) }) }"
    )
    go(embedded, "history.back()")
    until(lambda: html.evaluate("() => window.isLeft !== false"), "the page stays", page=embedded.page)


def verify_phone(frame: Screen, phone: str, sms_code: Callable[[str], str]) -> None:
    """From the first screen to the question for the account."""
    frame.get_by_label(FIRST).fill(phone)
    frame.get_by_role("checkbox").check()
    frame.get_by_role("button", name="Далее").click()
    frame.get_by_label("Код из СМС").fill(sms_code(phone))
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_label("Номер лицевого счёта"))
