"""By what a resident who is erased is recognised in other tables, and in words that others wrote."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from cabinet.models.user import User
from cabinet.models.word_search import words_in

Name = tuple[frozenset[bytes], frozenset[bytes]]  # the words of a last and of a first name


def name_of(one: Any) -> Name:
    """The name of a resident, a request or a draft, as `Traces.names` has it."""
    return frozenset(words_in(one.last_name)), frozenset(words_in(one.first_name))


@dataclass(frozen=True)
class Traces:
    """Keys of what names the resident, as it was at a moment; and their addresses, former ones as well.

    `ids`: theirs, and those of cabinets that were merged into this one. `left`: until when a former number
    was theirs; whoever comes by it later may have no cabinet yet.
    """

    user: User
    ids: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    numbers: tuple[str, ...]  # of requests
    at: datetime
    names: frozenset[Name] = frozenset()
    left: Mapping[str, datetime] = field(default_factory=dict)
    naming: Sequence[str] = ()  # messages
    sent: Sequence[str] = ()  # messages to the resident
    attempts: Sequence[int] = ()
    events: Sequence[int] = ()
    visits: Sequence[int] = ()  # rows of the audit that know an address
    desks: Sequence[str] = ()  # sessions of all staff
    files: Sequence[str] = ()  # of replies that were not sent; nothing names them any more
    by_contact: bool = False  # whether the number was proved by a contact in MAX alone

    @property
    def addresses(self) -> tuple[str, ...]:
        """Wherever messages to the resident went."""
        return self.phones + self.emails

    def by_phone(self, among: Any, at: Any) -> Any:
        """Rows of their numbers by the columns `among` and `at`; of a former one while it was theirs."""
        held = [self.while_theirs(phone, among == phone, at) for phone in self.phones]
        return reduce(or_, held) if held else among.in_(())  # that beside others SQLite would read all for

    def while_theirs(self, phone: str, condition: Any, at: Any) -> Any:
        """The condition, which is about that number, for as long as the resident had it."""
        return condition & (at <= self.left[phone]) if phone in self.left else condition

    def own(self, place: str) -> bool:
        """Whether it is the number of one of their requests, or the address of a page about them."""
        return not {*self.ids, *self.numbers}.isdisjoint(place.split("/"))

    def named_in(self, text: str, since: datetime, by_surname: bool = False) -> bool:
        """Whether words that were written after `since` name them: by a number, an e-mail, their full name.

        A phone counts however it is written. `by_surname`: the last name alone is enough.
        """
        words = set(words_in(text))
        if any(one in text for one in self.ids) or any(one.encode() in words for one in self.numbers):
            return True
        if any(re.search(rf"(?<![\w.+-]){re.escape(one)}(?![\w-]|\.\w)", text, re.I) for one in self.emails):
            return True
        digits = [re.sub(r"\D", "", line) for line in text.splitlines()]
        if any(phone[-10:] in line for phone in self._phones_since(since) for line in digits):
            return True
        return any(last and last | (first if not by_surname else last) <= words for last, first in self.names)

    def _phones_since(self, since: datetime) -> list[str]:
        """Those that were theirs after `since`; not one that may be another's, who has the SIM."""
        mine = [one for one in self.phones if not (self.by_contact and one == self.user.phone)]
        return [one for one in mine if self.left.get(one, since) >= since]
