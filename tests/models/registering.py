"""Registrations on their way, without pages."""

from collections.abc import Callable
from datetime import date
from typing import Any

from cabinet.models import Registration
from tests.cast import AMOUNTS, LESNAYA, PERIODS, PHONE

IP, BROWSER = "2001:db8::1", "browser"
CONSENT, TERMS = ("1", "I agree"), ("2", "I accept")
PROFILE: dict[str, Any] = {
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "birth_date": date(1980, 2, 1),
    "email": "anna@example.org",
}
WALK: list[Callable[[Registration], Any]] = [
    lambda r: r.verify_phone(),
    lambda r: match(r),
    lambda r: r.confirm_address(),
    lambda r: r.fill_profile(PROFILE, TERMS, IP, BROWSER),
]


def begin(phone: str = PHONE, locale: str = "ru") -> Registration:
    """One that has a phone and a consent."""
    return Registration.begin(phone, locale, CONSENT, IP, BROWSER)


def match(registration: Registration, number: str = LESNAYA) -> bool:
    """What is on the receipt of this account is typed; whether it was found."""
    return registration.match_account(PERIODS[-1], number, AMOUNTS[LESNAYA], IP)


def ready(phone: str = PHONE, locale: str = "ru") -> Registration:
    """A registration that lacks the password alone."""
    registration = begin(phone, locale)
    for answer in WALK:
        answer(registration)
    return fresh(registration)


def fresh(registration: Registration) -> Registration:
    """The registration as the database has it."""
    return Registration.get_by_id(registration.id)
