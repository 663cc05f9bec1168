"""`python -m tests.deploy.holding` is `db upgrade`, and prints how long SQLite's other writers waited for it.

The longest of its turns to write: seconds that passed, and seconds of the processor, which are the same on a
machine that has other work to do.
"""

import json
import os
import time

from cabinet.models import base, migrations
from cabinet.models.database import db
from cabinet.models.write_queue import WriteQueue
from config import Settings


class Turns(WriteQueue):
    """Measures them."""

    passed: list[float] = []
    worked: list[float] = []
    begun = (0.0, 0.0)

    def acquire(self) -> None:
        """The turn begins."""
        super().acquire()
        self.begun = (time.monotonic(), time.thread_time())

    def release(self) -> None:
        """It ends."""
        self.passed.append(time.monotonic() - self.begun[0])
        self.worked.append(time.thread_time() - self.begun[1])
        super().release()


def main() -> None:
    """Upgrade."""
    base.configure(Settings(testing=True, database_url=os.environ["DATABASE_URL"]))
    if isinstance(getattr(db.obj, "queue", None), WriteQueue):
        db.obj.queue.__class__ = Turns
    with db.connection_context():
        migrations.upgrade()
    print(json.dumps({"passed": max(Turns.passed, default=0), "worked": max(Turns.worked, default=0)}))


if __name__ == "__main__":
    main()
