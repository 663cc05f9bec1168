"""Choosing a password: the form and the texts of its rules, for registration, recovery and change."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import PasswordField

from cabinet.forms.base import StepForm
from cabinet.models import Registration, User, linking
from cabinet.models.base import settings
from cabinet.passwords.rules import PasswordPolicy, Personal, RuleResult, check


@dataclass(frozen=True)
class ShownRule:
    """A rule as the page lists it. The page can tick it by `pattern`; None: only the server can."""

    name: str
    text: str
    met: bool
    pattern: str | None


class NewPasswordForm(StepForm):
    """A new password, checked against the rules."""

    password = PasswordField(_l("Пароль"))

    def meets_rules(self, personal: Personal) -> bool:
        """Check the password; errors go on its field."""
        if not self.password.data:
            self.password.errors = [_("Не заполнено поле пароля. Введите пароль.")]
            return False
        unmet = [r.text for r in rule_list(self.password.data, personal) if not r.met]
        if unmet:
            rules = "; ".join(text.lower() for text in unmet)
            self.password.errors = [
                _("Не соблюдены все условия при создании пароля. Осталось: %(rules)s.", rules=rules)
            ]
        return not unmet


def policy() -> PasswordPolicy:
    """The rules as the settings have them."""
    s = settings()
    return PasswordPolicy(
        min_length=s.password_min_length,
        max_length=s.password_max_length,
        letters=s.password_letters,
        digits=s.password_digits,
        mixed_case=s.password_mixed_case,
        common=s.password_common,
        personal=s.password_personal,
    )


def rule_list(password: str, personal: Personal) -> list[ShownRule]:
    """The rules as text, each met or not by `password`; an empty password meets none."""
    results = check(policy(), password, personal)
    return [ShownRule(r.name, _text(r), r.met and bool(password), r.pattern) for r in results]


def _text(rule: RuleResult) -> str:
    s = settings()
    texts: dict[str, str] = {
        "length": ngettext("Не короче %(num)d символа", "Не короче %(num)d символов", s.password_min_length),
        "letters": _("Есть буквы"),
        "digits": _("Есть цифры"),
        "case": _("Есть заглавная и строчная буквы"),
        "common": _("Не встречается в утечках паролей"),
        "personal": _("Без вашего имени, телефона, даты рождения и лицевого счёта"),
    }
    return texts[rule.name]


def personal(person: User | Registration) -> Personal:
    """What the password of a resident, or of somebody about to be one, must not be made of."""
    linked = [a.number for a in linking.accounts(person)] if isinstance(person, User) else [person.account_id]
    return Personal(
        phone=person.phone,
        names=(person.last_name, person.first_name, person.middle_name),
        accounts=tuple(number or "" for number in linked),
        birth_date=person.birth_date,
    )
