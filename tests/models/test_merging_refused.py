"""Two cabinets are not merged once one of them changed, and only once, whoever presses at the same time."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from cabinet.models import (
    TABLES,
    Account,
    Audit,
    User,
    departure,
    profile,
)
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.linking import accounts, link
from cabinet.models.merging import CabinetChangedError, merge
from cabinet.models.passed_number import release
from cabinet.models.user import CredentialsChangedError
from tests.cast import DACHNAYA, LESNAYA, OTHER_PHONE, PHONE, SADOVAYA, resident
from tests.threads import together

IP = "192.0.2.1"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def everything() -> dict[str, list[str]]:
    return {table.__name__: sorted(map(str, table.select().tuples())) for table in TABLES}


CHANGES: dict[str, Callable[[User], object]] = {
    "password": lambda user: profile.set_password(user, "new", IP),
    "phone": lambda user: profile.change_phone(user, "+79161110000", IP, ""),
    "signed out": lambda user: user.end_sessions(),
    "blocked": lambda user: user.block(True, "staff:1", IP),
    "deletion": lambda user: departure.request_deletion(user, IP),
    "erased": departure.erase,
    "merged elsewhere": lambda user: merge(resident(OTHER_PHONE), user, IP),
}


@SQLITE
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_cabinet_that_changed_since_it_was_proved_stays(
    anew: User, before: User, change: Callable[[User], object]
) -> None:
    proved = User.get_by_id(before.id)
    change(User.get_by_id(before.id))
    as_it_was = everything()
    with pytest.raises(CabinetChangedError):
        merge(anew, proved, IP)
    assert everything() == as_it_was


@SQLITE
@pytest.mark.parametrize("change", ["password", "phone", "signed out", "blocked", "erased"])
def test_a_session_of_old_credentials_merges_nothing(anew: User, before: User, change: str) -> None:
    CHANGES[change](User.get_by_id(anew.id))
    as_it_was = everything()
    with pytest.raises(CredentialsChangedError):
        merge(anew, before, IP)
    assert everything() == as_it_was


@SQLITE
def test_nothing_is_merged_into_a_cabinet_that_is_about_to_go(anew: User, before: User) -> None:
    departure.request_deletion(anew, IP)
    with pytest.raises(CabinetChangedError):
        merge(User.get_by_id(anew.id), before, IP)
    assert User.select().count() == 2


def test_a_number_that_passed_on_meanwhile_is_not_taken_along(anew: User, before: User) -> None:
    with db.atomic():
        User.update(seen_at=now() - timedelta(days=400)).where(User.id == before.id).execute()
    proved = User.get_by_id(before.id)
    with db.atomic():
        assert release(PHONE)
    with pytest.raises(CabinetChangedError):
        merge(anew, proved, IP)


@SQLITE
def test_a_cabinet_is_not_merged_into_itself(anew: User) -> None:
    with pytest.raises(CabinetChangedError):
        merge(anew, User.get_by_id(anew.id), IP)
    assert User.select().count() == 1


def attempt(work: Callable[[], object]) -> bool:
    try:
        work()
    except (CabinetChangedError, CredentialsChangedError):
        return False
    return True


def test_of_two_presses_at_once_one_merges(anew: User, before: User) -> None:
    def press() -> bool:
        mine, other = User.get_by_id(anew.id), User.get_by_id(before.id)
        seen.wait()
        return attempt(lambda: merge(mine, other, IP))

    seen = threading.Barrier(4)  # both cabinets as they were, by all four
    done = together([press] * 4)
    assert sorted(done) == [False, False, False, True]
    assert Audit.select().where(Audit.action == "cabinets-merged").count() == 1


def test_in_opposite_directions_at_once_one_cabinet_is_left_with_all(anew: User, before: User) -> None:
    one, other = User.get_by_id(anew.id), User.get_by_id(before.id)
    done = together(
        [
            lambda: attempt(lambda: merge(anew, before, IP)),
            lambda: attempt(lambda: merge(other, one, IP)),
        ]
    )
    assert sorted(done) == [False, True]
    [left] = User.select()
    assert {account.number for account in accounts(left)} == {LESNAYA, SADOVAYA}


@pytest.mark.parametrize("change", ["password", "phone", "deletion"])
def test_a_change_of_the_other_cabinet_at_the_same_time_excludes_it(
    anew: User, before: User, change: str
) -> None:
    proved, late = User.get_by_id(before.id), User.get_by_id(before.id)
    merged, changed = together(
        [lambda: attempt(lambda: merge(anew, proved, IP)), lambda: attempt(lambda: CHANGES[change](late))]
    )
    assert merged != changed and User.select().count() == (1 if merged else 2)


def test_an_account_that_is_linked_at_the_same_time_is_not_lost(anew: User, before: User) -> None:
    """Either it is linked first and moves, or the session of the cabinet that is gone is told so."""
    late, dachnaya = User.get_by_id(before.id), Account.get_by_id(DACHNAYA)
    merged, linked = together(
        [lambda: attempt(lambda: merge(anew, before, IP)), lambda: attempt(lambda: link(late, dachnaya, IP))]
    )
    assert merged and (DACHNAYA in {account.number for account in accounts(anew)}) == linked
