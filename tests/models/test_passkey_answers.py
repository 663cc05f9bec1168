"""What browsers answer with a passkey: taken when it answers our question, refused with the reason else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from peewee import Database

from cabinet.models import Passkey, User, passkey_answers
from cabinet.models.passkey_answers import (
    LIFE,
    LONGEST,
    Answer,
    BadAnswerError,
    challenge,
    made,
    read,
    text_of,
)
from tests.authenticator import BACKED_UP, MAY_BE_BACKED_UP, PRESENT, VERIFIED, Authenticator
from tests.cast import resident
from tests.models.clock import after

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PURPOSE, SESSION = "sign-in", "session"
OPTIONS = {"user": {"id": "dXNlcg"}}


def question(session: str = SESSION, purpose: str = PURPOSE) -> dict[str, Any]:
    """What a browser is to sign."""
    return {"challenge": text_of(challenge(session, purpose))}


def read_by(device: Authenticator, **asked: Any) -> Answer:
    """Its answer to a fresh question, read."""
    return read(device.sign(asked or question()), SESSION, PURPOSE)


def registered(device: Authenticator, user: User) -> Passkey:
    """The device's passkey."""
    answer = read(device.make({**OPTIONS, **question()}), SESSION, PURPOSE)
    return Passkey.add(user, "", "", **made(answer, "Phone"))


def refusal(text: str, session: str = SESSION, purpose: str = PURPOSE) -> str:
    """Why it is no answer."""
    with pytest.raises(BadAnswerError) as error:
        read(text, session, purpose)
    return str(error.value)


def saying(client: Any, credential: Any = "id") -> str:
    """An answer of this client data."""
    data = text_of(json.dumps(client).encode())
    return json.dumps({"id": credential, "response": {"clientDataJSON": data}})


def test_an_answer_is_to_a_question_of_this_session_and_purpose(database: Database) -> None:
    device = Authenticator()
    with after():
        first, second = challenge(SESSION, PURPOSE), challenge(SESSION, PURPOSE)
        text = device.sign({"challenge": text_of(first)})
        answer = read(text, SESSION, PURPOSE)
        assert (answer.text, answer.challenge) == (text, first) and answer.credential == text_of(device.id)
        other = read(device.sign({"challenge": text_of(second)}), SESSION, PURPOSE)
        assert answer.nonce != other.nonce and len(answer.nonce) == 32
        assert refusal(text, session="other") == refusal(text, purpose="other") == "another question"
    with after(LIFE):
        assert read(text, SESSION, PURPOSE) == answer
    with after(LIFE + 1):
        assert refusal(text) == "another question"


def test_bytes_are_written_as_browsers_do(database: Database) -> None:
    assert [text_of(data) for data in (b"a", b"\0\0\x17", b"\xff\xff\xbe")] == ["YQ", "AAAX", "__--"]


def test_no_byte_of_a_question_may_differ(database: Database) -> None:
    for place in (0, 15, 16, 23, 24, -1):
        bent = bytearray(challenge(SESSION, PURPOSE))
        bent[place] ^= 1
        assert refusal(saying({"challenge": text_of(bytes(bent))})) == "another question"
        assert refusal(saying({"challenge": text_of(bytes(bent[:24]))})) == "another question"


