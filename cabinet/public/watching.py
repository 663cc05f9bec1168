"""The web server looks around its host and, while the worker is gone, for all else, and sends the alarms."""

import logging
import threading
import time

from flask import Flask, Response

from cabinet.delivery import alarms
from cabinet.models import Heartbeat
from cabinet.models.base import settings
from cabinet.models.choosing import Only
from cabinet.models.connections import renew_in_children
from cabinet.models.database import connected
from cabinet.models.message import TOLD
from cabinet.telemetry import crashes
from cabinet.telemetry.logs import place_of

log = logging.getLogger(__name__)

EVERY = 30.0  # seconds between looks of one process
AGAIN = 10.0  # seconds in which a worker that was silent for want of the database is heard of again
MOST_SENT = 100  # messages at a time


class Watch:
    """Looks after a response now and then, in a thread that holds nobody up."""

    def __init__(self) -> None:
        self.renew()
        renew_in_children(self)

    def renew(self) -> None:
        """Begin anew: who looked in a parent does not look here."""
        self.look_at = time.monotonic() + EVERY
        self.looking = threading.Lock()

    def after(self, response: Response) -> Response:
        """Look, if it is time."""
        if time.monotonic() >= self.look_at and self.looking.acquire(blocking=False):
            self.look_at = time.monotonic() + EVERY
            threading.Thread(target=self._look, name="watch", daemon=True).start()
        return response

    def _look(self) -> None:
        try:
            with connected():
                alarms.look_around()
                gone = Heartbeat.worker_is_gone()
            if gone:
                time.sleep(AGAIN)
            stand_in()
        except Exception as error:  # the database, mostly
            log.error("watch: %s at %s", type(error).__name__, place_of(error))
            crashes.tell(error, "watch")
        finally:
            self.looking.release()


def stand_in() -> int:
    """Raise and send alarms if the worker is gone; returns how many messages were sent."""
    with connected():
        if not Heartbeat.worker_is_gone():
            return 0
        alarms.watch(unknown=["balance/"])
    from cabinet.delivery.sending import handler_of, send_next  # the worker's work, and its libraries

    sent = 0
    for channel in ("mail", "webhook"):
        handler = handler_of(channel, settings())
        while sent < MOST_SENT and send_next(channel, handler, Only(TOLD)):
            sent += 1
    return sent


def init_app(app: Flask) -> None:
    """Watch from now on; tests look when they want to."""
    if not settings().testing:
        app.after_request(Watch().after)
