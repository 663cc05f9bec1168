"""A device with passkeys, in software: what it answers a browser, and lies that it can be made to tell."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, MAY_BE_BACKED_UP, BACKED_UP, NEW_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
ORIGIN = "http://localhost"


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    """The bytes of base64url."""
    return urlsafe_b64decode(text + "===")


@dataclass
class Authenticator:
    """One passkey on one device. `flags`, `origin`, `host` and `more` are what it says of itself."""

    flags: int = PRESENT | VERIFIED | MAY_BE_BACKED_UP | BACKED_UP
    origin: str = ORIGIN
    host: str = "localhost"
    counts: bool = True
    more: dict[str, Any] = field(default_factory=dict)  # of the client's data, such as topOrigin
    sign_count: int = 0
    user: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def make(self, options: dict[str, Any]) -> str:
        """Answer to what a new passkey is asked for by."""
        self.user = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        known = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(NEW_KEY) + known}
        client = self._client("webauthn.create", options["challenge"])
        return self._written(clientDataJSON=client, attestationObject=cbor2.dumps(statement))

    def sign(self, question: dict[str, Any]) -> str:
        """Answer to a question of the sign-in."""
        client, data = self._client("webauthn.get", question["challenge"]), self._data()
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        user = to_bytes(self.user)
        return self._written(clientDataJSON=client, authenticatorData=data, signature=signed, userHandle=user)

    def _data(self, more_flags: int = 0) -> bytes:
        self.sign_count += self.counts
        flags = bytes([self.flags | more_flags])
        return hashlib.sha256(self.host.encode()).digest() + flags + self.sign_count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **self.more}).encode()

    def _written(self, **parts: bytes) -> str:
        response = {name: to_text(part) for name, part in parts.items()}
        name = to_text(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
