"""Mailboxes that nobody proved to be theirs: letters there are few, and carry nothing that a visitor typed.

Otherwise anybody could have the company's server send their words, or any number of letters, to anybody.
"""

import hashlib

from cabinet.models.attempt import Attempt
from cabinet.models.limits import limits_of


def may_write(address: str) -> bool:
    """Count a letter to an unproved mailbox; False when it got as many as it may, from whomever."""
    kind, subject = counted_as(address)
    return Attempt.take(kind, subject, *limits_of("unproved-mail")) == 0


def counted_as(address: str) -> tuple[str, str]:
    """The kind and the subject of letters to an unproved mailbox."""
    return "unproved-mail", hashlib.sha256(address.lower().encode()).hexdigest()[:40]
