"""Mailboxes that nobody proved to be theirs: letters there are few, and carry nothing that a visitor typed.

Otherwise anybody could have the company's server send their words, or any number of letters, to anybody.
"""

import hashlib

from cabinet.models.attempt import Attempt
from cabinet.models.limits import limits_of


def may_write(address: str) -> bool:
    """Count a letter to an unproved mailbox; False when it got as many as it may, from whomever."""
    digest = hashlib.sha256(address.lower().encode()).hexdigest()[:40]
    return Attempt.take("unproved-mail", digest, *limits_of("unproved-mail")) == 0
