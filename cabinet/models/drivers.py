"""Has Peewee load no driver of PostgreSQL by itself: `postgres` brings it where DATABASE_URL asks for one.

Peewee loads each that it finds, which takes 6 MiB of every process, on SQLite too. To be imported before it.
"""

import sys
from typing import Any

if not {"peewee", "psycopg"} & sys.modules.keys():
    modules: dict[str, Any] = sys.modules
    modules["psycopg"] = None  # so that it is not found
    try:
        import peewee  # noqa: F401
    finally:
        del modules["psycopg"]
