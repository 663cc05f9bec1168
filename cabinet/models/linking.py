"""Links between residents and the accounts they see."""

from typing import Any

from peewee import DateTimeField, ForeignKeyField

from cabinet.models import invitation
from cabinet.models.account import Account, Charge, newest
from cabinet.models.audit import Audit
from cabinet.models.base import Model, now
from cabinet.models.billing_period import MONTH, RECENT, Month, month_of
from cabinet.models.prepared import columns, execute, made
from cabinet.models.resident_words import add_address, remember_words
from cabinet.models.unit import whole
from cabinet.models.user import User, by_staff


class AccountLink(Model):
    """A resident may see an account."""

    user_id: str
    account_id: str
    user = ForeignKeyField(User, backref="links", on_delete="CASCADE")
    account = ForeignKeyField(Account, backref="links")
    created_at = DateTimeField(default=now)

    class Meta:
        indexes = ((("user", "account"), True),)


def accounts(user: User) -> list[Account]:
    """Linked accounts, oldest link first."""
    return list(
        Account.select()
        .join(AccountLink, on=(AccountLink.account == Account.number))
        .where(AccountLink.user == user.id)
        .order_by(AccountLink.created_at)
    )


def update_words(user: User) -> None:
    """Let staff find the resident by what is known now; inside the caller's transaction, if there is one."""
    remember_words(user, [account.address for account in accounts(user)])


def accounts_with_charges(user: User) -> list[tuple[Account, list[Charge]]]:
    """Linked accounts, oldest link first, each with its charges of the months offered, newest first."""
    return accounts_and_whether_asked(user)[0]


def accounts_and_whether_asked(user: User) -> tuple[list[tuple[Account, list[Charge]]], bool]:
    """As `accounts_with_charges`, and whether the resident may have connection requests."""
    accounts: dict[str, Account] = {}
    charges: dict[str, list[Charge]] = {}
    months: dict[Any, Month] = {}
    asked = True
    for first, *row in execute(_HOME, [user.id, user.id]).fetchall():
        asked = bool(first)
        number, (month, *others), charge = row[0], row[-5 - CHARGE : -CHARGE], row[-CHARGE:]
        accounts[number] = accounts.get(number) or made(Account, row[: -5 - CHARGE])
        if month is not None:
            months[month] = month_of(month, *others)
        if charge[0] is not None:
            charges.setdefault(number, []).append(made(Charge, charge))
    offered = newest(list(months.values()))
    shown = [
        (account, [charge for charge in charges.get(number, []) if charge.period in offered])
        for number, account in accounts.items()
    ]
    return shown, asked


CHARGE = len(Charge._meta.sorted_fields)
_HOME = f"""
    {RECENT}
    SELECT EXISTS (SELECT 1 FROM connection_request WHERE user_id = ?),
        {columns(Account)}, {MONTH}, {columns(Charge)}
    FROM account_link
    JOIN account ON account.number = account_link.account_id
    LEFT JOIN recent ON TRUE
    LEFT JOIN charge ON charge.period = recent.period AND charge.account = account.number
    WHERE account_link.user_id = ?
    ORDER BY account_link.created_at, account_link.id, recent.period DESC
"""  # noqa: S608 — names of our own


def holds(user: User, number: str) -> bool:
    """Whether the account of this normalised number is linked."""
    return AccountLink.select().where(AccountLink.user == user.id, AccountLink.account == number).exists()


def other_holders(user: User, number: str) -> int:
    """How many other residents see the account."""
    others = AccountLink.select().where(AccountLink.account == number, AccountLink.user != user.id)
    return others.count()


@whole
def link(user: User, account: Account, ip: str, by: str = "") -> bool:
    """Link one more account; False if it is linked already. Staff and its other holders are notified.

    `by` is the member of staff who does it for the resident, who then is told as well.
    """
    user.hold()
    added = (
        AccountLink.insert(user=user.id, account=account.number).on_conflict_ignore().as_rowcount().execute()
    )
    if not added:
        return False
    add_address(user, account.address)
    invitation.settle(user, account.number)
    told = {"account": account.printed, "address": account.address, **by_staff(by)}
    user.notify_staff("account_linked", **told)
    if by:
        user.notify("account_linked_by_staff", sms=False, address=account.address)
    notify_holders(user, account.number, by)
    _recorded(user, account, "account-linked", ip, by)
    return True


@whole
def unlink(user: User, account: Account, ip: str, by: str = "") -> bool:
    """Remove an account from the list; False if it was not there. Staff are notified; `by` as for `link`."""
    user.hold()
    removed = (
        AccountLink.delete()
        .where(AccountLink.user == user.id, AccountLink.account == account.number)
        .execute()
    )
    if removed:
        update_words(user)
        told = {"account": account.printed, "address": account.address, **by_staff(by)}
        user.notify_staff("account_unlinked", **told)
        if by:
            user.notify("account_unlinked_by_staff", sms=False, address=account.address)
        _recorded(user, account, "account-unlinked", ip, by)
    return bool(removed)


@whole
def take_back(user: User, account: Account, what: str, ip: str, by: str) -> bool:
    """Undo what staff, `by`, did: `linked` or `unlinked`; False if that was not the account's last."""
    user.hold()
    last = _last_act(user, account.number)
    if last is None or (last.action, last.actor) != (f"staff-account-{what}", by):
        return False
    return unlink(user, account, ip, by) if what == "linked" else link(user, account, ip, by)


def _last_act(user: User, number: str) -> Audit | None:
    """What the journal has last of the account with the resident, whoever did it."""
    by_us = (Audit.subject == user.id) & Audit.action.in_(tuple(f"staff-{one}" for one in ACTS))
    own = (Audit.subject == number) & (Audit.actor == f"user:{user.id}") & Audit.action.in_(ACTS)
    acts = Audit.select().where(by_us | own).order_by(Audit.id.desc())
    return next((one for one in acts if number in (one.subject, one.detail.get("account"))), None)


ACTS = ("account-linked", "account-unlinked")


def _recorded(user: User, account: Account, action: str, ip: str, by: str) -> None:
    if by:
        Audit.record(f"staff-{action}", by, user.id, ip, account=account.number)
    else:
        Audit.record(action, f"user:{user.id}", account.number, ip)


def notify_holders(user: User, number: str, by: str = "") -> Account:
    """Notify the other holders of an account of a new one, inside the caller's transaction; the account."""
    rows = execute(_HOLDERS, [user.id, number]).fetchall()
    account = made(Account, rows[0][:ACCOUNT])
    for row in rows:
        if row[ACCOUNT] is not None:
            told = {"address": account.address, **by_staff(by)}
            made(User, row[ACCOUNT:]).notify("account_linked_by_other", sms=False, **told)
    return account


ACCOUNT = len(Account._meta.sorted_fields)
_HOLDERS = f"""
    SELECT {columns(Account)}, {columns(User)}
    FROM account
    LEFT JOIN account_link ON account_link.account_id = account.number AND account_link.user_id <> ?
    LEFT JOIN "user" ON "user".id = account_link.user_id
    WHERE account.number = ?
"""  # noqa: S608 — names of our own
