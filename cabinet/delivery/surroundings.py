"""What is wrong around this host: a full disk, Redis away, a clock set. Each says so of itself alone."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

from cabinet.delivery.troubles import Trouble
from cabinet.models.clock import SMALL, clock
from cabinet.models.database import db, is_sqlite
from config import ROOT, Settings

LEAST_FREE = 1_000_000_000  # bytes
REDIS_PATIENCE = 1  # seconds
AROUND = ("space/", "redis/", "clock/")  # how their names begin, before the host's


def host() -> str:
    """What this host is called, cut to what an alarm's name holds."""
    return socket.gethostname()[:30]


def surroundings(settings: Settings) -> Iterator[Trouble]:
    """All that is wrong around this host."""
    free = min(map(_free, _folders(settings)))
    if free < LEAST_FREE:
        yield Trouble(f"space/{host()}", {"host": host(), "megabytes": free // 1_000_000})
    if settings.redis_url and not _redis_answers(settings.redis_url):
        yield Trouble(f"redis/{host()}", {"host": host()})
    if abs(apart := clock.ahead()) > SMALL:
        minutes = max(1, round(abs(apart) / 60))
        yield Trouble(f"clock/{host()}", {"host": host(), "minutes": minutes, "forward": apart < 0})


def _folders(settings: Settings) -> Iterator[Path]:
    yield from (ROOT / settings.uploads_folder, ROOT / settings.imports_folder)
    if is_sqlite():
        yield Path(db.database).parent


def _free(folder: Path) -> int:
    """Bytes; of the next folder above that there is, for files make theirs when the first is kept."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _redis_answers(url: str) -> bool:
    import redis  # large, and most do without

    patience = {"socket_timeout": REDIS_PATIENCE, "socket_connect_timeout": REDIS_PATIENCE}
    try:
        with redis.Redis.from_url(url, **patience) as client:
            return bool(client.ping())
    except (redis.RedisError, ValueError, OSError):
        return False
