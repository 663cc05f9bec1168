"""People of the company: their sessions, their second factor, how they come and go."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import peewee
import pytest

from cabinet.models import Audit, Staff, base, second_factor
from cabinet.models.database import db
from config import Settings
from tests.models.clock import after, moment


@pytest.fixture
def olga(database: peewee.Database) -> Staff:
    return Staff.add(" Olga@Example.org ", "clerk", "hash")


def fresh(staff: Staff) -> Staff:
    return Staff.get_by_id(staff.id)


def recorded() -> list[tuple[str, str, str, object]]:
    return [(a.action, a.actor, a.subject, a.detail) for a in Audit.select().order_by(Audit.id)]


def test_a_new_person_is_known_by_the_address(olga: Staff) -> None:
    assert (olga.email, olga.role, olga.password_hash) == ("olga@example.org", "clerk", "hash")
    assert Staff.by_email(" OLGA@example.ORG ") == olga and Staff.by_email("other@example.org") is None
    assert recorded() == [("staff-added", "system", olga.id, {"role": "clerk"})]


def test_an_address_is_one_persons_and_roles_are_few(olga: Staff) -> None:
    with pytest.raises(peewee.IntegrityError):
        Staff.add("OLGA@example.org", "admin", "hash")
    with pytest.raises(ValueError, match=r"^owner$"):
        Staff.add("other@example.org", "owner", "hash")
    assert Staff.select().count() == 1 == len(recorded())
    assert Staff.add("admin@example.org", "admin", "hash").is_admin


def test_a_session_ends_with_whatever_its_rights_rest_on(olga: Staff) -> None:
    stamp = olga.stamp
    assert Staff.live(olga.id, stamp) == olga
    assert Staff.live(olga.id, "0" * 32) is Staff.live("unknown", stamp) is None
    olga.reset("new")
    assert Staff.live(olga.id, stamp) is None and Staff.live(olga.id, olga.stamp) == olga


def test_a_blocked_person_is_out_at_once_and_may_come_back(olga: Staff) -> None:
    other = Staff.add("other@example.org", "clerk", "hash")
    with after():
        olga.block(True)
    assert fresh(olga).blocked_at == moment(0) and Staff.live(olga.id, olga.stamp) is None
    assert Staff.live(other.id, other.stamp)
    olga.block(False)
    assert fresh(olga).blocked_at is None and Staff.live(olga.id, olga.stamp)
    assert recorded()[2:] == [
        ("staff-blocked", "system", olga.id, {}),
        ("staff-unblocked", "system", olga.id, {}),
    ]


def test_a_reset_gives_another_password_and_another_second_factor(olga: Staff) -> None:
    salt, role = olga.totp_salt, olga.role
    olga.totp_kept = "of-an-earlier-key."
    olga.reset("new")
    row = fresh(olga)
    assert row.totp_kept == second_factor.marked()
    assert row.password_hash == "new" and row.totp_salt not in (salt, "", None) and row.role == role
    assert recorded()[1:] == [("staff-reset", "system", olga.id, {})]


def test_authenticators_learn_whose_codes_they_are(olga: Staff) -> None:
    uri = urlsplit(olga.provisioning_uri("Кабинет"))
    asked = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp") and uri.path.endswith("olga%40example.org")
    assert asked["issuer"] == ["Кабинет"] and len(asked["secret"][0]) == 32


@pytest.mark.parametrize(("drift", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(olga: Staff, drift: int, right: bool) -> None:
    with after():
        code = olga.codes_at(base.unix_time() + 30 * drift)[0]
        assert olga.use_code(code) is right
        assert fresh(olga).signed_in_at == (moment(0) if right else None)


def test_where_the_hosts_clock_was_set_a_code_is_right_by_either(
    olga: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    with after():
        ours, the_hosts, of_neither = (olga.codes_at(base.unix_time() + 3600 * n)[0] for n in (-2, 0, -1))
        monkeypatch.setattr("cabinet.models.staff.unix_time", lambda: base.unix_time() - 7200)
        assert not olga.use_code(of_neither)
        assert olga.use_code(ours) and not olga.use_code(ours)
        assert olga.use_code(the_hosts), "the clock was wrong before, and is right now"


def test_a_code_holds_for_its_thirty_seconds(olga: Staff) -> None:
    with after(0):
        first = olga.codes_at(base.unix_time())[0]
    with after(29.9):
        assert olga.codes_at(base.unix_time())[0] == first
    with after(30):
        assert olga.codes_at(base.unix_time())[0] != first


def test_a_code_works_once_and_so_do_those_before_it(olga: Staff) -> None:
    other = Staff.add("other@example.org", "clerk", "hash")
    with after():
        before, now, next_one = (olga.codes_at(base.unix_time() + 30 * drift)[0] for drift in (-1, 0, 1))
        assert olga.use_code(now)
        assert not olga.use_code(now) and not olga.use_code(before)
        assert olga.use_code(next_one)
    assert fresh(other).totp_step == 0 and fresh(other).signed_in_at is None


@pytest.mark.parametrize("code", ["", "000000x", "12345", "-1"])
def test_anything_else_is_no_code(olga: Staff, code: str) -> None:
    with after():
        assert not olga.use_code(code)


def test_an_old_copy_of_a_person_overwrites_nothing(olga: Staff) -> None:
    with db.atomic():
        Staff.update(role="admin").execute()
    olga.reset("new")
    olga.block(True)
    assert fresh(olga).role == "admin"


def test_authenticators_go_on_when_the_key_is_replaced_again_and_again(
    olga: Staff, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Staff.add("ivan@example.org", "clerk", "hash")
    codes = [one.codes_at(0)[0] for one in Staff.select().order_by(Staff.id)]
    keys = ["n" * 40, settings.secret_key]
    for key in ("m" * 40, "k" * 40):
        now = replace(settings, secret_key=keys[0], secret_key_fallbacks=tuple(keys[1:]))
        monkeypatch.setattr(base, "_settings", now)
        assert Staff.move_factors() == (2, []) and Staff.move_factors() == (0, [])
        monkeypatch.setattr(base, "_settings", replace(now, secret_key_fallbacks=()))
        assert [one.codes_at(0)[0] for one in Staff.select().order_by(Staff.id)] == codes
        keys = [key, keys[0]]
