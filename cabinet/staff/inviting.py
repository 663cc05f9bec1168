"""Invites who telephones: the account is searched, the receipt read aloud and checked, consent heard."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import ValidationError

from cabinet import fields
from cabinet.forms.base import ParsedField
from cabinet.forms.person import (
    BIRTH_DATE_MESSAGES,
    EMAIL_MESSAGES,
    PHONE_MESSAGES,
    NameFields,
    parse_birth_date,
    parse_phone,
)
from cabinet.forms.receipt import ChargeForm
from cabinet.models import Account, User, invitation, linking
from cabinet.models.attempt import TooManyError
from cabinet.models.invitation import PERSON, InvitedOtherwiseError, KnownPhoneError, NoCodesError, Receipt
from cabinet.models.look_up import look_up_for_caller
from cabinet.models.passed_number import is_unseen
from cabinet.models.phone_proof import by_contact_alone
from cabinet.staff.billing_search import count_opened, show_accounts
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.search import ACCOUNTS
from cabinet.staff.unsent import half_written, keeps, nothing_was_done
from cabinet.web.flow import advance, flash, form_for_get, reject
from cabinet.web.security import client_address
from cabinet.wording import documents


class InvitationForm(NameFields, ChargeForm):
    """Who calls, what stands on their receipt, and that they agreed to the text of the version `read`."""

    phone = ParsedField(_l("Номер телефона"), parse_phone, PHONE_MESSAGES)
    birth_date = ParsedField(
        _l("Дата рождения (если назвали)"), parse_birth_date, BIRTH_DATE_MESSAGES, optional=True, empty=None
    )
    email = ParsedField(_l("Почта (если назвали)"), fields.email, EMAIL_MESSAGES, optional=True)
    spoken = BooleanField(_l("Согласие прочитано вслух, житель согласился"), false_values=("", "n", "0"))
    read = StringField()

    def validate_spoken(self, field: Any) -> None:
        """No consent, no invitation; nor by a text that is not in force any more."""
        if not field.data:
            raise ValidationError(_l("Прочитайте согласие вслух и отметьте, что житель согласился."))
        if self.read.data != documents.current("consent").version:
            raise ValidationError(_l("Текст согласия обновился. Прочитайте его ещё раз."))

    def not_found(self) -> None:
        """No account is of this receipt; which of the three facts is wrong, nobody is told."""
        self.missed = True
        self.form_errors.append(
            _l("Такой квитанции не нашли. Попросите прочитать ещё раз: месяц, номер счёта и сумму к оплате.")
        )


@bp.get("/registrations/invitations/accounts")
def invitation_accounts() -> Response:
    """The accounts that were searched for."""
    return show_accounts("invite_accounts.html", "invitation-accounts-searched")


@bp.post("/registrations/invitations/accounts")
def search_invitation_accounts() -> Response:
    """Search; an address is personal and stays out of addresses of pages."""
    ACCOUNTS.submit()
    return advance("staff.invitation_accounts")


@bp.get("/registrations/invitations/new")
def invite(form: InvitationForm | None = None) -> Response:
    """The form, empty or as it was refused."""
    return _page(form or form_for_get(InvitationForm, **half_written("submit_invite")))


@bp.get("/registrations/invitations/new/<account>")
def invite_to(account: str) -> Response:
    """The form for an account that was found."""
    found = get_or_404(Account, Account.number == account)
    count_opened()
    record("invitation-account-seen", shown=[found.number])
    written = {**half_written("submit_invite"), "account": found.printed}
    return _page(InvitationForm(formdata=None, data=written), found)


def _page(form: InvitationForm, account: Account | None = None) -> Response:
    consent = documents.current("consent")
    return show("invite.html", form=form, account=account, consent=consent)


@bp.post("/registrations/invitations/new")
@keeps("invite", "phone", *PERSON, "period", "account", "amount")
def submit_invite() -> Response:
    """Check the receipt; invite, once."""
    form = InvitationForm()
    if not form.validate():
        return reject(invite, form)
    try:
        account = _account_of(form)
        if account is None:
            form.not_found()
            return reject(invite, form)
    except TooManyError as error:
        form.refuse(error, None, _("Слишком много неверных квитанций подряд. Попробуйте ещё раз %(when)s."))
        return reject(invite, form)
    return _invited(form, account)


def _account_of(form: InvitationForm) -> Account | None:
    receipt = form.period.value, form.account.value, form.amount.value
    found = look_up_for_caller(form.phone.value, current_staff().id, *receipt, form.months)
    if found is None:
        record("invitation-receipt-wrong")
    return found


def _invited(form: InvitationForm, account: Account) -> Response:
    consent = documents.current("consent")
    try:
        made, new = invitation.invite(
            current_staff(),
            form.phone.value,
            {name: form[name].value for name in PERSON},
            Receipt(account.number, form.period.value, form.amount.value),
            (consent.version, consent.text),
            client_address(),
        )
    except KnownPhoneError as known:
        return _offered_to_link(known.user, account)
    except InvitedOtherwiseError as error:
        nothing_was_done()
        flash(
            _("Этот номер уже приглашён по другому счёту. Отзовите то приглашение, если нужно новое."), "warn"
        )
        return advance("staff.invitation_card", invitation_id=error.invitation.id)
    except NoCodesError:
        form.phone.errors = [
            _(
                "На этот номер коды больше не отправляем: неверный вводили слишком много раз."
                " Нужен другой номер."
            )
        ]
        return reject(invite, form)
    except TooManyError as error:
        form.refuse(error, form.phone, _("Приглашений уже много. Следующее можно отправить %(when)s."))
        return reject(invite, form)
    flash(
        _("Приглашение отправлено.") if new else _("Это приглашение уже отправлено."),
        "done" if new else "info",
    )
    return advance("staff.invitation_card", invitation_id=made.id)


def _offered_to_link(user: User, account: Account) -> Response:
    """The phone has a cabinet: its account is linked there, unless nobody can say whose the phone is now."""
    nothing_was_done()
    if user.blocked_at:
        flash(_("По этому номеру уже есть кабинет, но вход в него закрыт."), "warn")
    elif is_unseen(user):
        flash(
            _(
                "По этому номеру есть кабинет, но в него давно не входили: номер мог перейти к другому"
                " человеку. Пусть житель войдёт сам: кабинет попросит квитанцию и поможет."
            ),
            "warn",
        )
    elif by_contact_alone(user.id, user.phone):
        flash(
            _(
                "По этому номеру есть кабинет, но номер подтвердили в MAX, а не по СМС: это может быть другой"
                " человек. Спросите, чей это кабинет, прежде чем добавлять в него счёт."
            ),
            "warn",
        )
    elif linking.holds(user, account.number):
        flash(_("По этому номеру уже есть кабинет, и этот счёт в нём есть."), "info")
    else:
        flash(_("По этому номеру уже есть кабинет: привязать счёт?"), "info")
        return advance("staff.account_of_resident", user_id=user.id, account=account.number)
    return advance("staff.resident", user_id=user.id)
