"""The way of a resident as tests walk it: each function goes from the first screen to a later one."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from cabinet.models import AccountLink, User
from cabinet.models.database import db
from tests.visitor import Visitor, last_code

T = TypeVar("T")

TYPED = "8 916 123-45-67"
PHONE = "+79161234567"
PERSON = {
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "birth_date": "01.02.1980",
    "email": "anna@example.org",
}
PASSWORD = "Длинный7пароль"


def to_code(visitor: Visitor, phone: str = TYPED) -> None:
    """Type the phone, consent."""
    visitor.get("/")
    visitor.fill_and_submit(phone=phone, consent="y")
    assert visitor.path == "/code", visitor.text


def to_account(visitor: Visitor, e164: str = PHONE) -> None:
    """… and prove the phone."""
    to_code(visitor, e164)
    visitor.fill_and_submit(code=last_code(e164))
    assert visitor.path == "/register/account", visitor.text


def to_address(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and find the account."""
    to_account(visitor, e164)
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/register/address", visitor.text


def to_profile(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and say that the address is right."""
    to_address(visitor, receipt, e164)
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/profile", visitor.text


def to_password(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and introduce oneself."""
    to_profile(visitor, receipt, e164)
    visitor.fill_and_submit(**PERSON)
    assert visitor.path == "/register/password", visitor.text


def to_home(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and choose a password."""
    to_password(visitor, receipt, e164)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home", visitor.text


def resident(app: Flask, phone: str = PHONE, account: str | None = None) -> User:
    """A resident who registered long ago, with PASSWORD."""
    with db.atomic():
        user = User.create(
            phone=phone,
            last_name="Иванова",
            first_name="Анна",
            email="anna@example.org",
            password_hash=app.extensions["hasher"].hash(PASSWORD),
        )
        if account:
            AccountLink.create(user=user, account=account)
    return user


def token_of(visitor: Visitor) -> str:
    """The session's token that the visitor's browser keeps."""
    cookie = visitor.client.get_cookie("cabinet")
    assert cookie is not None
    return cookie.value


def double(visitor: Visitor, app: Flask, token: str | None = None) -> Visitor:
    """The same browser as it is now, with a cookie jar of its own: whoever clicks a second time."""
    other = Visitor(app, htmx=visitor.htmx, ip=visitor.ip)
    other.client.set_cookie("cabinet", token or token_of(visitor))
    other.url, other.page = visitor.url, visitor.page
    return other


def tab(visitor: Visitor, app: Flask) -> Visitor:
    """A second tab of the same browser: one cookie jar, a page of its own."""
    other = Visitor(app, htmx=visitor.htmx, ip=visitor.ip)
    other.client = visitor.client
    return other


def at_once(work: list[Callable[[], T]]) -> list[T]:
    """Do all of this at the same time, each in a thread; what each returned, in order."""
    results: list[Any] = [None] * len(work)
    ready = threading.Barrier(len(work))

    def run(place: int, what: Callable[[], T]) -> None:
        ready.wait()
        try:
            results[place] = what()
        except BaseException as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
