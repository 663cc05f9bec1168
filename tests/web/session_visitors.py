"""Visitors in a frame that gets no cookie, and in a tab that takes the frame's session over."""

import datetime as dt
from typing import Any

from flask import Flask

from tests.cast import PASSWORD, TYPED
from tests.visitor import Visitor

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
OVER = "слишком много времени"


def log_in(visitor: Visitor) -> None:
    """The resident of the cast, from the first screen to the cabinet."""
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home"


class Frame(Visitor):
    """A visitor whose browser gives the frame no cookie: the script keeps the token."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, htmx=True, cookies=False)
        self.token = self.client.get("/session").get_json()["token"]

    def _send(self, method: str, url: str, **kwargs: Any) -> Any:
        kwargs["headers"] = {**kwargs.get("headers", {}), "X-Cabinet-Session": self.token}
        answer = super()._send(method, url, **kwargs)
        self.token = answer.headers.get("X-Cabinet-Session", self.token)
        return answer

    def hand_over(self) -> str:
        """The code for a new tab."""
        answer = self.client.post("/session/hand-over", headers={"X-Cabinet-Session": self.token})
        return str(answer.get_json()["code"])


def take_over(tab: Visitor, code: str) -> None:
    """A new tab, just opened by the frame, takes its session over."""
    tab.get("/")
    tab.post("/session/take-over", {"csrf_token": tab.value("csrf_token"), "code": code})
    assert tab.status == 204
