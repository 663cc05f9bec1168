"""Whatever is said by a passkey is refused, but a fresh answer of this very key to this very browser."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from cabinet.models import AccountEvent, Attempt, Passkey
from cabinet.models.base import now
from cabinet.models.database import db
from tests.authenticator import MAY_BE_BACKED_UP, PRESENT, VERIFIED, Authenticator, to_text
from tests.login.passkeys import REFUSED, answer, is_in, kinds, question, stop_counting
from tests.placing import signed_in
from tests.visitor import Visitor, double

LIES: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": "http://localhost:81"},
    {"host": "evil.example"},
    {"flags": PRESENT | MAY_BE_BACKED_UP},
    {"flags": VERIFIED | MAY_BE_BACKED_UP},
    {"more": {"crossOrigin": True, "topOrigin": "https://evil.example"}},
    {"more": {"type": "webauthn.create"}},
    {"id": b"another key's id"},
    {"sign_count": 0},
]


@pytest.mark.settings(login_ip_minute=1000)
def test_lies_are_refused(app: Flask, key: Authenticator) -> None:
    for lie in LIES:
        visitor, liar = Visitor(app), replace(key, **lie)
        answer(visitor, liar.sign(question(visitor)))
        assert visitor.path == "/" and REFUSED in visitor.text and not is_in(visitor), lie
    assert Attempt.select().where(Attempt.kind == "passkey-ip").count() == len(LIES) - 1, (
        "what we did ask for"
    )


@pytest.mark.settings(frame_ancestors=("https://*.company.example", "http://localhost:*"))
def test_in_a_frame_of_a_site_that_may_embed_it(app: Flask, key: Authenticator) -> None:
    for top, expected in (
        ("https://www.company.example", True),
        ("http://localhost:8080", True),
        ("http://www.company.example", False),
        ("https://www.company.example.evil.example", False),
        ("https://company.example:444", False),
    ):
        visitor = Visitor(app)
        key.more = {"crossOrigin": True, "topOrigin": top}
        answer(visitor, key.sign(question(visitor)))
        assert (visitor.path == "/home") is expected, top


def test_a_foreign_signature_is_refused_and_on_record(guest: Visitor, key: Authenticator) -> None:
    answer(guest, Authenticator(id=key.id, user=key.user, sign_count=9).sign(question(guest)))
    assert REFUSED in guest.text and kinds()[-1] == "passkey-refused"
    assert Passkey.get().sign_count == 1, "nothing is learnt from a lie"


def test_a_copy_that_lags_behind_is_refused(app: Flask, key: Authenticator) -> None:
    copy = Authenticator(id=key.id, user=key.user, key=key.key, sign_count=key.sign_count)
    first, second = Visitor(app), Visitor(app)
    answer(first, key.sign(question(first)))
    answer(second, copy.sign(question(second)))
    assert first.path == "/home" and REFUSED in second.text and kinds()[-1] == "passkey-refused"


def test_an_answer_counts_once(app: Flask, guest: Visitor, key: Authenticator) -> None:
    stop_counting(key)
    text = key.sign(question(guest))
    again = double(guest, app)
    answer(guest, text)
    assert guest.path == "/home"
    answer(again, text)
    assert REFUSED in again.text and not is_in(again)


def test_of_an_answer_sent_at_once_from_everywhere_one_counts(
    app: Flask, guest: Visitor, key: Authenticator
) -> None:
    stop_counting(key)
    text = key.sign(question(guest))
    senders = [double(guest, app) for _ in range(4)]
    db.close()

    def send(one: Visitor) -> None:
        answer(one, text)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, senders))
    db.connect(reuse_if_open=True)
    assert kinds().count("signed-in") + kinds().count("signed-in-new") == 2, "the first is of the registering"


def test_an_answer_to_another_browser_is_none(app: Flask, guest: Visitor, key: Authenticator) -> None:
    asked = question(Visitor(app))
    guest.get("/")
    answer(guest, key.sign(asked))
    assert REFUSED in guest.text


def test_a_question_of_another_purpose_is_none(app: Flask, guest: Visitor, key: Authenticator) -> None:
    signed_in(guest)
    asked = guest.client.get("/home/profile/passkeys/options").get_json()
    answer(guest, key.sign(asked))
    assert not [
        event for event in AccountEvent.select() if event.detail.get("passkey") and "signed" in event.kind
    ]


def test_a_question_does_not_stay_good(guest: Visitor, key: Authenticator) -> None:
    asked = question(guest)
    with time_machine.travel(now() + timedelta(seconds=3601), tick=False):
        answer(guest, key.sign(asked))
        assert REFUSED in guest.text


JUNK = (
    "",
    "x",
    "null",
    "[]",
    "{}",
    "1" * 5000,
    "[" * 9000,
    '{"id": 1, "response": {}}',
    "\0",
    "а",
    "x" * 30_000,
)
UNWRITABLE = ("\ud800", "a\0b")  # no database takes the first, PostgreSQL not the second
PARTS = ("clientDataJSON", "authenticatorData", "signature")
BENT: tuple[object, ...] = (None, "", "!", 5, [], to_text(b"\xff" * 40), "A" * 9999)


def test_junk_is_refused_and_costs_nothing(guest: Visitor, key: Authenticator) -> None:
    before = Attempt.select().count()
    for junk in JUNK:
        guest.get("/")
        answer(guest, junk)
        assert guest.path == "/" and REFUSED in guest.text and Attempt.select().count() == before


@pytest.mark.settings(login_ip_minute=1000)
def test_bent_parts_are_refused(guest: Visitor, key: Authenticator) -> None:
    asked = question(guest)
    for part in PARTS:
        for bent in BENT:
            said = json.loads(key.sign(asked))
            said["response"][part] = bent
            answer(guest, json.dumps(said))
            assert guest.path == "/" and REFUSED in guest.text, (part, bent)
            asked = question(guest)


def test_ids_that_no_database_can_look_up_are_refused(guest: Visitor, key: Authenticator) -> None:
    for bent in UNWRITABLE:
        answer(guest, json.dumps({**json.loads(key.sign(question(guest))), "id": bent}))
        assert guest.path == "/" and REFUSED in guest.text, bent


@pytest.mark.settings(login_ip_minute=3)
def test_wrong_answers_are_limited_by_network(app: Flask, key: Authenticator) -> None:
    for _ in range(3):
        visitor = Visitor(app)
        answer(visitor, Authenticator(id=key.id).sign(question(visitor)))
    asked = question(visitor)
    answer(visitor, key.sign(asked))
    assert visitor.status == 429 and "Слишком много попыток" in visitor.text
    elsewhere = Visitor(app, ip="198.51.100.1")
    answer(elsewhere, key.sign(question(elsewhere)))
    assert elsewhere.path == "/home"
