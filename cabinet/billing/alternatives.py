"""Questions whose possible answers are in the file: in which encoding it reads well, whose charges count."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cabinet.billing.errors import NeedsAnswerError, Question

LINES = 3  # of a file that are shown in each encoding
WIDEST = 80  # characters of them
LONG_NUMBERS = re.compile(r"[0-9]{4,}")  # of accounts, or of identity papers
ENCODINGS = (
    "По буквам не узнать наверняка, в какой кодировке этот файл: русских слов в нём мало. Где они читаются "
    "верно?"
)
READS_WELL = "Читается верно ({})"
SUPPLIERS = "В файле начисления нескольких организаций одним и тем же счетам. Чьи из них показывать жителям?"
ALL = "*"
TOGETHER = "Всех вместе, сложить"
SUBTRACT, AS_IS = "subtract", "as-is"
SUBTRACTED = "«{due}» минус «{credit}»"
TAKEN_AS_IS = "«{due}» как есть: переплата в нём уже учтена"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A possible answer: the `value` to give back, what it is called, `lines` of the file as it has them."""

    value: str
    label: str
    lines: tuple[str, ...] = ()


class AlternativesError(NeedsAnswerError):
    """The file can be imported when `Answers.chosen` has, under `code`, the value of one of `found`."""

    def __init__(self, code: str, sentence: str, found: Sequence[Alternative]) -> None:
        super().__init__(Question(code, sentence))
        self.code, self.found = code, tuple(found)


def of_encodings(data: bytes, names: Iterable[tuple[str, str]]) -> AlternativesError:
    """The question which of these encodings, each with what it is called, some bytes of a file are in."""
    lines = [line for line in re.split(rb"[\r\n]+", data) if not line.isascii()][:LINES]
    found = [
        Alternative(
            name, READS_WELL.format(called), tuple(_short(line.decode(name, "replace")) for line in lines)
        )
        for name, called in names
    ]
    return AlternativesError("encoding", ENCODINGS, found)


def of_suppliers(names: Iterable[str]) -> AlternativesError:
    """The question whose charges are to be taken."""
    found = [Alternative(name, name) for name in names]
    return AlternativesError("supplier", SUPPLIERS, [*found, Alternative(ALL, TOGETHER)])


def of_overpaid(sentence: str, due: str, credit: str) -> AlternativesError:
    """The question whether what was paid too much is to be subtracted from the sum beside it."""
    labels = {SUBTRACT: SUBTRACTED, AS_IS: TAKEN_AS_IS}
    found = [Alternative(value, label.format(due=due, credit=credit)) for value, label in labels.items()]
    return AlternativesError("overpaid", sentence, found)


def _short(line: str) -> str:
    text = LONG_NUMBERS.sub("…", " ".join(line.split()))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
