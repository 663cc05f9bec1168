"""The worker: empties the outbox, lane by lane, and does the housekeeping.

Each thread has a lane and claims one message at a time; sending happens outside of any transaction and with
no connection held. Whatever goes wrong with a message is written on it, and the lane goes on.
"""

import logging
import random
import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from cabinet.billing import jobs
from cabinet.delivery import fan_out, mail, message_texts, sms, webhook
from cabinet.delivery.errors import Outdated, Refused, Unavailable
from cabinet.delivery.sms import SmsReceipt
from cabinet.models import Heartbeat, Message
from cabinet.models.base import now
from cabinet.models.database import connected
from cabinet.models.message import LANES
from cabinet.worker.alerts import warn_of_late
from cabinet.worker.purge import purge
from config import Settings

log = logging.getLogger(__name__)

THREADS = {"sms": 2, "mail": 2, "webhook": 2, "staff": 1}
POLL = (0.3, 0.5)  # seconds between looks at an empty lane
BEAT_EVERY = 5.0
WARN_EVERY = 60.0
PURGE_EVERY = 600.0
STOP_PATIENCE = 10.0  # seconds for the messages in hand when asked to stop
MARK_PAUSES = (0.2, 1.0, 3.0)  # a message that was sent is worth some patience to note it

Handler = Callable[[Message], SmsReceipt | None]


class Worker:
    """Delivers everything that is due. `run` until a signal; `drain` once, in the caller's thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stopping = threading.Event()
        self.stop_asked = False

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then finish the messages in hand."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask_to_stop)
        threads = [threading.Thread(target=self._housekeeping, name="housekeeping", daemon=True)]
        threads.append(threading.Thread(target=self._imports, name="imports", daemon=True))
        for lane, count in THREADS.items():
            for n in range(count):
                work = (lane, self.handler(lane))
                threads.append(
                    threading.Thread(target=self._lane, args=work, name=f"{lane}-{n}", daemon=True)
                )
        for thread in threads:
            thread.start()
        log.info("worker started")
        beat_at = 0.0
        while not self.stop_asked:
            if time.monotonic() >= beat_at and all(thread.is_alive() for thread in threads):
                self._guarded("heartbeat", lambda: Heartbeat.beat("worker"))
                beat_at = time.monotonic() + BEAT_EVERY
            time.sleep(0.2)
        self.stopping.set()
        deadline = time.monotonic() + STOP_PATIENCE
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        unfinished = [thread.name for thread in threads if thread.is_alive()]
        log.info("worker stopped%s", f", unfinished: {', '.join(unfinished)}" if unfinished else "")

    def ask_to_stop(self, *_: Any) -> None:
        """Safe in a signal handler: it takes no lock."""
        self.stop_asked = True

    def drain(self) -> int:
        """Deliver all that is due now, in this thread; returns how many messages were taken."""
        handlers = {lane: self.handler(lane) for lane in LANES}
        taken = 0
        while any(self.step(lane, handlers[lane]) for lane in ("staff", "sms", "mail", "webhook")):
            taken += 1
        return taken

    def handler(self, lane: str) -> Handler:
        """What delivers a message of this lane; one per thread."""
        if lane == "sms":
            gateway = sms.gateway(self.settings)
            return lambda message: _send_sms(message, gateway)
        if lane == "mail":
            mailer = mail.mailer(self.settings)
            return lambda message: _send_mail(message, mailer)
        if lane == "webhook":
            hook = webhook.Webhook(self.settings)
            return lambda message: _send_webhook(message, hook)
        return lambda message: fan_out.fan_out(message, self.settings)

    def step(self, lane: str, handler: Handler) -> bool:
        """Claim one due message, deliver it and note the outcome; False when nothing is due."""
        with connected():
            message = Message.claim_next(lane)
        if message is None:
            return False
        if message.expires_at and message.expires_at <= now():
            _note(lambda: message.mark_dead("expired"))
        elif lane == "sms" and message.unanswered > 1:  # gateways know no id of ours: it may have come twice
            log.error("sms %s had no answer twice; staff may retry it", message.id)
            _note(lambda: message.mark_dead(f"no answer twice: {message.error or 'cut short'}"))
        else:
            self._deliver(message, handler)
        return True

    def _deliver(self, message: Message, handler: Handler) -> None:
        try:
            receipt = handler(message)
        except Outdated:
            _note(lambda: message.mark_dead("expired"))
        except Refused as refusal:
            reason = refusal.reason
            log.error("%s %s is refused: %s", message.lane, message.id, reason)
            _note(lambda: message.mark_dead(reason))
        except Unavailable as failure:
            reason, wait, certain = failure.reason, failure.retry_after, failure.certain
            log.warning("%s %s failed, try %d: %s", message.lane, message.id, message.tries, reason)
            _note(lambda: message.mark_failed(reason, wait, certain))
        except Exception as error:
            name = type(error).__name__
            log.error("%s %s failed: %s at %s", message.lane, message.id, name, _place(error))
            _note(lambda: message.mark_failed(name, certain=False))
        else:
            if message.lane != "staff":  # the fan-out marks in its own transaction
                known = receipt or SmsReceipt()
                _note(lambda: message.mark_sent((known.provider_id or "")[:64] or None, known.status[:16]))

    def _lane(self, lane: str, handler: Handler) -> None:
        trouble = 0
        while not self.stopping.is_set():
            try:
                if not self.step(lane, handler):
                    self.stopping.wait(random.uniform(*POLL))  # noqa: S311
                trouble = 0
            except Exception as error:  # the database, mostly
                trouble += 1
                log.error("lane %s: %s at %s", lane, type(error).__name__, _place(error))
                self.stopping.wait(min(10.0, 0.5 * 2**trouble))

    def _housekeeping(self) -> None:
        warn_at = purge_at = time.monotonic()
        while not self.stopping.wait(1.0):
            moment = time.monotonic()
            if moment >= warn_at:
                warn_at = moment + WARN_EVERY
                self._guarded("look for late messages", warn_of_late)
            if moment >= purge_at:
                purge_at = moment + PURGE_EVERY
                self._guarded("purge", purge)

    def _imports(self) -> None:
        """Billing files that staff uploaded, one at a time."""
        while not self.stopping.wait(1.0):
            self._guarded("import", jobs.run_next)

    def _guarded(self, what: str, chore: Callable[[], object]) -> None:
        try:
            with connected():
                chore()
        except Exception as error:
            log.error("%s: %s at %s", what, type(error).__name__, _place(error))


def _send_sms(message: Message, gateway: sms.SmsGateway) -> SmsReceipt:
    with connected():
        if message_texts.outdated(message):
            raise Outdated
        text = message_texts.sms(message)
    validity = int((message.expires_at - now()).total_seconds()) if message.expires_at else None
    return gateway.send(message.to, text, message.id, validity)


def _send_mail(message: Message, mailer: mail.Mailer) -> None:
    with connected():
        if message_texts.outdated(message):
            raise Outdated
        letter = message_texts.mail(message)
    mailer.send(mail.Envelope(message.to, message.id, message.created_at), letter)


def _send_webhook(message: Message, hook: webhook.Webhook) -> None:
    hook.send(message.to, message.parent or message.id, message.template, message.created_at, message.data)


def _note(mark: Callable[[], bool]) -> None:
    """Write an outcome down, patiently: what is not noted is sent again when its lease runs out."""
    for pause in (*MARK_PAUSES, None):
        try:
            with connected():
                mark()
            return
        except Exception:
            if pause is None:
                raise
            time.sleep(pause)


def _place(error: BaseException) -> str:
    """File and line where it went wrong; never the message, which may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
