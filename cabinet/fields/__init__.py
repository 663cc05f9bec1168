"""Parse and normalise what people type: phones, codes, sums, periods, accounts, names, dates, e-mails, sites.

Every parser takes any `str` and either returns the canonical value or raises `FieldError`, whose
`code` is a short machine word that the forms turn into a sentence. Overlong text is refused by
its length before anything else looks at it, so the time is bounded. A canonical value parses to itself.
"""

from cabinet.fields.accounts import account_key, account_number
from cabinet.fields.amounts import MAX_KOPECKS, money
from cabinet.fields.cleaning import FieldError
from cabinet.fields.codes import code
from cabinet.fields.dates import birth_date, period
from cabinet.fields.emails import email
from cabinet.fields.free_text import line, paragraphs
from cabinet.fields.names import patronymic, person_name
from cabinet.fields.operators import OPERATORS, operator
from cabinet.fields.phones import phone
from cabinet.fields.sites import LONGEST as LONGEST_SITE
from cabinet.fields.sites import site

__all__ = [
    "LONGEST_SITE",
    "MAX_KOPECKS",
    "OPERATORS",
    "FieldError",
    "account_key",
    "account_number",
    "birth_date",
    "code",
    "email",
    "line",
    "money",
    "operator",
    "paragraphs",
    "patronymic",
    "period",
    "person_name",
    "phone",
    "site",
]
