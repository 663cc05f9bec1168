"""Asks about sums to be paid of which nobody knows whether they are the one on the receipt, or their sign."""

import re
from collections.abc import Iterable, Sequence

from cabinet.billing.errors import BillingWarning
from cabinet.billing.periods import NAMES
from cabinet.billing.titles import field_of, fold, is_vague

TO_PAY = r"\bк (?:оплате|уплате|опл)\b"
ANY = re.compile(rf"{TO_PAY}|\b(?:итого|всего|на конец|с пени|с учетом)\b(?!.*\bначал)")
LEFT = re.compile(rf"{TO_PAY}|\bна кон(?:ец)?\b|\bк доплате\b")
PAYABLE = re.compile(TO_PAY)
WHOLE = re.compile(rf"\b(?:итого|всего)\b.*{TO_PAY}")
NO_SUM = re.compile(
    r"площад|прожива|зарегистр|тариф|показани|расход|объем|колич|кол во|норм|жильц|человек|чел\b|квартир"
    r"|дата|срок"
)
BALANCE = 3  # rank of titles such as «Долг на конец», which may lack this month's sum
SUM = 2  # rank of titles such as «К оплате», which may lack fines
OWED, OVERPAID = r"(?:долг|задолж|недоплат)", r"(?:переплат|аванс)"
TURNED = re.compile(  # «Сальдо (- долг)», «Переплата(+) / долг(-)»
    rf"(?:[-−–]\s*(?:это\s*)?{OWED}|\+\s*(?:это\s*)?{OVERPAID})|{OWED}\w*\s*\(\s*[-−–]\s*\)|{OVERPAID}\w*\s*\(\s*\+\s*\)"
    rf"|(?:[-−–]|минус)\s*[=—–-]\s*{OWED}|(?:\+|плюс)\s*[=—–-]\s*{OVERPAID}",
    re.IGNORECASE,
)
MONTH = re.compile(  # in a folded title, with the word before it
    rf"(?:^|.* )({'|'.join(sorted(NAMES, key=len, reverse=True))})(?: (?:20)?([0-9]{{2}}))?(?: г(?:ода)?)?"
    r"|(?:^|.* )(0?[1-9]|1[0-2]) 20([0-9]{2})(?: г(?:ода)?)?"
)
NO_CHARGE = re.compile(r"оплачен|поступи|поверк|дата|долг|задолж|сальдо|начал")
SIDE = re.compile(
    r"(?:д|дт|дебет|деб) (?:к|кт|кредит|кред)|знак(?: суммы| сальдо)?|признак (?:долга|сальдо)|сторона"
)
APART = (
    "Рядом с суммой «{sum}» стоит столбец «{side}»: если он говорит, долг это или переплата, все суммы "
    "загрузятся как долг. Выгрузите переплату со знаком минус."
)
ACROSS = (
    "В файле по столбцу на каждый месяц: {others}, а к оплате взят столбец «{taken}». Проверьте, что это "
    "сумма одного месяца, а не всех вместе."
)
MINUS = (
    "Судя по названию столбца «{title}», долг в нём записан с минусом, а у нас с минусом переплата. Суммы "
    "берутся с тем знаком, который стоит в файле: сверьте первые строки с квитанциями."
)
SENTENCE = (
    "К оплате взят столбец «{taken}», а в файле есть и {others}: проверьте, какая сумма стоит на квитанции."
)


def unclear(titles: Sequence[str], names: Sequence[str | None]) -> list[BillingWarning]:
    """A question if a title that is not taken may say what is to be paid; `names` are our fields."""
    found = {name: title for title, name in zip(titles, names, strict=True) if name}
    taken = found.get("amount_due") or found.get("amount_charged")
    if not taken or ("amount_due" not in found and "amount_due_kopecks" in found):
        return []
    pattern, known = _asked(taken) if "amount_due" in found else (LEFT, False)
    others = [
        title
        for title, name in zip(titles, names, strict=True)
        if name is None and pattern and _may_be(title, pattern, known)
    ]
    months = [
        title
        for title, name in zip(titles, names, strict=True)
        if name in (None, "amount_charged") and title is not taken and _month_of(title)
    ]
    if _differ(map(_month_of, months)) and not _month_of(taken):
        told = ", ".join(f"«{' '.join(title.split())}»" for title in months)
        return [BillingWarning("other-sum", ACROSS.format(taken=" ".join(taken.split()), others=told))]
    return [BillingWarning("other-sum", _sentence(taken, others))] if others else []


def _month_of(title: str) -> tuple[int, str] | None:
    """The month and the year, "" if not said, of a title that may be that of what is charged for one month.

    «Октябрь», «Начислено 10.2026».
    """
    words = " ".join(re.findall(r"[0-9a-zа-я]+", title.lower().replace("ё", "е")))
    found = MONTH.fullmatch(words)
    if found is None or NO_SUM.search(words) or NO_CHARGE.search(words):
        return None
    return (NAMES[found[1]], found[2] or "") if found[1] else (int(found[3]), found[4])


def _differ(months: Iterable[tuple[int, str] | None]) -> bool:
    """Whether there are two different months among these."""
    known = list(filter(None, months))
    return len({month for month, _ in known}) > 1 or len({year for _, year in known if year}) > 1


def apart(titles: Sequence[str], names: Sequence[str | None]) -> list[BillingWarning]:
    """A question if a column that is not taken may say on which side the sums stand."""
    sums = [title for title, name in zip(titles, names, strict=True) if name == "amount_due"]
    sides = [
        title for title, name in zip(titles, names, strict=True) if not name and SIDE.fullmatch(fold(title))
    ]
    return [BillingWarning("sign-apart", APART.format(sum=sums[0], side=sides[0]))] if sums and sides else []


def turned(titles: Sequence[str], names: Sequence[str | None]) -> list[BillingWarning]:
    """A question if the title of the sum that is taken says that what is owed has a minus."""
    found = [
        title
        for title, name in zip(titles, names, strict=True)
        if name in ("amount_due", "amount_due_kopecks") and TURNED.search(title)
    ]
    return [BillingWarning("debt-is-minus", MINUS.format(title=" ".join(title.split()))) for title in found]


def _asked(taken: str) -> tuple[re.Pattern[str] | None, bool]:
    """Which other titles raise a question beside the sum taken, and whether those that are known do."""
    found = field_of(taken)
    if is_vague(fold(taken)):
        return ANY, True
    if found is None or found[0] != "amount_due" or found[1] < SUM:
        return None, False
    return (PAYABLE if found[1] >= BALANCE else WHOLE), False


def _may_be(title: str, pattern: re.Pattern[str], known: bool) -> bool:
    """Whether a title that is not taken may name a sum to be paid."""
    folded = fold(title)
    unknown = field_of(title) is None or field_of(title) == ("amount_due_credit", 0)
    return bool(pattern.search(folded)) and not NO_SUM.search(folded) and (known or unknown)


def _sentence(taken: str, others: Sequence[str]) -> str:
    lines = [" ".join(title.split()) for title in (taken, *others)]
    return SENTENCE.format(taken=lines[0], others=", ".join(f"«{line}»" for line in lines[1:]))
