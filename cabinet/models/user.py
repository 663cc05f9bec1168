"""Residents and the accounts linked to them."""

from peewee import CharField, DateField, DateTimeField, ForeignKeyField

from cabinet.models.account import Account
from cabinet.models.base import Model, new_id, now


class User(Model):
    """A resident, known by the phone. `password_hash` is None for residents imported without a password."""

    id = CharField(22, primary_key=True, default=new_id)
    phone = CharField(16, unique=True)
    last_name = CharField(60, default="")
    first_name = CharField(60, default="")
    middle_name = CharField(60, default="")
    birth_date = DateField(null=True)
    email = CharField(254, default="")
    email_confirmed_at = DateTimeField(null=True)
    password_hash = CharField(80, null=True)
    locale = CharField(8, default="ru")
    created_at = DateTimeField(default=now, index=True)
    blocked_at = DateTimeField(null=True)
    # for Flask-Login, which asks nothing else of a user
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the resident may sign in."""
        return self.blocked_at is None

    def get_id(self) -> str:
        """The identifier that the session keeps."""
        return self.id

    @property
    def initials(self) -> str:
        """Two letters for the round picture: first name, last name."""
        return (self.first_name[:1] + self.last_name[:1]).upper()

    @classmethod
    def by_phone(cls, phone: str) -> "User | None":
        """The resident of this E.164 phone, or None."""
        return cls.get_or_none(cls.phone == phone)

    def accounts(self) -> list[Account]:
        """Linked accounts, oldest link first."""
        return list(
            Account.select()
            .join(AccountLink, on=(AccountLink.account == Account.number))
            .where(AccountLink.user == self.id)
            .order_by(AccountLink.created_at)
        )


class AccountLink(Model):
    """A resident may see an account."""

    user = ForeignKeyField(User, backref="links", on_delete="CASCADE")
    account = ForeignKeyField(Account, backref="links")
    created_at = DateTimeField(default=now)

    class Meta:
        indexes = ((("user", "account"), True),)
