"""Who comes to the cabinet in a browser: what they type, what is kept of them, what they are sent."""

import random
import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from cabinet.passwords.hashing import Hasher
from config_demo import DEMO_PEPPER
from tests.browser.site import Site
from tests.waiting import PATIENCE, until

ACCOUNT, AMOUNT, ADDRESS = "7012 3456 78", "4 218,67", "Профсоюзная"
PASSWORD = "Тихий-двор-58"


def new_phone() -> str:
    """A number that nobody has yet; E.164."""
    return f"+7916{random.randrange(10**7):07d}"


PASSWORD, NEW_PASSWORD, WRONG = "Тихий-двор-58", "Новая7калитка", "Неверный0пароль"
OWN, OTHER = ("5510044321", "Летная"), ("7012345678", "Профсоюзная")


@dataclass(frozen=True)
class Seeded:
    """A resident who registered before."""

    phone: str
    email: str
    password: str = PASSWORD


def insert(site: Site, table: str, row: Mapping[str, object]) -> None:
    """Put a row there while the site runs."""
    names, url = ", ".join(f'"{name}"' for name in row), site.environment["DATABASE_URL"]
    mark = "?" if url.startswith("sqlite:") else "%s"
    sql = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([mark] * len(row))})'
    if mark == "?":
        with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=PATIENCE) as connection:
            connection.execute(sql, tuple(row.values()))
    else:
        with psycopg.connect(url) as server:
            server.execute(sql, tuple(row.values()))


def resident_of(site: Site) -> Seeded:
    """A resident with one address, the e-mail not confirmed."""
    phone, user = new_phone(), secrets.token_urlsafe(16)
    email = f"anna{phone[1:]}@example.org"
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    row = {
        "id": user,
        "phone": phone,
        "email": email,
        "created_at": stamp,
        "locale": "ru",
        "first_name": "Анна",
        "last_name": "Ежова",
        "middle_name": "",
        "password_hash": Hasher(DEMO_PEPPER, 4).hash(PASSWORD),
    }
    insert(site, "user", row)
    insert(site, "account_link", {"user_id": user, "account_id": OWN[0], "created_at": stamp})
    return Seeded(phone, email)


def long_unseen(site: Site, resident: Seeded) -> None:
    """Let nobody have seen the resident for two years."""
    change = 'UPDATE "user" SET created_at = ?, seen_at = ? WHERE phone = ?'
    ago = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 730 * 86400))
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        assert connection.execute(change, (ago, ago, resident.phone)).rowcount == 1


def passkeys_of_last_week(site: Site) -> None:
    """Let all passkeys have been added seven days ago."""
    ago = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 7 * 86400))
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        connection.execute("UPDATE passkey SET created_at = ?", (ago,))


def moved_away(site: Site, resident: Seeded, account: str) -> None:
    """Let somebody have given the resident's cabinet, which has this account, another number just now."""
    way = """INSERT INTO way_back (user_id, phone, accounts, at)
        SELECT id, phone, json_array(?), ? FROM "user" WHERE phone = ?"""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        assert connection.execute(way, (account, at, resident.phone)).rowcount == 1
        change = 'UPDATE "user" SET phone = ? WHERE phone = ?'
        connection.execute(change, (new_phone(), resident.phone))


def signed_in_just_now(site: Site, resident: Seeded) -> None:
    """Let the journal say that somebody signed in to the resident's cabinet."""
    note = """INSERT INTO account_event (at, kind, phone, user_id, ip, browser, detail)
        SELECT ?, 'signed-in', phone, id, '', '', '{}' FROM "user" WHERE phone = ?"""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        assert connection.execute(note, (at, resident.phone)).rowcount == 1


def report(site: Site, phone: str, status: str) -> None:
    """What the operator says of the SMS that were sent to a phone, when they are."""
    change = 'UPDATE message SET status = ? WHERE "to" = ? AND sent_at IS NOT NULL'
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")

    def changed() -> bool:
        with sqlite3.connect(database, timeout=PATIENCE) as connection:
            return connection.execute(change, (status, phone)).rowcount > 0

    until(changed, "no SMS was sent")


def letter(site: Site, to: str, subject: str) -> str:
    """Wait for the newest letter to an address whose subject has these words."""

    def newest() -> str:
        for item in site.get_json("/demo/inbox.json"):
            if item["to"] == to and subject.lower() in item["subject"].lower():
                return item["text"]
        return ""

    return until(newest, "no letter came")
