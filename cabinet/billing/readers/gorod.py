"""Reads registries of balances for the «Город» payment system: one line per service of an account."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from cabinet import fields
from cabinet.billing import homes
from cabinet.billing.amounts import column_of_kopecks, kopecks
from cabinet.billing.answers import Answers
from cabinet.billing.columns import Columns
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.readers.header import Header

MARK = "#FILESUM"
NAMES = ("full_name", "address", "account", "amount_due", "service")
TITLES = ("ФИО", "адрес", "номер лицевого счёта", "баланс", "услуга")
NAME, ADDRESS, AMOUNT = (NAMES.index(name) for name in ("full_name", "address", "amount_due"))
PLAIN = re.compile(r"([^,\n]+),([^,\n]+),([0-9]+(?:[/-]?[0-9А-Яа-я]*)),([0-9]+[А-Яа-я]?)")
KIND = re.compile(r"(.*\S) (ул|пер|пр|пр-кт|б-р|ш|пл|проезд|туп|мкр|наб|кв-л|тер)", re.IGNORECASE)


def is_gorod(text: str) -> bool:
    """Whether a text starts like such a registry."""
    lines = text.lstrip("\ufeff \r\n").upper().splitlines()[:6]
    return any(line.startswith(MARK) for line in lines) and bool(lines) and lines[0].startswith("#")


class GorodReader(DelimitedReader):
    """Reads a registry for «Город»; see base.Reader.

    The sum given in its head, and that of all its balances, are in its tally. It is the sum of all rows, so
    those of an account are added up, whether or not they name their services.
    """

    unnamed_services = True
    comment = "#"

    def _find(self, head: list[str], answers: Answers) -> Header:
        marks = [place for place, line in enumerate(head) if line.strip() and not line.startswith("#")]
        first = marks[0] if marks else len(head)
        named = [
            line[len(MARK) :].strip("=: \t\r\n") for line in head[:first] if line.upper().startswith(MARK)
        ]
        try:
            self.promised = int(Decimal(named[0].replace(",", ".").replace(" ", "")) * 100)
        except (InvalidOperation, IndexError, ValueError, OverflowError) as error:
            raise UnreadableFileError(
                "Это реестр для «Города», но в строке #FILESUM нет суммы. Выгрузите его ещё раз."
            ) from error
        width = max((line.count(";") + 1 for line in head[first:]), default=len(NAMES))
        names = [*NAMES, *[None] * width][: max(width, 4)]
        titles = [*TITLES, *[""] * width][: max(width, 4)]
        return Header(";", tuple(titles), Columns(tuple(names), (), ()), first)

    def _format(self, header: Header) -> str:
        return "реестр для системы «Город»"

    def _prepared(self, columns: list[list[str]]) -> list[list[str]]:
        """Add up the balances, and bring addresses into their usual form."""
        self.tally.promised = self.promised
        self.tally.found += _sum(columns[AMOUNT])
        columns[ADDRESS] = list(map(usual_address, columns[ADDRESS]))
        return columns


def usual_address(text: str) -> str:
    """`Поспелиха,8 Марта,35,1` as «Поспелиха, 8 Марта, д. 35, кв. 1»; other text as it is."""
    plain = PLAIN.fullmatch(text)
    if plain:
        city, street, house, flat = plain.groups()
        return f"{_place(city, street)}, д. {house}, кв. {flat}"
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (3, 4) or not parts[0]:
        return text
    named = dict(zip(("city", "street", "house", "premises"), parts, strict=False))
    return homes.address(named | {"street": _street(named["street"])}) or text


@lru_cache(1000)
def _place(city: str, street: str) -> str:
    """A street in its town; cached, as the rows of a street follow one another."""
    return f"{city.strip()}, {_street(street.strip())}"


def _street(text: str) -> str:
    """A street with its type in front: «Западная ул» as «ул. Западная»."""
    kind = KIND.fullmatch(text)
    return f"{kind[2]}. {kind[1]}" if kind and "-" not in kind[2] else text


def _sum(column: list[str]) -> int:
    """The sum of amounts in kopecks; unreadable ones are left out."""
    try:
        return sum(map(int, filter(None, column_of_kopecks(column))))
    except fields.FieldError:
        total = 0
        for text in column:
            try:
                total += kopecks(text) or 0
            except fields.FieldError:
                continue
        return total
