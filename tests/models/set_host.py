"""A host whose clock the tests set, while time goes on."""

import time_machine

NOON = 1_700_000_000.0


class Host:
    """A host that was started long ago, and whose clock the test sets."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self.traveller = traveller
        self.started = 1_000_000.0
        self.time = NOON
        self.stalls: list[float] = []

    def passes(self, seconds: float) -> None:
        """Time goes on, awake or asleep."""
        self.started += seconds
        self.is_set(seconds)

    def is_set(self, seconds: float) -> None:
        """Somebody sets the clock."""
        self.time += seconds
        self.traveller.move_to(self.time, tick=False)

    def since_start(self) -> float:
        """Where the process is stopped before it can read on, time passes."""
        if self.stalls:
            self.passes(self.stalls.pop())
        return self.started
