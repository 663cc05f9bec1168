"""Signatures: those of a running installation stay, and none is worth anything for another purpose."""

import hmac
from datetime import datetime

import pytest
import time_machine
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cabinet.models import (
    Audit,
    AuditHead,
    EmailLink,
    OneTimeCode,
    Staff,
    WebSession,
    audit_chain,
    base,
    second_factor,
)
from cabinet.models.audit import SALT
from cabinet.models.signing import accepted, derived_by, keyed_by
from cabinet.web import tokens
from config import Settings
from tests.properties import UNTIMED

TEXTS = st.text("ab|\\\0", max_size=4)
LISTS = st.lists(TEXTS, max_size=4)


def keyed(purpose: str, *parts: str) -> bytes:
    """Signed by the present key."""
    return accepted(purpose, *parts)[0]


def derived(purpose: str, *parts: str) -> bytes:
    """Derived by the present key."""
    return derived_by(base.settings().secret_key, purpose, *parts)


@pytest.fixture(autouse=True)
def known_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key whose signatures are known."""
    monkeypatch.setattr(base, "_settings", Settings(secret_key="a-secret-key-of-32-characters-or-more"))


@pytest.mark.parametrize("length", [1, 32, 63, 64, 65, 200])
def test_signatures_are_those_of_the_standard(length: int) -> None:
    key = "k" * length
    assert keyed_by(key, "purpose", "part") == hmac.digest(key.encode(), b"purpose|part", "sha256")


def test_authenticators_of_staff_stay_valid() -> None:
    person = Staff(id="staff-id-of-22-letters", totp_salt="salt--of-22-characters", email="anna@example.org")
    assert "secret=BEFF7BMR73J7LJDI6SAVKCCUVQXTKTEJ&" in person.provisioning_uri("Cabinet")
    assert person.codes_at(1_790_000_000)[0] == "676770"


def test_the_chain_of_the_audit_stays_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_settings", Settings(password_pepper="tests-only-pepper"))
    salt, at = "5a" * (SALT // 2), datetime(2026, 10, 15, 9)
    row = Audit(id=7, at=at, actor="staff:1", action="staff-request-moved", subject="12345678")
    row.detail = {"to": "готово", "from": {"state": "new"}}
    assert (
        audit_chain.digest_of(row, 3, "0" * 64)
        == "cec01930ca69fa704b20dd5c1756771d9c8a479c3044d7f4a2aa0525c5c19426"
    )
    row.ip_seal = salt + audit_chain.ip_digest(salt, "192.0.2.1")
    assert row.ip_seal == "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a46b78180ac6b30dd007641a1319e34d4"
    assert (
        audit_chain.digest_of(row, 3, "0" * 64)
        == "56bd5ba637eaea3b97af83b314d5836ccb4a5552db340e6cb0db249a1ac58917"
    )
    assert (
        AuditHead(base=1, place=3, digest="1" * 64).right_seal()
        == "dbae5ea0c9bb5276a1f3795effa7c9750d409c03aef1f2d2ec78d42f0e1c243c"
    )


def test_signatures_over_bars_and_backslashes_stay_valid() -> None:
    assert keyed("purpose", "a|b", "c\\d").hex() == (
        "cd32c574892a77cc1ff256bcc080ffcc7fe751b78a869abc3316866a4416539d"
    )


def test_sessions_stay_valid() -> None:
    token = "r" * 43 + ".eac919eb1e28cc815b181e0b"
    assert tokens.genuine(token)
    assert tokens.csrf_secret("r" * 43 + ".aa") == (
        "4849c0aaeefcac0243557f1c111ddf47b2f4b8c237c7084cc83b2470435a5aa6"
    )


def test_codes_and_links_on_their_way_stay_valid() -> None:
    code = OneTimeCode(id="code-id-of-22-letters-", phone="+79161234567", purpose="registration")
    assert code.digits == "788673"
    link = EmailLink(id="link-id-of-22-letters-", email="anna@example.org")
    assert link.token == "link-id-of-22-letters-.fe3d4431a74f6c56f01377d48cf44e4d"
    with time_machine.travel(1_790_000_000 - 60, tick=False):
        assert WebSession.hand_over("ab" * 32) == (
            f"{'ab' * 32}.1790000000.3ee3492f61386844b7a5c7d3715fbb9ba65f81efc9879277ceafcf25f4a91b03"
        )


@UNTIMED
@given(TEXTS, LISTS, TEXTS, LISTS)
@example("a", ["b"], "a|b", [])
@example("a", ["b", "c"], "a", ["b|c"])
@example("a\\", ["b"], "a|b", [])
@example("a", [], "a", [""])
def test_no_signature_is_that_of_another_purpose_or_other_parts(
    purpose: str, parts: list[str], other_purpose: str, other_parts: list[str]
) -> None:
    assume((purpose, parts) != (other_purpose, other_parts))
    assert keyed(purpose, *parts) != keyed(other_purpose, *other_parts)
    assert keyed(purpose, *parts) != derived(other_purpose, *other_parts)
    assert derived(purpose, "", *parts) != derived(other_purpose, "", *other_parts)


def test_another_secret_key_signs_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keyed("purpose", "part"), derived("purpose", "part")
    monkeypatch.setattr(base, "_settings", Settings(secret_key="another-secret-key-of-32-characters-or-more"))
    assert not {keyed("purpose", "part"), derived("purpose", "part")} & set(before)


def test_authenticators_that_an_earlier_version_kept_stay_valid() -> None:
    assert second_factor.marked() == "b13795a1c8ac."
    padded = second_factor.marked() + "0f" * second_factor.LENGTH
    [secret] = second_factor.secrets_of("staff-id", "salt", padded)
    assert secret.hex() == "9d8f20de72eb8ec0cb7830f362db33af56217f95"


def test_members_of_staff_stay_signed_in() -> None:
    person = Staff(id="staff-id", password_hash="hash", totp_salt="salt", role="clerk", email="a@example.org")
    assert person.stamp == "f0c3bf35f7f17ef805d687a4be156ccb"
    person.ended = 1
    assert person.stamp == "744199204b4b2a04aed44be040852af0"
