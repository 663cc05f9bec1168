"""A connection to PostgreSQL that gives up, with itself, what takes longer than there is patience."""

import select
import time
from typing import Any

import peewee
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.json import Json, Jsonb

from cabinet.models.connections import patience

# what Peewee has of the driver, where it was loaded without; see `drivers`
vars(peewee).update(psycopg=psycopg, TransactionStatus=TransactionStatus, Json_pg3=Json, Jsonb_pg3=Jsonb)


class OutOfTimeError(psycopg.OperationalError):
    """The server took longer than `patience()`."""

    out_of_time = True  # for `failures`


class Connection(psycopg.Connection[Any]):
    """A connection that waits for the server no longer than `patience()`, also while it connects."""

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Any:
        return _in_time(super()._connect_gen(conninfo))  # `connect_timeout` is 2 seconds at least

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer. Raises OutOfTimeError when it does not come in time."""
        try:
            return super().wait(gen, interval, patience() if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()  # whatever the server does with it later, nobody listens
            raise OutOfTimeError("no answer in time") from None

    @property
    def dropped(self) -> bool:
        """Whether the server has closed it; nobody has asked it anything that it could answer."""
        if self.closed:
            return True
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        return bool(poll.poll(0))


def _in_time(steps: Any) -> Any:
    """The steps of a connection, as long as there is patience; psycopg asks for one ten times a second."""
    most = patience()
    deadline = None if most is None else time.monotonic() + most
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if deadline is not None and time.monotonic() > deadline:
                raise OutOfTimeError("no connection in time")
            wanted = steps.send(ready)
    except StopIteration as done:
        return done.value
    finally:
        steps.close()


class Adapter(peewee.Psycopg3Adapter):
    """Connects by `Connection`."""

    txn_idle = TransactionStatus.IDLE
    txn_inerror = TransactionStatus.INERROR
    txn_unknown = TransactionStatus.UNKNOWN

    def connect(self, db: peewee.Database, **params: Any) -> Connection:
        """Open one. Raises psycopg.OperationalError after `connect_timeout` seconds."""
        known = conninfo_to_dict(db.database)
        own = {name: value for name, value in params.items() if name not in known}
        own["prepare_threshold"] = None  # the next session of a pooler is another
        return Connection.connect(db.database, **own)
