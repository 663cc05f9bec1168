"""The words of connection requests, by which staff find them."""

import re
from typing import Any

from peewee import BlobField, ForeignKeyField

from cabinet.models.base import Model, Named
from cabinet.models.database import transaction
from cabinet.models.user import search_key

_WORD = re.compile(r"[^\W_]+")


class Searched(Named, Model):
    """The part of a request that it is found by: who asked, and from where."""

    id: Any
    phone: Any
    email: Any
    city: Any
    street: Any
    house: Any
    building: Any
    flat: Any
    locale: Any

    class Meta:
        table_name = "connection_request"

    def save(self, *args: Any, **kwargs: Any) -> int:
        """Write the row; keeps its words in step with it."""
        with transaction():
            written = int(super().save(*args, **kwargs))
            self.remember_words()
        return written

    def remember_words(self) -> None:
        """Write the words of this request; those that it has no longer go."""
        words = self.words()
        RequestWord.delete().where(RequestWord.request == self.id, RequestWord.word.not_in(words)).execute()
        rows = [{"word": word, "request": self.id} for word in words]
        RequestWord.insert_many(rows).on_conflict_ignore().execute()

    def words(self) -> list[bytes]:
        """All words of the names and the address, the e-mail, the last four digits of the phone."""
        said = " ".join((self.full_name, self.city, self.street, self.house, self.building, self.flat))
        return sorted({*words_in(said), *filter(None, [search_key(self.email)]), self.phone[-4:].encode()})

    @property
    def address(self) -> str:
        """The address as typed, in one line: city, street, house, building, flat."""
        parts = [self.city, self.street]
        for label, said, value in (
            ("д.", "д", self.house),
            ("корп.", "кс", self.building),
            ("кв.", "к", self.flat),
        ):
            plain = self.locale != "ru" or value[:1].lower() in said  # as typed: «стр. 1»
            parts.append(value if plain else f"{label} {value}")
        return ", ".join(filter(None, parts))


class RequestWord(Model):
    """One word of a request's names, address, e-mail or phone, as `search_key` has it."""

    id: Any
    request_id: int
    word: Any = BlobField()  # bytes: the same order on both databases
    request = ForeignKeyField(Searched, on_delete="CASCADE")

    class Meta:
        indexes = ((("word", "request"), True),)


def words_in(text: str) -> list[bytes]:
    """The words and numbers of a text; what a hyphen joins are two."""
    return [word.encode() for word in _WORD.findall(search_key(text).decode())]
