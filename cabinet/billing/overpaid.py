"""Tells whether what was paid too much is to be subtracted from the sum that stands beside it."""

import re

from cabinet.billing.errors import BillingWarning
from cabinet.billing.titles import field_of, fold

CREDIT = "amount_due_credit"
DEBITS = re.compile(r"\b(?:дебет|дт)\b|^(?:долг|задолженность)\b.* (?:на кон(?:ец)?|на к м)\b")
CREDITS = re.compile(r"переплат|аванс|\b(?:кредит|кт)\b")
COMPLETE = re.compile(  # both sides are in it: a balance, or what is to be paid
    r"\b(?:сальдо|баланс|остаток|saldo|balance)\b|\bк (?:оплате|уплате|опл)\b|по квитанции|koplate|oplate"
)
TOTAL = re.compile(r"(?:итого|всего|итог|total|itogo)")  # beside «Начислено»: what is left of it
ASKED = "К оплате взят столбец «{due}», а рядом стоит «{credit}». Какая сумма стоит на квитанции?"


def is_pair(due: str, credit: str) -> bool:
    """Whether two titles are the two sides of one balance: «Долг на конец» and «Переплата на конец»."""
    debit = fold(due)
    return bool(DEBITS.search(debit) and not CREDITS.search(debit) and field_of(credit) == (CREDIT, 0))


def doubt(due: str, credit: str, charged: bool) -> list[BillingWarning]:
    """A question where a title does not say whether what was paid too much is in its sum already.

    `charged`: what was charged has a column of its own, so that a total is no sum of charges.
    """
    title = fold(due)
    if not DEBITS.search(title) and (COMPLETE.search(title) or (charged and TOTAL.fullmatch(title))):
        return []
    told = {"due": " ".join(due.split()), "credit": " ".join(credit.split())}
    return [BillingWarning("overpaid", ASKED.format(**told))]
