"""Houses of billing, by whose words staff find accounts: far fewer than accounts, and imports write none."""

import re
from typing import Any

from peewee import BigIntegerField, ForeignKeyField, IntegerField, TextField

from cabinet.models.base import Model
from cabinet.models.word_search import Words

_NUMBER = re.compile(r"\s*(?:№\s*)?\d[\w/-]*\s*")
_LABEL = r"(?:кв|квартира|оф|офис|пом|помещение|ком|комн|комната)\b\.?"
_FLAT = re.compile(rf"\s*(?:{_LABEL})?{_NUMBER.pattern}", re.IGNORECASE)
_LAST = re.compile(rf"\s{_LABEL}{_NUMBER.pattern}$", re.IGNORECASE)
_LABELLED = re.compile(rf"\s*{_LABEL}", re.IGNORECASE)
_HOUSE = re.compile(r"\d[\w/-]*\s*$")
_DIGIT = re.compile(r"\d")


class BilledHouse(Model):
    """The accounts of a house: their numbers, with spaces between. `digest` is of these and of its address.

    Which words it has is in `HouseWord`. Imports do not write it: `cabinet.billing.houses` does, after them.
    """

    id: Any = IntegerField(primary_key=True)
    digest = BigIntegerField()
    accounts = TextField()


class HouseWord(Words):
    """One word of a house's address."""

    owner = ForeignKeyField(BilledHouse, column_name="house_id", on_delete="CASCADE", index=False)

    class Meta:
        indexes = ((("word", "owner"), True), (("owner", "word"), False))


def house_of(address: str, premises: str) -> str:
    """The address without its flat, as far as that is certain and there is a number before it.

    A number alone is a flat's after the number of a house, not after a postcode or «8 Марта».
    """
    head, comma, tail = address.rpartition(",")
    if comma and _FLAT.fullmatch(tail) and (_DIGIT if _LABELLED.match(tail) else _HOUSE).search(head):
        return head
    found = _LAST.search(address)
    if found and _DIGIT.search(address[: found.start()]):
        return address[: found.start()]
    return address if _DIGIT.search(address) else f"{address} {premises}"
