"""The first page is light: one sheet, no fonts, 24 kB with all that it loads."""

import brotli
from flask.testing import FlaskClient

from bench.page_weight import LIMIT, loaded_by, loaded_by_sheet

FONTS = (".woff2", ".woff", ".ttf", ".otf", ".eot")


def load(client: FlaskClient, path: str) -> tuple[int, bytes]:
    """Bytes as sent to a browser that takes brotli, and what they are."""
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200, path
    packed = answer.headers.get("Content-Encoding") == "br"
    return len(answer.data), brotli.decompress(answer.data) if packed else answer.data


def test_the_first_page_is_light(client: FlaskClient) -> None:
    size, page = load(client, "/")
    weights, paths = {"/": size}, loaded_by(page.decode())
    for path in paths:
        assert path.startswith("/static/"), "nothing comes from elsewhere"
        weights[path], content = load(client, path)
        if path.endswith(".css"):
            assert loaded_by_sheet(content.decode()) == [], "the sheet loads nothing further"
            assert b"@font-face" not in content
    assert len([path for path in paths if path.endswith(".css")]) == 1, paths
    assert not [path for path in paths if path.endswith(FONTS)]
    assert sum(weights.values()) <= LIMIT, weights


def test_what_a_page_loads() -> None:
    page = (
        '<link rel="icon" href="/i.svg"><link rel="stylesheet" href="/a.css"><script src="/a.js"></script>'
        '<img src="/p.png"><img src="/p.png"><a href="/elsewhere">x</a><script>inline</script>'
    )
    assert loaded_by(page) == ["/i.svg", "/a.css", "/a.js", "/p.png"]
    sheet = "@import 'b.css'; a { background: url(data:x) } b { background: url(\"c.svg\") }"
    assert loaded_by_sheet(sheet) == ["b.css", "c.svg"]
