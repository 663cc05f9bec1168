"""Reads regions, localities and streets out of the words of an address."""

import re
from dataclasses import dataclass

from cabinet.models.place_words import DISTRICT, KINDS, STREET, UNKNOWN, Kind, names

NAME_ONLY = Kind(UNKNOWN, "")
_TOKEN = re.compile(r"[а-яa-z0-9]+(?:[-/][а-яa-z0-9]+)*")


@dataclass(frozen=True)
class Place:
    """A region, district, place or street: its kind and the words of its name."""

    kind: Kind
    words: frozenset[str]


def tokens_of(text: str) -> list[str]:
    """The words and numbers of a folded text; what hyphens join is one, and initials end with a dot."""
    tokens = _TOKEN.findall(text)
    single = [len(token) == 1 and token.isalpha() for token in tokens] + [False]
    return [
        f"{token}." if single[at] and (single[at + 1] or (at and single[at - 1])) else token
        for at, token in enumerate(tokens)
    ]


def places_in(tokens: list[str]) -> list[Place]:
    """The places that the words of a segment name, kinds before or after the names."""
    suffixed = len(tokens) > 1 and tokens[-1] in KINDS and tokens[0] not in KINDS
    found: list[Place] = []
    pending: list[str] = []  # names that no kind belongs to yet
    at = 0
    while at < len(tokens):
        kind = KINDS.get(tokens[at])
        if kind is None:
            pending.append(tokens[at])
            at += 1
            continue
        end = at + 1
        numbered = kind.level == STREET and pending and pending[-1][0].isdigit()  # 5-я линия В.О.
        if pending and (
            suffixed or numbered or kind.level <= DISTRICT or end == len(tokens) or tokens[end] in KINDS
        ):
            own = pending[-1:] if kind.level <= DISTRICT else pending
            found += _named(NAME_ONLY, pending[: -len(own)]) + _named(kind, own)
            pending, at = [], end
            continue
        found += _named(NAME_ONLY, pending)
        while end < len(tokens) and not _begins_another(tokens, at, end, kind):
            end += 1
        found += _prefixed(tokens[at:end])
        pending, at = [], end
    return found + _named(NAME_ONLY, pending)


def _begins_another(tokens: list[str], start: int, at: int, kind: Kind) -> bool:
    """Whether the place of `kind`, which begins at `start`, ends before `at`."""
    if tokens[at] not in KINDS or all(token in KINDS for token in tokens[start:at]):
        return False
    if at + 1 == len(tokens):  # «ул. Новый Поселок», but «г. Клин Дачная ул.»
        return False
    return not (kind.level == STREET and len(tokens[at]) > 3 and KINDS[tokens[at]].level == STREET)


def _prefixed(tokens: list[str]) -> list[Place]:
    """A place whose kind stands before its name, or the two that «г. Клин Дачная ул.» names."""
    first, last = KINDS[tokens[0]], KINDS.get(tokens[-1])
    if last and last.level == STREET and len(tokens) == 3 and len(tokens[0]) == 1:  # «П. Морозова ул.»
        return _named(last, tokens[:2])
    if last and first.level < STREET == last.level and len(tokens) > 3:
        return _named(first, tokens[1:-2]) + _named(last, tokens[-2:-1])
    count = next((n for n, token in enumerate(tokens) if token not in KINDS), len(tokens))
    if count == len(tokens):  # kinds alone: «ул. Набережная»
        if len(tokens) == 1:  # «Набережная»; but «деревня» says nothing
            return _named(NAME_ONLY, tokens) if first.level == STREET else []
        return _named(first, tokens[1:])
    if first.level == STREET:
        return _named(first, tokens[1:])
    return _named(KINDS[tokens[count - 1]], tokens[count:])


def _named(kind: Kind, tokens: list[str]) -> list[Place]:
    """A place of these words, if there are any. Kinds of streets count among the words of streets."""
    if not tokens:
        return []
    words = names(tokens)
    if kind.level in (STREET, UNKNOWN):
        words = frozenset(_street_word(word) for word in words) | {kind.name} - {""}
    return [Place(kind, words)] if words else []


def _street_word(word: str) -> str:
    kind = KINDS.get(word)
    return kind.name if kind and kind.level == STREET and kind.name else word
