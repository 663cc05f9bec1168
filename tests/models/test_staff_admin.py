"""Admins invite, change and block staff; never the last admin, and only while they are admins."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import peewee
import pytest

from cabinet.models import Audit, RecoveryCode, Staff, staff_admin
from cabinet.models.base import now, unix_time
from cabinet.models.database import db
from cabinet.models.recovery_code import as_typed
from cabinet.models.staff_admin import LastAdminError, RightsLostError
from tests.threads import together

IP = "192.0.2.1"


@pytest.fixture
def anna(database: peewee.Database) -> Staff:
    return Staff.add("anna@example.org", "admin", "hash")


@pytest.fixture
def boris(database: peewee.Database) -> Staff:
    return Staff.add("boris@example.org", "admin", "hash")


def fresh(staff: Staff) -> Staff:
    return Staff.get_by_id(staff.id)


def last_row() -> tuple[str, str, str, str]:
    """What was recorded last: who did what, to whom, from where."""
    row = Audit.select().order_by(Audit.id.desc()).get()
    return row.action, row.actor, row.subject, row.ip


def code(staff: Staff) -> str:
    return fresh(staff).codes_at(unix_time())[0]


def test_an_invited_person_comes_in_once(anna: Staff, boris: Staff) -> None:
    clerk, secret = staff_admin.invite(anna, " New@Example.org ", "Ольга", "clerk", IP)
    assert (clerk.email, fresh(clerk).password_hash) == ("new@example.org", "")
    assert secret not in str(fresh(clerk).__data__), "stored as a digest"
    assert staff_admin.invited(secret) == clerk and staff_admin.invited("x") is None
    assert not staff_admin.join(clerk, secret, "000000", "hash", IP)
    assert staff_admin.join(clerk, secret, code(clerk), "hash", IP)
    assert fresh(clerk).password_hash == "hash" and staff_admin.invited(secret) is None
    assert fresh(clerk).invited_by is None and last_row() == ("staff-joined", clerk.actor, clerk.id, IP)
    assert not staff_admin.join(clerk, secret, code(clerk), "other", IP)
    actions = [(row.action, row.actor) for row in Audit.select().order_by(Audit.id)]
    assert actions[2:] == [("staff-added", anna.actor), ("staff-joined", clerk.actor)]
    staff_admin.invite(boris, "other@example.org", "Вера", "clerk", IP)
    assert staff_admin.way_in(clerk.id) == (anna.actor, Audit.get(Audit.action == "staff-joined").at)


def test_an_invitation_ends(anna: Staff) -> None:
    clerk, secret = staff_admin.invite(anna, "new@example.org", "Ольга", "clerk", IP)
    with db.atomic():
        Staff.update(invited_until=now() - timedelta(seconds=1)).where(Staff.id == clerk.id).execute()
    assert staff_admin.invited(secret) is None


@pytest.mark.parametrize(
    "how", ["blocked", "demoted", "reset", "blocked by a command", "reset by a command", "own new password"]
)
def test_what_an_admin_handed_out_ends_with_the_right(anna: Staff, boris: Staff, how: str) -> None:
    _, secret = staff_admin.invite(boris, "new@example.org", "Ольга", "admin", IP)
    boris = fresh(boris)
    if how == "blocked":
        staff_admin.block(anna, boris, True, IP)
    elif how == "blocked by a command":
        fresh(boris).block(True)
    elif how == "reset by a command":
        fresh(boris).reset("another")
    elif how == "own new password":
        assert boris.awaits_somebody and fresh(boris).change_password("another", IP)
    elif how == "demoted":
        staff_admin.change(anna, boris, "", "clerk", IP)
    else:
        staff_admin.reset(anna, boris, IP)
    assert staff_admin.invited(secret) is None and not fresh(boris).awaits_somebody
    with pytest.raises(RightsLostError):
        staff_admin.invite(boris, "other@example.org", "Ольга", "admin", IP)
    with pytest.raises(RightsLostError):
        staff_admin.block(boris, anna, True, IP)


@pytest.mark.parametrize("act", ["block", "demote", "reset"])
def test_the_last_admin_stays(anna: Staff, act: str) -> None:
    Staff.add("clerk@example.org", "clerk", "hash")
    staff_admin.invite(anna, "new@example.org", "Ольга", "admin", IP)  # who has not come in yet
    acts: dict[str, Callable[[], object]] = {
        "block": lambda: staff_admin.block(anna, anna, True, IP),
        "demote": lambda: staff_admin.change(anna, anna, "", "clerk", IP),
        "reset": lambda: staff_admin.reset(anna, anna, IP),
    }
    with pytest.raises(LastAdminError):
        acts[act]()
    assert fresh(anna).is_admin and fresh(anna).blocked_at is None and fresh(anna).password_hash == "hash"


def test_two_admins_who_block_each_other_at_once_leave_one(anna: Staff, boris: Staff) -> None:
    def block(one: Staff, other: Staff) -> str:
        try:
            staff_admin.block(one, other, True, IP)
        except (LastAdminError, RightsLostError) as error:
            return type(error).__name__
        return "done"

    said = together([partial(block, anna, boris), partial(block, boris, anna)])
    assert sorted(said) == ["RightsLostError", "done"]
    assert Staff.select().where(Staff.blocked_at.is_null()).count() == 1


def test_a_role_and_a_name_are_changed(anna: Staff) -> None:
    clerk = Staff.add("clerk@example.org", "clerk", "hash")
    stamp = clerk.stamp
    staff_admin.change(anna, clerk, "Ольга", "clerk", IP)
    assert last_row() == ("staff-renamed", anna.actor, clerk.id, IP)
    assert fresh(clerk).shown == "Ольга" and fresh(clerk).stamp == stamp, "signed in as before"
    with db.atomic():
        Staff.update(invited_by=clerk.id, invitation="x").where(Staff.id == anna.id).execute()
    staff_admin.change(anna, clerk, "Ольга", "admin", IP)
    assert fresh(anna).invitation == "x", "whoever becomes an admin loses nothing"
    assert fresh(clerk).is_admin and fresh(clerk).stamp != stamp
    assert last_row() == ("staff-role-changed", anna.actor, clerk.id, IP)
    assert Audit.get(Audit.action == "staff-role-changed").detail == {"role": "admin"}
    with pytest.raises(ValueError, match="owner"):
        staff_admin.change(anna, clerk, "Ольга", "owner", IP)
    with pytest.raises(ValueError, match="owner"):
        staff_admin.invite(anna, "x@example.org", "", "owner", IP)


def test_recovery_codes_work_once_each_for_their_owner(anna: Staff, boris: Staff) -> None:
    with db.atomic():
        made = RecoveryCode.renew(anna, IP)
    told = Audit.get(Audit.action == "staff-recovery-codes-made")
    assert (told.actor, told.ip) == (anna.actor, IP)
    assert len(set(made)) == 8 and RecoveryCode.left(anna) == 8
    typed = as_typed(f" {made[0].lower().replace('-', ' ')} ")
    assert typed and typed == made[0].replace("-", "")
    assert made[0] not in str([row.__data__ for row in RecoveryCode.select()])
    assert not RecoveryCode.use(boris, typed, IP)
    assert sorted(together([lambda: RecoveryCode.use(anna, typed, IP)] * 2)) == [False, True]
    assert fresh(anna).signed_in_at and not fresh(boris).signed_in_at
    assert last_row() == ("staff-recovery-code-used", anna.actor, "", IP)
    with db.atomic():
        RecoveryCode.renew(anna, IP)
    assert not RecoveryCode.use(anna, made[1].replace("-", ""), IP), "earlier ones are void"
    assert as_typed("123456") is None and as_typed("") is None


@pytest.mark.parametrize("by_command", [True, False])
def test_a_reset_voids_the_codes_that_stand_for_the_authenticator(
    anna: Staff, boris: Staff, by_command: bool
) -> None:
    with db.atomic():
        made = RecoveryCode.renew(boris, IP)
    if by_command:
        fresh(boris).reset("another")
    else:
        staff_admin.reset(anna, boris, IP)
    who = ("system", boris.id, "") if by_command else (anna.actor, boris.id, IP)
    assert last_row() == ("staff-reset", *who)
    assert RecoveryCode.left(boris) == 0
    assert not RecoveryCode.use(boris, as_typed(made[0]) or "", IP)


def test_a_password_is_kept_at_a_higher_cost_unless_it_was_changed_meanwhile(anna: Staff) -> None:
    late = fresh(anna)
    anna.rehash("dearer")
    assert fresh(anna).password_hash == anna.password_hash == "dearer"
    late.rehash("late")
    assert fresh(anna).password_hash == "dearer" and late.password_hash == "hash"


@pytest.mark.parametrize("by_command", [True, False])
def test_what_began_before_a_block_ends_even_when_it_is_lifted(
    anna: Staff, boris: Staff, by_command: bool
) -> None:
    stamp = boris.stamp
    for blocked in (True, False):
        if by_command:
            fresh(boris).block(blocked)
        else:
            staff_admin.block(anna, boris, blocked, IP)
        who = ("system", boris.id, "") if by_command else (anna.actor, boris.id, IP)
        assert last_row() == ("staff-blocked" if blocked else "staff-unblocked", *who)
    assert Staff.live(boris.id, stamp) is None
    assert Staff.live(boris.id, fresh(boris).stamp) == boris


def test_another_password_ends_sessions_but_not_of_who_was_changed_meanwhile(
    anna: Staff, boris: Staff
) -> None:
    stamp = anna.stamp
    assert anna.change_password("other", IP)
    assert last_row() == ("staff-password-changed", anna.actor, "", IP)
    assert Staff.live(anna.id, stamp) is None and Staff.live(anna.id, fresh(anna).stamp)
    staff_admin.block(anna, boris, True, IP)
    assert not boris.change_password("other", IP) and fresh(boris).password_hash == "hash"
