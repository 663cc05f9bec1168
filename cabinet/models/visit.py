"""What a request asks first: its session, whose it is, and the registration and code that it is about."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cabinet.models.code import OneTimeCode
from cabinet.models.database import is_sqlite
from cabinet.models.prepared import columns, execute, made
from cabinet.models.registration import Registration
from cabinet.models.session import WebSession
from cabinet.models.user import User


class Visit(NamedTuple):
    """A session, live or not, its resident, and the registration and the code that its data names."""

    session: WebSession
    user: User | None
    registration: Registration | None
    of_code: Sequence[Any]  # columns of the code: few steps ask for it

    @property
    def code(self) -> OneTimeCode | None:
        """The code, made anew each time."""
        return None if self.of_code[0] is None else made(OneTimeCode, self.of_code)


def visit_of(key: str, registration: str, code: str) -> Visit | None:
    """The visit of a session's key, by one statement; its data has the others' ids under these names."""
    names = [f"$.{name}" if is_sqlite() else name for name in (registration, code)]
    rows = execute(_ON_SQLITE if is_sqlite() else _ON_POSTGRES, [*names, key])
    row = next(iter(rows.fetchall()), None)
    if row is None:
        return None
    of_user, of_registration, of_code = row[_USER:_REGISTRATION], row[_REGISTRATION:_CODE], row[_CODE:]
    return Visit(
        made(WebSession, row[:_USER]),
        None if of_user[0] is None else made(User, of_user),
        None if of_registration[0] is None else made(Registration, of_registration),
        of_code,
    )


_USER = len(WebSession._meta.sorted_fields)
_REGISTRATION = _USER + len(User._meta.sorted_fields)
_CODE = _REGISTRATION + len(Registration._meta.sorted_fields)
_VISIT = f"""
    SELECT {columns(WebSession)}, {columns(User)}, {columns(Registration)}, {columns(OneTimeCode)}
    FROM web_session
    LEFT JOIN "user" ON "user".id = web_session.user_id
    LEFT JOIN registration ON registration.id = {{named}}
    LEFT JOIN one_time_code ON one_time_code.id = {{named}}
    WHERE web_session.key = ?
"""  # noqa: S608 — names of our own
_ON_SQLITE = _VISIT.format(named="json_extract(web_session.data, ?)")
_ON_POSTGRES = _VISIT.format(named="web_session.data ->> CAST(? AS TEXT)")
