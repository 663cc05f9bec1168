"""One attempt to send one message, and its outcome.

Sending happens outside of any transaction and with no database connection held. Whatever goes wrong with a
message is recorded on it.
"""

import logging
from collections.abc import Callable

from cabinet.delivery import fan_out, mail, message_texts, outcome, webhook
from cabinet.delivery.by_phone import ByPhone
from cabinet.delivery.errors import OutdatedError, RefusedError, RestingError, UnavailableError
from cabinet.delivery.gateway import SmsReceipt
from cabinet.delivery.ladder import Ladder, settled
from cabinet.models import DeliveryTry, Message, OneTimeCode
from cabinet.models.base import now
from cabinet.models.choosing import EVERY, Only
from cabinet.models.database import connected, db
from cabinet.models.fate import Fault
from cabinet.models.other_way import send_otherwise
from cabinet.models.receiver import Receiver
from cabinet.telemetry import cause, crashes, logs
from config import Settings

log = logging.getLogger(__name__)

PHONE = ("sms", "call", "max")

Handler = Callable[[Message], SmsReceipt | None]


def handler_of(channel: str, settings: Settings) -> Handler:
    """The sender for this channel; not to be shared between threads."""
    if channel in PHONE:
        return ByPhone(Ladder(settings, channel))
    if channel == "mail":
        mailer = mail.mailer(settings)
        return lambda message: _send_mail(message, mailer)
    if channel == "webhook":
        hook = webhook.Webhook(settings)
        return lambda message: _send_webhook(message, hook)
    return lambda message: fan_out.fan_out(message, settings)


def send_next(
    channel: str, handler: Handler, only: Only = EVERY, found: Callable[[], object] = lambda: None
) -> bool:
    """Claim one due message of those chosen, try to send it and record the outcome; False if none is due.

    `found` is called before one is sent: there may be more.
    """
    with connected():
        message = Message.claim_next(channel, only, handler.begin if isinstance(handler, ByPhone) else None)
    if message is None:
        return False
    found()
    with cause.caused_by(message.request_id):
        _deal_with(message, channel, handler)
    return True


def _deal_with(message: Message, channel: str, handler: Handler) -> None:
    if isinstance(handler, ByPhone) and handler.has_begun(message):
        _try_to_send(message, handler)
        return
    if channel in PHONE and settled(message):
        return
    if message.expires_at and message.expires_at <= now():
        outcome.record(lambda: _expired(message))
    elif channel in PHONE and message.unanswered > 1:  # it may have arrived twice
        log.error("%s %s had no answer twice; staff may retry it", channel, message.id)
        outcome.record(lambda: _given_up(message, f"no answer twice: {message.error or 'cut short'}"))
    else:
        _try_to_send(message, handler)


def _try_to_send(message: Message, handler: Handler) -> None:
    try:
        handler(message)
    except OutdatedError:
        outcome.record(lambda: message.mark_dead("expired"))
    except RestingError as rest:
        seconds = rest.seconds
        outcome.record(lambda: message.put_off(seconds))
    except RefusedError as refusal:
        reason, fault = refusal.reason, refusal.fault
        log.error("%s %s was refused: %s", message.channel, message.id, reason)
        outcome.record(lambda: _refused(message, reason, fault))
    except UnavailableError as failure:
        reason, wait, certain, alone = failure.reason, failure.retry_after, failure.certain, failure.alone
        level = logging.ERROR if message.worn_out else logging.WARNING
        log.log(level, "%s %s failed, try %d: %s", message.channel, message.id, message.tries, reason)
        if message.channel == "max" and message.template == "code" and certain:  # nobody waits for that
            outcome.record(lambda: _given_up(message, reason))
        else:
            outcome.record(lambda: message.mark_failed(reason, wait, certain, alone))
    except Exception as error:
        name = type(error).__name__
        log.error("%s %s failed: %s at %s", message.channel, message.id, name, logs.place_of(error))
        crashes.tell(error, message.channel)
        outcome.record(lambda: message.mark_failed(name, certain=False))
    else:
        logs.logger().info("message_sent", lane=message.channel, message=message.id, tries=message.tries)
        if message.channel != "staff" and not isinstance(handler, ByPhone):  # these mark it with other rows
            outcome.record(message.mark_sent)


def _refused(message: Message, reason: str, fault: Fault) -> bool:
    """Give up; but what only the company can mend is tried again, unless it is a code.

    A code is useless by then. It dies at once, and counts as never asked for, unless one may have sent it.
    """
    if not fault.ours or message.channel == "max":
        return _given_up(message, reason, fault)
    if message.template != "code":
        return message.mark_failed(reason)
    with db.atomic():
        code = OneTimeCode.get_or_none(OneTimeCode.id == message.data.get("code"))
        dead = message.mark_dead(reason, fault)
        if dead and code is not None and not any(one.may_arrive for one in DeliveryTry.of(message)):
            code.take_back(message.id)
        return dead


def _given_up(message: Message, reason: str, fault: Fault | None = None) -> bool:
    """Give up; what MAX did not bring goes another way, as long as there is one."""
    stopped = fault in (Fault.NUMBER, Fault.OPERATOR)
    late = message.template == "code" and reason == "expired"
    if message.channel == "max" and not late and send_otherwise(message, stopped):
        return False
    return message.mark_dead(reason, fault or "")


def _expired(message: Message) -> bool:
    """Give up. A code that certainly reached no gateway in all that time counts as never asked for."""
    with db.atomic():
        code = OneTimeCode.get_or_none(OneTimeCode.id == message.data.get("code"))
        dead = _given_up(message, "expired")
        if dead and code is not None and message.failures and not message.unanswered:
            code.take_back(message.id)
        return dead


def _send_mail(message: Message, mailer: mail.Mailer) -> None:
    with connected():
        if message_texts.outdated(message):
            raise OutdatedError
        email = message_texts.mail(message)
    envelope = mail.Envelope(message.to, message.id, message.created_at)
    _unless_it_rests(message, lambda: mailer.send(envelope, email))


def _send_webhook(message: Message, hook: webhook.Webhook) -> None:
    event = (message.parent or message.id, message.template, message.created_at, message.data)
    _unless_it_rests(message, lambda: hook.send(message.to, *event))


def _unless_it_rests(message: Message, send: Callable[[], None]) -> None:
    """Send it, unless its receiver is left alone; and note how the receiver fared.

    What has waited as long as anything does is tried in any case: it is the last time.
    """
    receiver = Receiver.of(message)
    with connected():
        rest = None if message.worn_out else receiver.rest()
    if rest is not None:
        raise RestingError(rest)
    try:
        send()
    except UnavailableError as failure:
        reason = failure.reason
        _note(receiver.worked if failure.alone else lambda: receiver.failed(reason))
        raise
    except RefusedError as refusal:
        if refusal.by_receiver:
            _note(receiver.worked)
        raise
    _note(receiver.worked)


def _note(fared: Callable[[], None]) -> None:
    """Note how a receiver fared: that is for other messages, and what became of this one stays as it is."""
    try:
        with connected():
            fared()
    except Exception as error:
        log.error("how a receiver fared was not noted: %s at %s", type(error).__name__, logs.place_of(error))
        crashes.tell(error, "receiver")
