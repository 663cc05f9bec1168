"""Looks for what staff must mend, and has it told; late messages are logged each time."""

import logging
import time

from cabinet.delivery import alarms
from cabinet.delivery.troubles import Trouble, low_balances
from cabinet.models import Heartbeat
from cabinet.models.base import settings
from cabinet.models.lateness import late

log = logging.getLogger(__name__)

BALANCE_EVERY = 600.0  # seconds between questions to gateways about their money


class Lookout:
    """The worker's look at everything; gateways are asked less often for their balances."""

    def __init__(self) -> None:
        self.ask_at = time.monotonic()

    def look(self) -> dict[str, int]:
        """Log how many messages of each channel are late, raise and clear alarms; returns the counts."""
        found = late()
        for channel, count in found.items():
            log.warning("%d %s messages have waited over 5 minutes", count, channel)
        low: list[Trouble] = []
        unknown = ["balance/"]
        if time.monotonic() >= self.ask_at:
            self.ask_at = time.monotonic() + BALANCE_EVERY
            low, unknown = low_balances(settings())
        if Heartbeat.worker_is_gone():  # which this is not: it could not write so, or a thread of it is lost
            unknown = [*unknown, "worker"]  # and web servers tell that
        alarms.watch(low, unknown)
        return found
