"""Whom an incident concerns, at the models: by each door, in its time, once, and how they are known."""

from datetime import date
from typing import Any

import pytest
from peewee import Database

from cabinet.models import AccountEvent, Audit, Invitation, Message, Registration, User
from cabinet.models.database import db
from cabinet.models.incident import Scope, people
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import DAY, after, moment
from tests.models.test_request import submit

CLERK, OTHER_CLERK, HERE = "staff:1", "staff:2", "203.0.113.9"


def scope(**door: str) -> Scope:
    """A day from START on."""
    return Scope(moment(0), moment(DAY), **door)


def acted(action: str, subject: str = "", actor: str = CLERK, at: float = 0, **detail: Any) -> None:
    with after(at), db.atomic():
        Audit.record(action, actor, subject, **detail)


def happened(kind: str, phone: str, ip: str = HERE, user: User | None = None, at: float = 0) -> None:
    with after(at), db.atomic():
        AccountEvent.record(kind, phone, ip, user_id=user.id if user else None)


def drafted(last_name: str, **changes: Any) -> Registration:
    with db.atomic():
        return Registration.create(phone=PHONE, last_name=last_name, first_name="Ян", **changes)


def invited(last_name: str, **changes: Any) -> Invitation:
    told = {"asked_by": "1", "asked_under": "", "until": moment(DAY), "last_name": last_name}
    receipt = {"account": LESNAYA, "period": date(2026, 10, 1), "amount": 1}
    with db.atomic():
        return Invitation.create(phone=OTHER_PHONE, first_name="Ян", **told, **receipt, **changes)


def known(found: Scope) -> list[tuple[str, str]]:
    """As what, and by which name."""
    return [(how, name) for how, name, *_rest in people(found)]


def numbers(found: Scope) -> list[str]:
    """The phones of the residents."""
    return sorted(phone for _how, _name, phone, *_rest in people(found))


def test_where_no_door_is_known_each_is_listed_once_and_as_what(database: Database) -> None:
    anna = resident(PHONE, email="anna@mail.ru")
    submit(PHONE, key="own", user_id=anna.id)
    request = submit(NEW_PHONE, key="nobody's")
    drafted("Начавшая", email="draft@mail.ru")
    drafted("Ставшая", completed_at=moment(0))
    invited("Званая", email="invited@mail.ru")
    invited("Пришедшая", user=anna)
    assert list(people(scope())) == [
        ("житель", "Иванова Анна", PHONE, "anna@mail.ru", ""),
        ("заявка", "Иванова Анна Петровна", NEW_PHONE, "anna@example.org", request.number),
        ("регистрация", "Начавшая Ян", PHONE, "draft@mail.ru", ""),
        ("приглашение", "Званая Ян", OTHER_PHONE, "invited@mail.ru", ""),
    ]


def test_a_colleague_reached_whom_the_journal_names_whatever_they_are(database: Database) -> None:
    anna, boris = resident(PHONE), resident(OTHER_PHONE)
    own, request = submit(PHONE, key="own", user_id=anna.id), submit(NEW_PHONE, key="nobody's")
    draft, invitation, used = drafted("Начавшая"), invited("Званая"), invited("Пришедшая", user=boris)
    acted("staff-resident-seen", anna.id)
    for subject in (own.number, request.number, draft.id, invitation.id, used.id):
        acted("staff-seen", subject)
    assert known(scope(staff=CLERK)) == [
        ("житель", "Иванова Анна"),
        ("заявка", "Иванова Анна Петровна"),
        ("регистрация", "Начавшая Ян"),
        ("приглашение", "Званая Ян"),
    ]
    assert known(scope(staff=OTHER_CLERK)) == []


@pytest.mark.parametrize(("at", "counts"), [(-1, False), (0, True), (DAY, True), (DAY + 1, False)])
def test_what_happened_at_the_ends_of_the_time_counts(database: Database, at: float, counts: bool) -> None:
    anna, expected = resident(PHONE), [PHONE] if counts else []
    acted("staff-resident-seen", anna.id, at=at)
    happened("signed-in", "+79160000000", user=anna, at=at)
    assert (
        numbers(scope(staff=CLERK))
        == numbers(scope(ip=HERE))
        == numbers(scope(phone="+79160000000"))
        == expected
    )


def test_a_list_shows_whoever_is_noted_in_it_at_any_depth(database: Database) -> None:
    anna, boris = resident(PHONE), resident(OTHER_PHONE)
    resident(NEW_PHONE)
    acted("staff-residents-listed", shown={"new": [anna.id], "old": {"first": boris.id, "none": None}})
    assert numbers(scope(staff=CLERK)) == sorted([PHONE, OTHER_PHONE])


def test_a_message_that_was_seen_tells_of_whom_it_names_and_of_whom_it_went_to(database: Database) -> None:
    anna, boris = resident(PHONE), resident(OTHER_PHONE, email="boris@mail.ru")
    resident(NEW_PHONE)
    with db.atomic():
        found = [
            Message.enqueue("webhook", "over", to="https://example.org/", data={"user": anna.id}).id,
            Message.enqueue("mail", "over", to=boris.email).id,
        ]
    for subject, phones in zip(found, ([PHONE], sorted([PHONE, OTHER_PHONE])), strict=True):
        acted("staff-message-seen", subject)
        assert numbers(scope(staff=CLERK)) == phones


def test_who_takes_out_a_list_reached_everybody_on_it(database: Database) -> None:
    resident(PHONE)
    acted("staff-export-requests", at=2)
    acted("staff-export-residents", actor=OTHER_CLERK, at=1)
    acted("staff-export-journal", at=3)
    acted("staff-export-residents", actor="system", at=4)
    anybody, *others = (
        scope(),
        scope(staff=CLERK),
        scope(staff="staff:3"),
        scope(ip=HERE),
        scope(phone=PHONE),
    )
    assert [row.actor for row in anybody.exports()] == [OTHER_CLERK, CLERK]
    assert [[row.at for row in one.exports()] for one in others] == [[moment(2)], [], [], []]
    assert [one.everybody for one in (anybody, *others)] == [True, True, False, False, False]
    assert (numbers(others[0]), numbers(others[1])) == ([PHONE], [])


def test_by_an_address_those_are_reached_whose_cabinet_it_was_in(database: Database) -> None:
    anna, boris = resident(PHONE), resident(OTHER_PHONE)
    happened("recovered", PHONE, user=anna)
    happened("signed-in", PHONE)
    happened("wrong-password", OTHER_PHONE, user=boris)
    happened("downloaded", OTHER_PHONE, ip="203.0.113.8", user=boris)
    assert numbers(scope(ip=HERE)) == [PHONE]


def test_of_a_phone_who_has_it_now_is_concerned_and_what_was_asked_from_it(database: Database) -> None:
    resident(PHONE)
    request = submit(PHONE, key="1")
    submit(NEW_PHONE, key="2")
    assert [(how, number) for how, *_rest, number in people(scope(phone=PHONE))] == [
        ("житель", ""),
        ("заявка", request.number),
    ]
    assert known(scope(phone=OTHER_PHONE)) == []
