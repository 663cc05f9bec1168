"""What stands around a step is made once, and a page is the same as if it were made whole."""

from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask import render_template as render

from cabinet.web import flow, shell
from tests.cast import LESNAYA, bill, resident
from tests.placing import signed_in
from tests.visitor import Visitor

PATHS = (
    "/home",
    f"/home/accounts/{LESNAYA}/unlink",
    "/home/profile",
    "/help",
    "/privacy",
    "/requests",
    "/nothing",
)
LOOKS = [*product(("", "?lang=en", "?theme=dark&accent=ff0000"), ({}, {"Sec-Fetch-Dest": "iframe"}))]


def test_a_page_is_what_it_would_be_if_it_were_made_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: list[str] = []

    def rendering(template: str, **context: Any) -> str:
        whole.append(shell.tidy(render(template, **{**context, "layout": "base.html"})))
        return render(template, **context)

    bill(LESNAYA)
    resident(accounts=[LESNAYA])
    monkeypatch.setattr(flow, "render_template", rendering)
    for query, headers in LOOKS:
        visitor = Visitor(app)
        signed_in(visitor)
        for path in PATHS * 2:
            page = visitor.client.get(path + query, headers=headers).text
            assert page == whole[-1], (path, query, headers)
            assert shell.PATH not in page


def test_made_up_looks_do_not_fill_the_memory(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "MOST_KEPT", 3)
    for number in range(10):
        app.test_client().get(f"/help?accent={number:06x}")
    assert len(app.extensions["shells"]) <= 3
