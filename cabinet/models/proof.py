"""Proofs of work: what a browser computes before more codes go to a client network than are free.

The challenge is ALTCHA's: find the number that, after a salt, has this SHA-256. Nothing is kept of one but
that it was used. It counts for one phone and one network, once and for LIFE seconds.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b64decode
from typing import Any

from cabinet.models.attempt import DAY, HOUR, Attempt, network
from cabinet.models.base import settings, unix_time
from cabinet.models.limits import BEYOND
from cabinet.models.signing import accepted

ALGORITHM = "SHA-256"
LIFE = 600  # seconds
EASIEST, HARDEST = 20_000, 640_000  # numbers to try at most; a phone tries some 50 000 a second
LONGEST = 1000  # characters of an answer


def challenge(phone: str, ip: str) -> dict[str, Any]:
    """What the browser is to solve; harder the more codes went to its network by proof in the last hour."""
    allowed = settings().sms_per_ip_hour * BEYOND
    used = Attempt.count("sms-ip-proved", network(ip), HOUR)
    most = min(HARDEST, EASIEST * 2 ** (10 * used // allowed))
    salt = f"{secrets.token_hex(12)}?expires={int(unix_time()) + LIFE}"
    asked = _digest(salt, secrets.randbelow(most + 1))
    return {
        "algorithm": ALGORITHM,
        "challenge": asked,
        "salt": salt,
        "signature": _signatures(asked, salt, phone, ip)[0],
        "maxnumber": most,
    }


def spend(answer: str, phone: str, ip: str) -> bool:
    """Whether this is the solution of a challenge of ours that nobody has used; now it is used.

    Inside the caller's transaction: if that fails, the solution stays good.
    """
    if len(answer) > LONGEST:
        return False
    try:
        said = json.loads(b64decode(answer, validate=True))
    except ValueError:
        return False
    if not isinstance(said, dict):
        return False
    asked, salt, signature = (str(said.get(name, "")) for name in ("challenge", "salt", "signature"))
    ours = _signatures(asked, salt, phone, ip)
    if not any(hmac.compare_digest(one.encode(), signature.encode()) for one in ours):
        return False
    number, expires = said.get("number"), int(salt.rpartition("=")[2])  # of our own making
    if not isinstance(number, int) or _digest(salt, number) != asked or expires < unix_time():
        return False
    return not Attempt.take("proof", signature, (1, DAY))


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signatures(asked: str, salt: str, phone: str, ip: str) -> list[str]:
    return [one.hex() for one in accepted("proof-of-work", asked, salt, phone, network(ip))]
