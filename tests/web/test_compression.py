"""The page for all is compressed; what holds something of the visitor's is not."""

import brotli
import pytest
from flask.testing import FlaskClient

from tests.visitor import Visitor

BROTLI = {"Accept-Encoding": "gzip, deflate, br"}


def test_the_first_page_is_sent_small(client: FlaskClient) -> None:
    for _ in range(2):  # when it is made, and as it was kept
        answer = client.get("/", headers=BROTLI)
        assert answer.headers["Content-Encoding"] == "br" and "Accept-Encoding" in answer.vary
        assert int(answer.headers["Content-Length"]) == len(answer.data) < 2000
        assert "Вход или регистрация" in brotli.decompress(answer.data).decode()


@pytest.mark.parametrize("accepted", ["", "gzip", "br;q=0, gzip"])
def test_others_get_it_as_it_is(client: FlaskClient, accepted: str) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers and "Вход или регистрация" in answer.text
    assert "Accept-Encoding" in answer.vary


def test_what_anybody_may_choose_is_not_compressed_beside_a_secret(client: FlaskClient) -> None:
    answer = client.get("/?accent=aa0011", headers=BROTLI, follow_redirects=True)
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/code"])
def test_what_was_typed_is_not_compressed_beside_a_secret(visitor: Visitor, path: str) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone="+7 916 123-45-67", consent="y")
    answer = visitor.client.get(path, headers=BROTLI)
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers
