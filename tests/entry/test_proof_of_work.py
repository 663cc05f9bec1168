"""The phone step where a client network has used up its codes."""

import json

import pytest
from flask import Flask

from cabinet.models import Message, proof
from config import ROOT
from tests.models.test_proof import solved
from tests.visitor import Visitor

FULL = pytest.mark.settings(sms_per_ip_hour=1, support_phone="")


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Challenges that a test solves at once."""
    monkeypatch.setattr(proof, "EASIEST", 50)


@pytest.fixture
def refused(app: Flask, visitor: Visitor) -> Visitor:
    """A newcomer behind an address from which another one came just before."""
    first = Visitor(app)
    for one, phone in ((first, "+7 916 000-00-01"), (visitor, "+7 916 000-00-02")):
        one.get("/")
        one.fill_and_submit(phone=phone, consent="y")
    return visitor


@FULL
def test_without_scripts_the_limit_stays(refused: Visitor) -> None:
    assert refused.status == 429 and "Новый код можно запросить через" in refused.text
    refused.fill_and_submit()
    assert refused.status == 429 and Message.select().count() == 1


@FULL
def test_with_the_proof_the_code_is_sent(refused: Visitor) -> None:
    [asked] = refused.page.select("form [data-proof]")
    assert "proof" in str(asked["data-solver"])
    refused.fill_and_submit(altcha=solved(json.loads(str(asked["data-proof"]))))
    assert refused.path == "/code" and Message.select().count() == 2


@FULL
def test_a_further_code_asks_again(refused: Visitor, app: Flask) -> None:
    asked = json.loads(str(refused.page.select("[data-proof]")[0]["data-proof"]))
    answer = solved(asked)
    refused.fill_and_submit(altcha=answer)
    third = Visitor(app)
    third.get("/")
    third.fill_and_submit(phone="+7 916 000-00-03", consent="y")
    third.fill_and_submit(altcha=answer)
    assert third.status == 429 and Message.select().count() == 2, "another's proof is worth nothing"


@FULL
@pytest.mark.settings(code_resend_waits=(), sms_per_ip_hour=1)
def test_another_code_may_be_had_by_a_proof(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone="+7 916 000-00-01", consent="y")
    visitor.fill_and_submit("#resend")
    assert visitor.status == 429
    [asked] = visitor.page.select("#resend [data-proof]")
    visitor.fill_and_submit("#resend", altcha=solved(json.loads(str(asked["data-proof"]))))
    assert visitor.path == "/code" and Message.select().count() == 2


def test_nobody_else_is_asked(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone="+7 916 000-00-01", consent="y")
    assert visitor.path == "/code" and "data-proof" not in visitor.page.decode()


def test_the_solver_is_small(app: Flask) -> None:
    source = (ROOT / "cabinet" / "static" / "proof.js").read_text()
    assert len(source.encode()) <= 2048
