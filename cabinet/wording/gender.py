"""Whether a Russian name is a man's or a woman's, for verbs in the past."""

import re

MASCULINE = ("вич", "ьич", "ов", "ев", "ёв", "ин", "ын", "ский", "цкий")
FEMININE = ("вна", "чна", "шна", "ова", "ева", "ёва", "ина", "ына", "ская", "цкая")
MEN_IN_A = {"никита", "илья", "лука", "кузьма", "фома", "савва", "данила", "гаврила", "миша", "саша", "женя"}
CHOICE = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


def in_gender(text: str, name: str) -> str:
    """The text with «[взял|взяла]» as the person's name wants it; «взял(а)» where it does not say."""
    feminine = is_feminine(name)

    def chosen(choice: re.Match[str]) -> str:
        his, hers = choice.groups()
        if feminine is not None:
            return hers if feminine else his
        return f"{his}({hers[len(his) :]})" if hers.startswith(his) else f"{his} ({hers})"

    return CHOICE.sub(chosen, text)


def is_feminine(name: str) -> bool | None:
    """Whether the name is a woman's; None where nothing in it tells."""
    words = re.findall(r"[а-яё]+", name.lower())
    for word in words:
        if word.endswith(FEMININE) and word not in ("марина", "полина", "арина", "галина", "нина", "ирина"):
            return True
        if word.endswith(MASCULINE):
            return False
    known = [word for word in words if word not in MEN_IN_A and len(word) > 2]
    if any(word in MEN_IN_A - {"саша", "женя"} for word in words):
        return False
    return True if any(word.endswith(("а", "я")) for word in known) else None
