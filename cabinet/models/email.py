"""Verifies that an e-mail address is the resident's, by a single-use link in an e-mail."""

import hmac
from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField

from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.database import db, transaction
from cabinet.models.limits import take_all
from cabinet.models.mailbox import counted_as
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared, insert
from cabinet.models.signing import accepted
from cabinet.models.user import User


class EmailLink(Model):
    """A link sent to `email`. The token in it is the id and a keyed signature: the table opens nothing."""

    id = CharField(22, primary_key=True, default=new_id)
    user_id: str
    user = ForeignKeyField(User, on_delete="CASCADE")
    email = CharField(254)
    created_at = DateTimeField(default=now)
    expires_at = DateTimeField()
    used_at = DateTimeField(null=True)

    @property
    def token(self) -> str:
        """The token in the link's address."""
        return self._tokens[0]

    @property
    def _tokens(self) -> list[str]:
        """The token, and those of letters from before SECRET_KEY was replaced."""
        signed = accepted("email-link", self.id, self.email)
        return [f"{self.id}.{signature[:16].hex()}" for signature in signed]

    @property
    def live(self) -> bool:
        """Whether the link still works."""
        return self.used_at is None and self.expires_at > now()

    @classmethod
    def send(cls, user: User) -> None:
        """Enqueue the e-mail with a fresh link; earlier links become invalid. Needs no transaction.

        Raises TooManyError when e-mails were requested too often, or the mailbox got too many from others.
        """
        with transaction():
            letter = cls.first_letter(user)
            cls.void_all(user, but=letter.data["link"])
            Message.write(letter)

    @classmethod
    def first_letter(cls, user: User) -> Message:
        """The e-mail with a link, which is the resident's first, to be written in the same transaction.

        Raises TooManyError as `send`.
        """
        take_all((("email-link", user.id), counted_as(user.email)))
        life = settings().email_link_lifetime
        link = cls(user=user, email=user.email, expires_at=now() + timedelta(seconds=life))
        insert(link)
        return Message.drafted(
            "mail",
            "confirm_email",
            to=user.email,
            data={"link": link.id, "name": ""},
            locale=user.locale,
            expires=life,
            blank_after=True,
        )

    @classmethod
    def void_all(cls, user: User, but: str = "") -> None:
        """Invalidate every link that was sent and not used, except the one of the id `but`."""
        with transaction():
            _void.changed(user.id, but)

    @classmethod
    def find(cls, token: str) -> "EmailLink | None":
        """The link of a token that still works, or None."""
        link = cls._of(token)
        return link if link and link.live else None

    @classmethod
    def used(cls, token: str) -> bool:
        """Whether this token's link was used: the button was clicked twice, or the e-mail opened again."""
        link = cls._of(token)
        return link is not None and link.used_at is not None

    @classmethod
    def _of(cls, token: str) -> "EmailLink | None":
        link = cls.get_or_none(cls.id == token.partition(".")[0][:22]) if token.isascii() else None
        genuine = link is not None and any(hmac.compare_digest(one, token) for one in link._tokens)
        return link if genuine else None

    def confirm(self) -> bool:
        """Use the link. False when it was used meanwhile or the resident's address has changed."""
        with db.atomic():
            used = (
                EmailLink.update(used_at=now())
                .where(EmailLink.id == self.id, EmailLink.used_at.is_null())
                .execute()
            )
            confirmed = used and (
                User.update(email_confirmed_at=now())
                .where(User.id == self.user_id, User.email == self.email)
                .execute()
            )
            return bool(confirmed)


_void: Prepared[EmailLink] = Prepared(
    lambda user, but: EmailLink.delete().where(
        EmailLink.user == user, EmailLink.used_at.is_null(), EmailLink.id != but
    )
)
