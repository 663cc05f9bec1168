"""The visitor notices what is wrong with a page."""

import pytest
from werkzeug.wrappers import Response

from tests.markup import Sheet
from tests.page_check import check_page, skeleton

GOOD = """<!doctype html><html lang="ru"><title>Вход</title><script src="/a.js"></script><h1>Вход</h1>
<form method="post" action="/"><input type="hidden" name="csrf_token" value="x">
<label for="phone">Телефон</label><input id="phone" name="phone" aria-describedby="hint">
<p id="hint">Мобильный</p><button>Далее</button></form></html>"""
POLICY = "default-src 'none'; frame-ancestors 'self'"

FAULTS = [
    ('lang="ru"', ""),
    ("<title>Вход</title>", ""),
    ("<title>Вход</title>", "<title></title>"),
    ("<h1>Вход</h1>", "<h1>Вход</h1><h1>Ещё</h1>"),
    ('id="hint"', 'id="phone"'),
    ('id="hint"', 'id="other"'),
    ('for="phone"', ""),
    ('for="phone"', 'for="nobody"'),
    ('action="/"', ""),
    ('name="csrf_token"', 'name="other"'),
    ("<button>", '<button onclick="x()">'),
    ("<button>", '<button style="color: red">'),
    ("<h1>", "<style>a {}</style><h1>"),
    ("<h1>", "<script>x()</script><h1>"),
]


def _check(html: str, policy: str = POLICY, caching: str = "no-store") -> None:
    headers = {"Content-Security-Policy": policy, "Cache-Control": caching}
    answer = Response(html, mimetype="text/html", headers=headers)
    check_page(Sheet(html), answer)


def test_a_good_page_passes() -> None:
    _check(GOOD)


def test_a_page_with_other_words_is_not_looked_at_again() -> None:
    other = GOOD.replace("Мобильный", "Городской").replace('value="x"', 'value="y"')
    other = other.replace('action="/"', 'action="/b"').replace('src="/a.js"', 'src="/b.js"')
    assert other != GOOD and skeleton(other) == skeleton(GOOD)


@pytest.mark.parametrize(("part", "instead"), FAULTS)
def test_a_page_with_a_fault_is_looked_at(part: str, instead: str) -> None:
    assert skeleton(GOOD.replace(part, instead)) != skeleton(GOOD)


@pytest.mark.parametrize(("part", "instead"), FAULTS)
def test_a_fault_is_noticed(part: str, instead: str) -> None:
    assert part in GOOD
    with pytest.raises(AssertionError):
        _check(GOOD.replace(part, instead))


@pytest.mark.parametrize(
    ("policy", "caching"),
    [
        ("script-src 'unsafe-inline'; frame-ancestors *", "no-store"),
        ("default-src *", "no-store"),
        (POLICY, "private"),
    ],
)
def test_headers_are_checked(policy: str, caching: str) -> None:
    with pytest.raises(AssertionError):
        _check(GOOD, policy, caching)
