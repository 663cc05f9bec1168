"""Staff and what waits for them, put there while the site runs."""

import re
import time

import pyotp

from tests.browser.people import insert
from tests.browser.site import FLASK, Site

REQUEST = {
    "number": "12345678",
    "created_at": "2026-10-01 10:00:00",
    "state": "new",
    "phone": "+79161234567",
    "last_name": "Ежова",
    "first_name": "Анна",
    "middle_name": "",
    "email": "anna@example.org",
    "city": "Клин",
    "street": "Дачная",
    "house": "3",
}


def add_clerk(site: Site, email: str, *options: str) -> tuple[str, pyotp.TOTP]:
    """A member of staff: the password, and the application on their phone that makes codes."""
    made = site.printed_by(*FLASK, "staff", "add", email, "--generate", *options)
    password, uri = re.search(r"password: (\S+)", made), re.search(r"otpauth://\S+", made)
    assert password and uri
    totp = pyotp.parse_uri(uri[0])
    assert isinstance(totp, pyotp.TOTP)
    return password[1], totp


def insert_dead_letter(site: Site, name: str, to: str) -> None:
    """A letter that could not be delivered."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    row = {
        "id": name,
        "lane": "mail",
        "to": to,
        "template": "deletion_requested",
        "created_at": stamp,
        "dead_at": stamp,
        "error": "550 no such box",
        "tries": 12,
        "data": '{"name": "Анна", "date": "2026-12-01"}',
    }
    insert(site, "message", row)
