"""The secrets of the staff's authenticators: derived from SECRET_KEY, and kept when that is replaced.

`kept` says by which key: its name, a dot and, for a secret that an earlier key derived, the secret itself
under a pad of the present key. Empty, as versions without this left it: derived by whichever key was there.
"""

from cabinet.models.signing import all_keys, derived_by, keyed_by

LENGTH = 20  # bytes, as RFC 4226 recommends


def marked() -> str:
    """What is kept of a secret that the present key derives."""
    return f"{_name(all_keys()[0])}."


def secrets_of(person: str, salt: str, kept: str) -> list[bytes]:
    """The secret; several candidates, the likeliest last, where nothing says by which key it is derived."""
    name, _, padded = kept.partition(".")
    found = []
    for key in all_keys():
        if not name:
            found.append(_derived(key, person, salt))
        elif name == _name(key):
            found.append(_padded(key, person, salt, padded) if padded else _derived(key, person, salt))
    return found


def moved(person: str, salt: str, kept: str) -> str | None:
    """What to keep instead, so that the present key is enough; None if it is, "" if the secret is lost."""
    present = all_keys()[0]
    if kept.startswith(marked()) or (not kept and len(all_keys()) == 1):
        return None
    found = secrets_of(person, salt, kept)
    return marked() + _padded(present, person, salt, found[-1].hex()).hex() if found else ""


def _name(key: str) -> str:
    """What tells keys apart and says nothing else of them."""
    return keyed_by(key, "name-of-key")[:6].hex()


def _derived(key: str, person: str, salt: str) -> bytes:
    return derived_by(key, "staff-totp", person, salt)[:LENGTH]


def _padded(key: str, person: str, salt: str, text: str) -> bytes:
    """The pad is of this key, person and salt alone, and of one secret: a reset changes the salt."""
    pad = derived_by(key, "staff-totp-kept", person, salt)[:LENGTH]
    return bytes(a ^ b for a, b in zip(bytes.fromhex(text), pad, strict=True))
