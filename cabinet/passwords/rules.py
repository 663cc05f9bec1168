"""The rules for new passwords, defined once for the server and the page."""

import re
import unicodedata
from dataclasses import dataclass

from cabinet.passwords import leaked
from cabinet.passwords.personal import Personal, is_personal
from cabinet.passwords.spelling import normal
from cabinet.passwords.trivial import is_common

__all__ = ["PasswordPolicy", "Personal", "RuleResult", "check"]

JUDGED = 256  # characters; anything longer is refused for its length anyway

# Character classes that Python and JavaScript read alike, unlike \p{L} and \w.
_LETTERS = (
    "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u0386\u0388-\u03ff"
    "\u0400-\u0481\u048a-\u052f\u0531-\u0556\u0561-\u0587\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3\u0904-\u0939"
    "\u0e01-\u0e2e\u10a0-\u10ff\u1e00-\u1fff\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
)
_CAPITAL = "[A-Z\u00c0-\u00d6\u00d8-\u00de\u0410-\u042f\u0400-\u040f]"
_SMALL = "[a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u044f\u0450-\u045f]"


@dataclass(frozen=True)
class PasswordPolicy:
    """Which rules are in force; lengths in characters (code points after NFKC)."""

    min_length: int = 8
    max_length: int = 128
    letters: bool = True
    digits: bool = True
    mixed_case: bool = False
    common: bool = True
    personal: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.min_length <= self.max_length:
            raise ValueError("password lengths must be 0 < min_length <= max_length")


@dataclass(frozen=True)
class RuleResult:
    """One rule and whether the password meets it.

    name: "length", "letters", "digits", "case", "common" or "personal".
    pattern: found in the NFKC form of the password exactly when the rule is met; read alike by Python's
        `re.search` and JavaScript's `new RegExp(pattern, "u").test(value.normalize("NFKC"))`.
        None: only the server can tell.
    """

    name: str
    met: bool
    pattern: str | None


def check(policy: PasswordPolicy, password: str, personal: Personal) -> list[RuleResult]:
    """The rules in force with their results, in the order to be shown. Never raises."""
    text = unicodedata.normalize("NFKC", password)
    results = [
        RuleResult(name, re.search(pattern, text) is not None, pattern) for name, pattern in _patterns(policy)
    ]
    judged = normal(text[:JUDGED])
    if policy.common:
        known = is_common(judged) or leaked.contains(judged)
        results.append(RuleResult("common", not known, None))
    if policy.personal:
        results.append(RuleResult("personal", not is_personal(judged, personal), None))
    return results


def _patterns(policy: PasswordPolicy) -> list[tuple[str, str]]:
    patterns = [("length", rf"^[\s\S]{{{policy.min_length},{policy.max_length}}}(?![\s\S])")]
    if policy.letters:
        patterns.append(("letters", _LETTERS))
    if policy.digits:
        patterns.append(("digits", "[0-9]"))
    if policy.mixed_case:
        patterns.append(("case", rf"^(?=[\s\S]*{_CAPITAL})(?=[\s\S]*{_SMALL})"))
    return patterns
