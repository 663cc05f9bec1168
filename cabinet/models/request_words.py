"""The words of connection requests, by which staff find them."""

from typing import Any

from peewee import ForeignKeyField

from cabinet.models.base import Model, Named
from cabinet.models.database import transaction
from cabinet.models.word_search import Words, remember, words_of


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
        said = " ".join((self.city, self.street, self.house, self.building, self.flat))
        remember(RequestWord, self.id, words_of(self.full_name, said, self.email, self.phone))

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


class RequestWord(Words):
    """One word of a request's names, address, e-mail or phone."""

    owner = ForeignKeyField(Searched, column_name="request_id", on_delete="CASCADE")

    class Meta:
        indexes = ((("word", "owner"), True), (("owner", "word"), False))
