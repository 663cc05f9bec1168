"""A phone is proved by the contact of its MAX user: then MAX brings the digits of the code, without any SMS.

MAX says whose number it was when the account was made there, not who has the SIM now: so a contact opens no
cabinet, but begins one, which takes a receipt; no invitation and no request that waits for the phone is shown
to it (`Registration.proved_by`). The digits go into the chat and are typed in the browser that
asked, as those of an SMS are: whoever is talked into opening a stranger's link gives nothing away by it.
"""

import hashlib
import hmac
import re
from datetime import timedelta
from typing import Any

from peewee import BigIntegerField, CharField, DateTimeField, ForeignKeyField

from cabinet import fields
from cabinet.models import max_payload
from cabinet.models.account_event import AccountEvent
from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.code import OneTimeCode
from cabinet.models.database import transaction
from cabinet.models.limits import take
from cabinet.models.max_link import is_on
from cabinet.models.message import Message
from cabinet.models.prepared import insert
from cabinet.models.unit import whole
from cabinet.models.user import User

PURPOSE = "max-contact"
LIFE = timedelta(minutes=10)
TEL = re.compile(r"^TEL[^:\r\n]*:([^\r\n]*)", re.MULTILINE)


class MaxContact(Model):
    """Asked for by the browser that has `code`. `max_user` is who started the bot by it, the first one.

    `used_at` is when it brought the digits; one that comes in vain is deleted.
    """

    id = CharField(22, primary_key=True, default=new_id)
    code_id: str
    code = ForeignKeyField(OneTimeCode, on_delete="CASCADE")
    locale = CharField(8, default="ru")
    max_user = BigIntegerField(null=True, index=True)
    created_at = DateTimeField(default=now)
    expires_at = DateTimeField()
    used_at = DateTimeField(null=True)

    @staticmethod
    def may_prove(code: OneTimeCode) -> bool:
        """Whether a contact may stand in for the SIM: who registers finds no cabinet on the number.

        For a new password it is begun in browsers of the resident's alone.
        """
        if code.purpose == "registration":
            return User.by_phone(code.phone) is None
        return code.purpose == "recovery"

    @classmethod
    def brought(cls, code: str) -> bool:
        """Whether a contact has brought the digits of the code into the chat; an SMS may have come, too."""
        return is_on() and cls.select().where(cls.code == code, cls.used_at.is_null(False)).exists()

    @property
    def live(self) -> bool:
        """Whether a contact may still be sent for it."""
        return self.used_at is None and self.expires_at > now()

    @property
    def url(self) -> str:
        """Where the bot is started by it."""
        return max_payload.start_url(max_payload.payload(PURPOSE, self.id, self.code_id))

    @classmethod
    def begin(cls, code: OneTimeCode, locale: str) -> "MaxContact":
        """Let the phone of a code be proved so. Raises TooManyError."""
        with transaction():
            take("max-contact", code.id)
            contact = cls(code=code.id, locale=locale, expires_at=now() + LIFE)
            insert(contact)
        return contact

    @classmethod
    def find(cls, key: str | None) -> "MaxContact | None":
        """The one of this id, or None."""
        return cls.get_or_none(cls.id == key) if key else None

    def _say(self, template: str, max_user: int, **data: Any) -> Message:
        """Write to who started the bot; `max` is their number there, since they may be no resident."""
        phone, said = OneTimeCode.get_by_id(self.code_id).phone, {"max": max_user, **data}
        return Message.enqueue("max", template, to=phone, data=said, locale=self.locale, expires=600)


@whole
def started(payload: str, max_user: int) -> bool:
    """The bot was started by the link: ask for the contact. False for a link that is no good."""
    contact = MaxContact.find(max_payload.key_in(payload))
    if contact is None or not max_payload.is_genuine(payload, PURPOSE, contact.id, contact.code_id):
        return False
    mine = (MaxContact.id == contact.id, MaxContact.max_user.is_null())
    if not contact.live or not MaxContact.update(max_user=max_user).where(*mine).execute():
        return False
    contact._say("max_contact", max_user)
    return True


@whole
def shared(sender: int, of: int, vcf: str, digest: str) -> bool:
    """A contact came: where it is the sender's own, and its number that of the code, send the digits.

    False where nobody waits for it, or it is not certainly what MAX knows of the sender.
    """
    if sender != of or not is_signed(vcf, digest):
        return False
    waiting = MaxContact.select().where(
        MaxContact.max_user == sender, MaxContact.used_at.is_null(), MaxContact.expires_at > now()
    )
    contact = waiting.order_by(MaxContact.created_at.desc()).first()
    mine = MaxContact.used_at.is_null()
    if (
        contact is None
        or not MaxContact.update(used_at=now()).where(MaxContact.id == contact.id, mine).execute()
    ):
        return False
    code = OneTimeCode.get_by_id(contact.code_id)
    good = code.live and MaxContact.may_prove(code)
    if not good or code.phone != phone_in(vcf):
        contact._say("max_no_code", sender, late=not good)
        contact.delete_instance()
        return False
    message = contact._say("code", sender, code=code.id, purpose=code.purpose)
    OneTimeCode.update(message=message.id).where(OneTimeCode.id == code.id).execute()
    AccountEvent.record("code-sent", code.phone, "", purpose=code.purpose, way="max")
    return True


def is_signed(vcf: str, digest: str) -> bool:
    """Whether MAX made this contact for our bot: `hash` is HMAC-SHA-256 of `vcf_info` by the token, in hex.

    https://dev.max.ru/docs-api/use-cases/sending-messages/keyboard (request_contact), where line ends written
    as the four characters \\\\r\\\\n are to be made real; the same in max-messenger-bot/max-bot-api-php
    (`MaxApiClient`, hash_hmac over `vcf_info`), xonta-max-mcp (`max_verify_signature`) and other clients.
    """
    known = settings().gateway_settings
    tokens = [known.get(name, "") for name in ("max_bot_token", "max_bot_token_next")]
    texts = {vcf, vcf.replace("\\r\\n", "\r\n")}
    return any(
        hmac.compare_digest(
            hmac.new(token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256)
            .hexdigest()
            .encode(),
            digest.strip().lower().encode("utf-8", "replace"),
        )
        for token in tokens
        if token
        for text in texts
    )


def phone_in(vcf: str) -> str:
    """The number in a contact that has one, E.164; empty for any other."""
    found = TEL.findall(vcf.replace("\\r\\n", "\r\n"))
    try:
        digits = re.sub(r"\D", "", found[0])
        return fields.phone(f"+{digits}") if len(found) == 1 else ""
    except (IndexError, fields.FieldError):
        return ""