def test_what_an_earlier_key_signed_still_counts(
    database: Database, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question()
    later = replace(settings, secret_key="k" * 32, secret_key_fallbacks=("x" * 32, settings.secret_key))
    monkeypatch.setattr("cabinet.models.signing.settings", lambda: later)
    read_by(Authenticator(), **asked)


UNWRITABLE = ("", "\ud800", "a\0b", "a=", "a b", "ab\n", "я", "a" * 1401)
NO_ANSWERS = [
    *("", "null", "[]", "{}", "[" * LONGEST, '{"id": "a", "response": {}}'),
    json.dumps({"id": "a", "response": {"clientDataJSON": 5}}),
    json.dumps({"id": "a", "response": {"clientDataJSON": "a"}}),
    json.dumps({"response": {"clientDataJSON": text_of(b"{}")}}),
    saying([]),
    saying("text"),
    saying({"challenge": "AAAA"}, credential=5),
    *(saying({"challenge": "AAAA"}, credential=one) for one in UNWRITABLE),
    saying({}),
    saying({"challenge": 5}),
    saying({"challenge": "а"}),
]


def test_what_is_no_answer_is_refused(database: Database) -> None:
    for text in NO_ANSWERS:
        assert refusal(text) == "no answer", text[:99]


def test_an_answer_of_any_length_is_refused_unread(database: Database) -> None:
    fitting = Authenticator().sign(question()).ljust(LONGEST)
    assert read(fitting, SESSION, PURPOSE).text == fitting
    assert refusal(fitting + " ") == "too long"


FRAMES = [
    ("https://www.company.example", True),
    ("https://a.b.company.example", True),
    ("https://company.example", False),
    ("http://www.company.example", False),
    ("https://www.company.example:444", False),
    ("https://wwwcompany.example", False),
    ("https://www.company.example.evil.example", False),
    ("https://exact.example", True),
    ("https://www.exact.example", False),
    ("https://exact.example:443", False),
    ("http://localhost", True),
    ("http://localhost:8080", True),
    ("https://ported.example:8443", True),
    ("https://ported.example", False),
    ("null", False),
    ("", False),
    (5, False),
]
ANCESTORS = (
    *("https://*.company.example", "https://exact.example", "http://localhost:*"),
    "https://ported.example:8443",
)


@pytest.mark.settings(frame_ancestors=ANCESTORS)
def test_only_a_page_that_may_embed_the_cabinet_frames_an_answer(database: Database) -> None:
    for top, may in FRAMES:
        text = Authenticator(more={"topOrigin": top}).sign(question())
        if may:
            assert read(text, SESSION, PURPOSE).text == text, top
        else:
            assert refusal(text) == "framed by a stranger", top


def test_what_is_kept_of_a_new_passkey(database: Database) -> None:
    device = Authenticator(sign_count=6)
    text = device.make({**OPTIONS, **question()})
    kept = made(read(text, SESSION, PURPOSE), "n" * 61)
    assert kept.pop("public_key")
    assert kept == {
        "credential": text_of(device.id),
        "sign_count": 7,
        "may_be_backed_up": True,
        "backed_up": True,
        "aaguid": "00000000-0000-0000-0000-000000000000",
        "name": "n" * 60,
    }
    bound = Authenticator(flags=PRESENT | VERIFIED).make({**OPTIONS, **question()})
    kept = made(read(bound, SESSION, PURPOSE), "Phone")
    assert not kept["may_be_backed_up"] and not kept["backed_up"] and kept["name"] == "Phone"


LIES: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"host": "evil.example"},
    {"flags": PRESENT | MAY_BE_BACKED_UP},
]


def test_whoever_lies_is_refused_with_the_reason(database: Database) -> None:
    device = Authenticator()
    passkey = registered(device, resident())
    for lie in LIES:
        liar = replace(device, **lie)
        with pytest.raises(BadAnswerError, match=r"\w+ \w+"):
            passkey_answers.verify(read_by(liar), passkey)
        text = liar.make({**OPTIONS, **question()})
        with pytest.raises(BadAnswerError, match=r"\w+ \w+"):
            made(read(text, SESSION, PURPOSE), "Phone")


def test_a_new_passkey_is_kept_by_the_id_that_was_read(database: Database) -> None:
    said = json.loads(Authenticator(id=b"a" * 1100).make({**OPTIONS, **question()}))
    text = json.dumps({**said, "id": "YQ", "rawId": "YQ"})
    with pytest.raises(BadAnswerError, match="of another key"):
        made(read(text, SESSION, PURPOSE), "Phone")


@pytest.mark.settings(public_url="https://lk.company.example:8443/")
def test_passkeys_are_of_the_host_and_answers_of_the_origin(database: Database) -> None:
    assert passkey_answers.host() == "lk.company.example"
    device = Authenticator(host="lk.company.example", origin="https://lk.company.example:8443")
    passkey = registered(device, resident())
    assert passkey_answers.verify(read_by(device), passkey) == (2, True)
    device.flags &= ~BACKED_UP
    assert passkey_answers.verify(read_by(device), passkey) == (3, False)
    device.origin = "https://lk.company.example"
    with pytest.raises(BadAnswerError):
        passkey_answers.verify(read_by(device), passkey)


def test_a_question_and_a_count_that_were_of_another_answer_are_refused(database: Database) -> None:
    device = Authenticator()
    passkey = registered(device, resident())
    answer = read_by(device)
    with pytest.raises(BadAnswerError):
        passkey_answers.verify(replace(answer, challenge=challenge(SESSION, PURPOSE)), passkey)
    passkey.sign_count = device.sign_count
    with pytest.raises(BadAnswerError):
        passkey_answers.verify(answer, passkey)
    new = read(Authenticator().make({**OPTIONS, **question()}), SESSION, PURPOSE)
    with pytest.raises(BadAnswerError):
        made(replace(new, challenge=answer.challenge), "Phone")


@pytest.mark.settings(brand_name="Company")
def test_a_device_is_asked_for_a_passkey_that_is_guarded_and_not_there_yet(database: Database) -> None:
    anna = resident()
    passkey = registered(Authenticator(), anna)
    asked = passkey_answers.options_to_add(anna, b"question of bytes")
    assert asked["rp"] == {"name": "Company", "id": "localhost"}
    assert asked["user"] == {
        "id": text_of(anna.id.encode()),
        "name": anna.phone,
        "displayName": anna.full_name,
    }
    assert asked["challenge"] == text_of(b"question of bytes")
    assert [known["id"] for known in asked["excludeCredentials"]] == [passkey.credential]
    chosen = asked["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    anna.first_name = anna.last_name = ""
    asked = passkey_answers.options_to_add(anna, b"question of bytes")
    assert asked["user"]["displayName"] == anna.phone
