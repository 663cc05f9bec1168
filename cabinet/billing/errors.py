"""What keeps a billing file from being imported, or makes staff think twice."""

from dataclasses import dataclass


class UnreadableFileError(ValueError):
    """The file as a whole cannot be imported; the text says to a clerk what it is and what is needed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a file lacks and nobody may guess. `code` names the answer: "period" is `answers.period`.

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


@dataclass(frozen=True, slots=True)
class BillingWarning:
    """What is understood but implausible: nothing is imported until `code` is accepted."""

    code: str
    sentence: str
