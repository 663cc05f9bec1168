"""Links between residents and the accounts they see."""

from peewee import DateTimeField, ForeignKeyField

from cabinet.models.account import Account
from cabinet.models.audit import Audit
from cabinet.models.base import Model, now
from cabinet.models.database import transaction
from cabinet.models.user import User


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


def holds(user: User, number: str) -> bool:
    """Whether the account of this normalised number is linked."""
    return AccountLink.select().where(AccountLink.user == user.id, AccountLink.account == number).exists()


def link(user: User, account: Account, ip: str) -> bool:
    """Link one more account; False if it is linked already. Staff and its other holders are notified."""
    with transaction():
        user.hold()
        added = (
            AccountLink.insert(user=user.id, account=account.number)
            .on_conflict_ignore()
            .as_rowcount()
            .execute()
        )
        if not added:
            return False
        user.notify_staff("account_linked", account=account.printed, address=account.address)
        notify_holders(user, account)
        Audit.record("account-linked", f"user:{user.id}", account.number, ip)
        return True


def unlink(user: User, account: Account, ip: str) -> bool:
    """Remove an account from the list; False if it was not there. Staff are notified."""
    with transaction():
        user.hold()
        removed = (
            AccountLink.delete()
            .where(AccountLink.user == user.id, AccountLink.account == account.number)
            .execute()
        )
        if removed:
            user.notify_staff("account_unlinked", account=account.printed, address=account.address)
            Audit.record("account-unlinked", f"user:{user.id}", account.number, ip)
        return bool(removed)


def notify_holders(user: User, account: Account) -> None:
    """Notify the account's other holders of a new one; inside the caller's transaction."""
    others = (
        User.select()
        .join(AccountLink, on=(AccountLink.user == User.id))
        .where(AccountLink.account == account.number, User.id != user.id)
    )
    for other in others:
        other.notify("account_linked_by_other", sms=False, address=account.address)
