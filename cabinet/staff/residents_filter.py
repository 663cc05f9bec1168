"""Which residents a list or a file has, and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from peewee import Field

from cabinet.models.resident_search import find, find_all
from cabinet.models.user import User
from cabinet.models.word_search import Found
from cabinet.staff.batches import batches, by_keys, places
from cabinet.staff.paging import Page, page_of, page_of_few
from cabinet.staff.search import ALL
from cabinet.staff.sorting import Order

FIELDS: dict[str, Field] = {"created": User.created_at, "name": User.search_name}


@dataclass(frozen=True)
class ResidentsSought:
    """`found` are those that the search found, None for all there are."""

    order: Order
    found: Found | None

    @classmethod
    def asked(cls, state: str) -> "ResidentsSought":
        """As the address says it: those found are by name, all are the newest first, unless it says more."""
        if state == "found":
            return cls(Order.asked("name", "-created"), find(ALL.query))
        return cls(Order.asked("-created", "name"), None)

    @property
    def parameters(self) -> dict[str, str]:
        """The same for the address of a file."""
        told = {"state": "" if self.found is None else "found", "sort": self.order.parameter}
        return {name: text for name, text in told.items() if text}

    @property
    def _keys(self) -> tuple[Field, Field]:
        return FIELDS[self.order.column], User.id

    def page(self) -> Page[User]:
        """The page that the address asks for."""
        if self.found is not None:
            return page_of_few(self._few(self.found), User.id)
        return page_of(User.select(), *self._keys, self.order.is_ascending)

    def batches(self) -> Iterator[list[User]]:
        """All of them, for a file, which is written when the request is over."""
        if self.found is not None:
            return self._of_search(ALL.query) if self.found.more else iter([self._few(self.found)])
        return batches(User.select(), self._keys, self.order.is_ascending)

    def _few(self, found: Found) -> list[User]:
        """Put in order here: asked for those of few keys in an order, PostgreSQL might walk through all."""
        rows = list(User.select().where(User.id.in_(found.keys)))
        return sorted(rows, key=self._place, reverse=not self.order.is_ascending)

    def _of_search(self, words: str) -> Iterator[list[User]]:
        """All whom a search for the words finds, as many as there are; their keys alone are put in order."""
        keys = chain.from_iterable(find_all(words))
        told = places(User.select(), User.id, self._keys[0], keys)
        order = sorted(
            ((self._value(value), key) for key, value in told), reverse=not self.order.is_ascending
        )
        yield from by_keys(User.id, (key for _value, key in order))

    def _place(self, row: User) -> tuple[Any, str]:
        return self._value(getattr(row, self._keys[0].name)), row.id

    def _value(self, value: Any) -> Any:
        return value if self.order.column == "created" else bytes(value or b"")
