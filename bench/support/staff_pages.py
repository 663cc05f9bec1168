"""The staff's lists, pages and searches, each as it is asked for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bench.support.staff_rows import BEGAN, EVERY
from cabinet.models import Staff
from cabinet.staff.paging import _encode

SEARCHES = (
    *("иванова", "ивановааб", "Ивановавба  анна", "ёжик", "щ", "нет такого", "Фёдоровллк анна"),
    *("анна иванова", "дачная 70а", "клин 70а 12к анна", "0070", "a500@example.org", "иванова щукина"),
    *("+7900", "8 900 001 2", "+7 900 001-23-45", "1000012345", "10000-12346", "9999999999999"),
)
REQUEST_SEARCHES = ("анна дачная 3", "иван", "ежикова анна", "0070", "a@example.org", "нет такого")


def pages(residents: int, staff: Staff) -> Iterator[tuple[str, str, str]]:
    """Every list and search: its name, its address, and what is searched for."""
    half = _at(residents // 2)
    tenth = _at(residents // 20)
    for state in ("new", "in_work", "mine", "done", "refused", "all"):
        yield f"requests {state}", f"/staff/requests/{state}", ""
        yield f"requests {state}, far", f"/staff/requests/{state}?after={_encode(tenth, '10000000')}", ""
        yield f"requests {state}, oldest", f"/staff/requests/{state}?sort=created", ""
    for sort in ("state", "-state", "colleague", "-colleague"):
        yield f"requests all, by {sort}", f"/staff/requests/all?sort={sort}", ""
    yield "requests new, by colleague", "/staff/requests/new?sort=colleague", ""
    last = f"refused~{_encode(tenth, '10000000')}"
    yield "requests all, by state, far", f"/staff/requests/all?sort=state&after={last}", ""
    yield "requests found, by colleague", "/staff/requests/found?sort=colleague", "иван"
    yield "requests of one member", f"/staff/requests/all?who={staff.id}", ""
    for query in ("10000007", "8 900 000-00-70", "12345678", *REQUEST_SEARCHES):
        yield f"requests «{query}»", "/staff/requests/found", query
    yield "residents, newest", "/staff/residents", ""
    yield "residents, far", f"/staff/residents?after={_encode(half, 'u1')}", ""
    for sort in ("created", "name", "-name"):
        yield f"residents, by {sort}", f"/staff/residents?sort={sort}", ""
    yield "residents, by name, far", f"/staff/residents?sort=name&after=u{1_000_000_000 + residents // 2}", ""
    for query in SEARCHES:
        yield f"residents «{query}»", "/staff/residents/found", query
        yield f"all «{query}»", "/staff/search", query
    yield "registrations", "/staff/registrations", ""
    yield "registrations, far", f"/staff/registrations?after={_encode(half, 'r1')}", ""
    yield "registrations «8 900 050-00-07»", "/staff/registrations", "8 900 050-00-07"
    yield "messages «8 900 050-00-07»", "/staff/messages/found", "8 900 050-00-07"
    yield "messages «nobody@example.org»", "/staff/messages/found", "nobody@example.org"
    for state in ("dead", "waiting", "sent"):
        yield f"messages {state}", f"/staff/messages/{state}", ""
        yield f"messages {state}, far", f"/staff/messages/{state}?after={_encode(half, 'm1')}", ""
        for channel in ("sms", "webhook", "staff"):
            yield f"messages {state} {channel}", f"/staff/messages/{state}?lane={channel}", ""
    yield from _desk(half, tenth, staff)


def _desk(half: datetime, tenth: datetime, staff: Staff) -> Iterator[tuple[str, str, str]]:
    for state, sort in (("dead", "when"), ("waiting", "-when"), ("sent", "when")):
        yield f"messages {state}, by {sort}", f"/staff/messages/{state}?sort={sort}", ""
    yield "imports", "/staff/imports", ""
    yield "audit", "/staff/audit", ""
    yield "audit, oldest", "/staff/audit?sort=at", ""
    yield "audit of one kind, oldest", "/staff/audit?about=residents&sort=at", ""
    yield "audit, far", f"/staff/audit?after={_encode(half, 1)}", ""
    yield "audit of one member", f"/staff/audit?actor={staff.actor}", ""
    yield "audit of one member, far", f"/staff/audit?actor={staff.actor}&after={_encode(half, 1)}", ""
    yield "audit of one resident", "/staff/audit?subject=u1000000007", ""
    yield "audit of nobody", "/staff/audit?actor=user:none", ""
    yield "audit of one kind", "/staff/audit?about=residents", ""
    yield "audit of one day", "/staff/audit?since=2020-06-01&until=2020-06-01", ""
    yield "one resident", "/staff/resident/u1000000010", ""
    yield "one resident's cabinet", "/staff/resident/u1000000010/cabinet", ""
    yield "day", "/staff/day", ""
    yield "requests about data", "/staff/data-requests", ""
    yield "one request about data", "/staff/data-request/d1000000005", ""
    yield "what is kept of who asks", "/staff/data-request/d1000000005/data", ""
    yield "invitations", "/staff/registrations/invitations", ""
    yield "invitations, far", f"/staff/registrations/invitations?after={_encode(tenth, 'i1')}", ""
    yield "SMS to «8 900 050-00-07»", "/staff/sms", "8 900 050-00-07"
    yield "SMS of a day", "/staff/sms/figures/day", ""
    yield "staff", "/staff/people", ""
    yield "one request", "/staff/request/10000001", ""
    for query in ("дачная 7000 12", "1000012345", "дачная 99999", "клин дачная", "дачная 7"):
        yield f"accounts for a request «{query}»", "/staff/request/10000001/accounts", query
    yield "accounts for a caller", "/staff/registrations/invitations/accounts", "клин дачная 70 12"
    yield "accounts for a resident", "/staff/resident/u1000000010/accounts", "клин дачная 70 12"
    yield "one message", "/staff/message/m1000000009", ""


def _at(n: int) -> datetime:
    return BEGAN + timedelta(seconds=n * EVERY, microseconds=1)
