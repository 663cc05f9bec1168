"""What a browser is asked and answers when a passkey is made or used (WebAuthn).

A challenge is kept nowhere: it names the browser's session, the purpose and its own end, and only this
installation can make one. Whoever takes an answer sees to it that its challenge counts once.

`webauthn` is imported where it is used: it takes a third of a second, which most processes need not spend.
"""

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from cabinet.models.base import settings, unix_time
from cabinet.models.passkey import LONGEST_NAME, Passkey
from cabinet.models.signing import accepted
from cabinet.models.staff_passkey import StaffPasskey
from cabinet.models.user import User

LIFE = 3600  # seconds that a challenge is good for: the first page offers passkeys for as long as it is open
NONCE, MOMENT = 16, 8  # bytes of a challenge; the rest signs them
LONGEST = 20_000  # characters of an answer; attestations are not asked for
CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{1,1400}")  # base64url; other text, a database may be unable to take


class BadAnswerError(Exception):
    """The answer is none, to another question, or of another site, session or key."""


@dataclass(frozen=True)
class Owner:
    """Whose a new passkey will be: their id, what the device lists it by, and which keys they have."""

    id: str
    account: str
    name: str
    known: list[str]


@dataclass(frozen=True)
class Answer:
    """An answer whose challenge is ours; whether its key signed it is not known yet."""

    text: str
    credential: str
    challenge: bytes

    @property
    def nonce(self) -> str:
        """What tells its challenge from all others."""
        return self.challenge[:NONCE].hex()

    @property
    def until(self) -> int:
        """When its challenge ends, Unix time."""
        return int.from_bytes(self.challenge[NONCE : NONCE + MOMENT], "big")


def challenge(session: str, purpose: str) -> bytes:
    """A fresh question to the browser of this session."""
    head = secrets.token_bytes(NONCE) + (int(unix_time()) + LIFE).to_bytes(MOMENT, "big")
    return head + accepted("passkey", session, purpose, head.hex())[0]


def read(text: str, session: str, purpose: str) -> Answer:
    """The answer to a question that this session was asked for this purpose. Raises BadAnswerError."""
    if len(text) > LONGEST:
        raise BadAnswerError("too long")
    client, credential = _client_data(text)
    _refuse_strangers(client)
    answer = Answer(text, credential, _bytes(client.get("challenge")))
    head = answer.challenge[: NONCE + MOMENT]
    signed = accepted("passkey", session, purpose, head.hex())
    ours = any(compare_digest(answer.challenge[NONCE + MOMENT :], one) for one in signed)
    if not ours or answer.until < unix_time():
        raise BadAnswerError("another question")
    return answer


def _client_data(text: str) -> tuple[dict[str, Any], str]:
    try:
        answer = json.loads(text)
        client, credential = json.loads(_bytes(answer["response"]["clientDataJSON"])), answer["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadAnswerError("no answer") from None
    if not isinstance(client, dict) or not _is_credential(credential):
        raise BadAnswerError("no answer")
    return client, credential


def _is_credential(text: Any) -> bool:
    return isinstance(text, str) and CREDENTIAL.fullmatch(text) is not None


def text_of(data: bytes) -> str:
    """Bytes as browsers write them: base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise BadAnswerError("no answer")
    try:
        return urlsafe_b64decode(f"{text}===")  # more padding than there may be is ignored
    except ValueError:
        raise BadAnswerError("no answer") from None


def _refuse_strangers(client: dict[str, Any]) -> None:
    """In a frame, the browser may say in whose page: only in one that may embed the cabinet."""
    top = client.get("topOrigin")
    if top is not None and (
        not isinstance(top, str) or not any(map(_matches(top), settings().frame_ancestors))
    ):
        raise BadAnswerError("framed by a stranger")


def _matches(origin: str) -> Callable[[str], bool]:
    """Whether an entry of FRAME_ANCESTORS names this origin."""
    scheme, _, host = origin.partition("://")
    name, _, port = host.partition(":")

    def match(entry: str) -> bool:
        allowed_scheme, _, allowed = entry.partition("://")
        allowed_name, _, allowed_port = allowed.partition(":")
        under = allowed_name.startswith("*.") and name.endswith(allowed_name[1:])
        ports = allowed_port == "*" or allowed_port == port
        return scheme == allowed_scheme and ports and (under or name == allowed_name)

    return match


def _place() -> tuple[str, str]:
    """Whose keys they are: the host of PUBLIC_URL, and its origin."""
    url = urlsplit(settings().public_url)
    return url.hostname or "", f"{url.scheme}://{url.netloc}"


def host() -> str:
    """The host that passkeys belong to."""
    return _place()[0]


def options_to_add(user: User, question: bytes) -> dict[str, Any]:
    """What the browser is asked to make a resident's passkey by."""
    phone = user.phone if user.has_number else user.full_name
    known = [one.credential for one in Passkey.of(user)]
    return options_for(Owner(user.id, phone, user.full_name or user.phone, known), question)


def options_for(owner: Owner, question: bytes) -> dict[str, Any]:
    """What the browser is asked to make a passkey by: one that the device finds by itself, and guards."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = [PublicKeyCredentialDescriptor(id=_bytes(credential)) for credential in owner.known]
    options: dict[str, Any] = options_to_json_dict(
        generate_registration_options(
            rp_id=host(),
            rp_name=settings().brand_name,
            user_id=owner.id.encode(),
            user_name=owner.account,
            user_display_name=owner.name,
            challenge=question,
            exclude_credentials=known,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )
    return options


def made(answer: Answer, name: str) -> dict[str, Any]:
    """What is kept of a new passkey. Raises BadAnswerError."""
    from webauthn import verify_registration_response

    place, origin = _place()
    try:
        new = verify_registration_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=place,
            expected_origin=origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a parser makes of a stranger's bytes
        raise BadAnswerError(str(error)) from error
    if text_of(new.credential_id) != answer.credential:
        raise BadAnswerError("of another key")
    return {
        "credential": text_of(new.credential_id),
        "public_key": new.credential_public_key,
        "sign_count": new.sign_count,
        "may_be_backed_up": new.credential_device_type.value == "multi_device",
        "backed_up": new.credential_backed_up,
        "aaguid": new.aaguid,
        "name": name[:LONGEST_NAME],
    }


def verify(answer: Answer, passkey: Passkey | StaffPasskey) -> tuple[int, bool]:
    """That this passkey signed the answer: its count and whether it is backed up. Raises BadAnswerError."""
    from webauthn import verify_authentication_response

    place, origin = _place()
    try:
        found = verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=place,
            expected_origin=origin,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a parser makes of a stranger's bytes
        raise BadAnswerError(str(error)) from error
    return found.new_sign_count, found.credential_backed_up
