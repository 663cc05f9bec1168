"""What prevents the import of a billing file, or makes staff think twice."""

from typing import NamedTuple  # dataclasses would take half of the start of who reads a workbook

BROKEN = "Загрузить не получилось: сбой у нас. В биллинге ничего не изменилось. Отправьте файл ещё раз."
TOO_LARGE = (
    "Файл повреждён или не помещается в память. Выгрузите его ещё раз или разделите на несколько и загрузите "
    "их вместе."
)
TOO_SLOW = (
    "Файл читается слишком долго: он повреждён или устроен необычно. Выгрузите его ещё раз или разделите на "
    "несколько и загрузите их вместе."
)


class UnreadableFileError(ValueError):
    """The file as a whole cannot be imported; the text tells a clerk what it is and what is needed."""


class Question(NamedTuple):
    """What a file lacks and must not be guessed. `code` names the answer: "period" is `answers.period`.

    `proposal` is what the file or its name hints at, for the form to offer; never taken without an answer.
    """

    code: str
    sentence: str
    proposal: str = ""


class NeedsAnswerError(UnreadableFileError):
    """The file can be imported when its questions are answered."""

    def __init__(self, *questions: Question) -> None:
        super().__init__(" ".join(question.sentence for question in questions))
        self.questions = questions


class BillingWarning(NamedTuple):
    """Readable but implausible content: nothing is imported until `code` is accepted."""

    code: str
    sentence: str
