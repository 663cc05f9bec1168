"""In by e-mail, password and a code that works once; nobody else, and nobody for too long."""

import re
from collections.abc import Callable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask

from cabinet.models import Audit, Staff, WebSession
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import bill, hashed, resident
from tests.placing import signed_in
from tests.staff.conftest import EMAIL, PASSWORD, code_now, enter, member
from tests.visitor import Visitor

WRONG = "не подходят"


def attempt(visitor: Visitor, email: str = EMAIL, password: str = PASSWORD, code: str = "000000") -> None:
    visitor.get("/staff/sign-in")
    visitor.fill_and_submit(email=email, password=password, code=code)


def test_in_and_out(visitor: Visitor, clerk: Staff) -> None:
    enter(visitor, clerk)
    assert visitor.path == "/staff/requests" or visitor.path.startswith("/staff/")
    assert EMAIL in visitor.text
    visitor.fill_and_submit("form[action='/staff/sign-out']")
    assert visitor.path == "/staff/sign-in"
    visitor.get("/staff/messages")
    assert visitor.path == "/staff/sign-in"
    actions = [a.action for a in Audit.select().where(Audit.actor == clerk.actor).order_by(Audit.id)]
    assert actions == ["staff-signed-in", "staff-day-seen", "staff-signed-out"]


def test_e_mail_is_taken_in_any_case(visitor: Visitor, clerk: Staff) -> None:
    attempt(visitor, EMAIL.upper(), code=code_now(clerk))
    assert visitor.path != "/staff/sign-in"


def test_each_of_the_three_is_needed_and_one_answer_tells_nothing(visitor: Visitor, clerk: Staff) -> None:
    good = code_now(clerk)
    bad = "000000" if good != "000000" else "111111"
    texts = []
    for email, password, code in (
        ("nobody@example.org", PASSWORD, good),
        (EMAIL, "Другой7пароль", good),
        (EMAIL, PASSWORD, bad),
        (EMAIL + "\0x", PASSWORD, good),
        (EMAIL, PASSWORD + "\0x", good),
    ):
        attempt(visitor, email, password, code)
        assert visitor.path == "/staff/sign-in" and WRONG in visitor.text
        texts.append(visitor.text)
        assert visitor.value("code") in ("", code)
        visitor.get("/staff/messages")
        assert visitor.path == "/staff/sign-in"
    assert len({re.sub(r"\S+@\S+", "", t) for t in texts}) == 1


def test_code_works_once(clerk: Staff, another: Callable[[], Visitor]) -> None:
    code = code_now(clerk)
    attempt(another(), code=code)
    second = another()
    attempt(second, code=code)
    assert WRONG in second.text


def test_earlier_code_is_used_up_by_a_later_one(clerk: Staff) -> None:
    before, after = code_now(clerk, -1), code_now(clerk)
    assert clerk.use_code(after)
    assert not clerk.use_code(before)


def test_old_code_is_refused(clerk: Staff) -> None:
    assert not clerk.use_code(code_now(clerk, -3))
    assert not clerk.use_code(code_now(clerk, 3))


def test_wrong_codes_lock_and_the_right_one_is_refused_then(visitor: Visitor, clerk: Staff) -> None:
    for _ in range(5 + 2):
        attempt(visitor)
    attempt(visitor, code=code_now(clerk))
    assert visitor.status == 429 and "Слишком много попыток" in visitor.text
    assert Staff.get_by_id(clerk.id).signed_in_at is None
    with time_machine.travel(now().replace(tzinfo=UTC) + timedelta(seconds=61)):
        attempt(visitor, code=code_now(clerk))
        assert visitor.path != "/staff/sign-in"


def test_session_of_a_resident_is_no_session_of_staff(visitor: Visitor, clerk: Staff) -> None:
    bill()
    resident()
    signed_in(visitor)
    visitor.get("/staff/messages")
    assert visitor.path == "/staff/sign-in"


def test_session_of_staff_is_no_session_of_a_resident(desk: Visitor) -> None:
    desk.get("/home")
    assert desk.path != "/home"


def test_resident_whose_id_is_that_of_staff_gets_nowhere(visitor: Visitor, clerk: Staff) -> None:
    bill()
    resident(id=clerk.id)
    signed_in(visitor)
    visitor.get("/staff/messages")
    assert visitor.path == "/staff/sign-in"


def test_signing_in_takes_a_new_token_and_leaves_the_resident_behind(visitor: Visitor, clerk: Staff) -> None:
    bill()
    resident()
    signed_in(visitor)
    before = {row.key for row in WebSession.select()}
    enter(visitor, clerk)
    fresh = [row for row in WebSession.select() if row.key not in before]
    assert len(fresh) == 1 and fresh[0].user_id is None and "_user_id" not in fresh[0].data


def test_token_in_words_is_no_session_of_staff(app: Flask, desk: Visitor) -> None:
    cookie = desk.client.get_cookie("cabinet")
    assert cookie
    answer = app.test_client().get("/staff/messages", headers={"X-Cabinet-Session": cookie.value})
    assert answer.status_code == 303 and urlsplit(answer.location).path == "/staff/sign-in"


@pytest.mark.parametrize("wait", [timedelta(minutes=31), timedelta(hours=12, minutes=1)])
def test_a_session_ends_when_idle_and_when_old(desk: Visitor, wait: timedelta) -> None:
    moment = now().replace(tzinfo=UTC)
    if wait > timedelta(hours=1):  # in use all the time
        for minutes in range(20, 701, 20):
            with time_machine.travel(moment + timedelta(minutes=minutes)):
                desk.get("/staff/messages")
                assert desk.path == "/staff/messages"
    with time_machine.travel(moment + wait):
        desk.get("/staff/messages")
        assert desk.path == "/staff/sign-in"


@pytest.mark.parametrize("change", ["block", "reset", "role"])
def test_change_of_the_person_ends_the_session_at_once(desk: Visitor, clerk: Staff, change: str) -> None:
    if change == "block":
        clerk.block(True)
    elif change == "reset":
        clerk.reset(hashed("Совсем8другой"))
    else:
        Staff.update(role="admin").where(Staff.id == clerk.id)
        clerk.role = "admin"
        with Staff._meta.database.atomic():
            clerk.save()
    desk.get("/staff/messages")
    assert desk.path == "/staff/sign-in"


def test_blocked_cannot_sign_in(visitor: Visitor, clerk: Staff) -> None:
    clerk.block(True)
    attempt(visitor, code=code_now(clerk))
    assert WRONG in visitor.text
    clerk.block(False)
    attempt(visitor, code=code_now(clerk))
    assert visitor.path != "/staff/sign-in"


@pytest.mark.parametrize("path", ["/staff/sign-in", "/staff/messages", "/staff/none", "/staff/"])
def test_pages_of_staff_are_never_framed(app: Flask, path: str) -> None:
    policy = app.test_client().get(path).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["//staff/sign-in", "///staff/sign-in"])
def test_no_further_slash_lets_them_be_framed(app: Flask, path: str) -> None:
    answer = app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 200 and "Вход для сотрудников" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


OPEN = (
    *("staff.sign_in", "staff.submit_sign_in", "staff.passkey_question"),
    "staff.join",  # for who has an invitation
)


def test_no_page_opens_without_signing_in(app: Flask) -> None:
    """Every address under /staff, whatever is added later."""
    client, seen = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/staff") or rule.endpoint in OPEN:
            continue
        seen += 1
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
        path = re.sub(r"<[^>]*>", "1", path)
        if "GET" in (rule.methods or ()):
            answer = client.get(path)
            assert answer.status_code == 303 and urlsplit(answer.location).path == "/staff/sign-in", rule
        else:
            assert client.post(path).status_code == 400, f"{rule}: no token"
    assert seen > 5


def test_posts_need_the_token_and_the_own_site(desk: Visitor) -> None:
    for data, headers in (({}, {}), ({"csrf_token": "x"}, {}), ({}, {"Sec-Fetch-Site": "cross-site"})):
        answer = desk.client.post("/staff/messages/retry", data=data, headers=headers)
        assert answer.status_code == 400


def test_nothing_secret_is_stored(clerk: Staff) -> None:
    secret = re.search(r"secret=(\w+)", clerk.provisioning_uri("x"))
    assert secret and len(secret[1]) == 32
    assert secret[1] not in str(clerk.__data__)


def test_command_adds_somebody_who_can_sign_in(app: Flask, visitor: Visitor) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["staff", "add", "New@Example.org", "--role", "admin", "--generate"])
    assert made.exit_code == 0, made.output

    db.connect(reuse_if_open=True)
    password = re.search(r"password: (\S+)", made.output)
    assert password and "otpauth://totp/" in made.output
    staff = Staff.by_email("new@example.org")
    assert staff and staff.role == "admin"
    attempt(visitor, staff.email, password[1], code_now(staff))
    assert visitor.path != "/staff/sign-in"


def test_command_refuses_what_is_weak_or_known(app: Flask, clerk: Staff) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["staff", "add", EMAIL, "--generate"]).exit_code == 1
    assert runner.invoke(args=["staff", "add", "a@b.ru"], input="qwerty123456\n").exit_code == 1
    assert runner.invoke(args=["staff", "add", "no-address"]).exit_code == 2
    assert runner.invoke(args=["staff", "add", "a@b.ru", "--role", "god"]).exit_code == 2


def test_two_people_have_different_secrets(app: Flask) -> None:
    one, other = member("a@example.org"), member("b@example.org")
    assert code_now(one) != code_now(other) or code_now(one, 1) != code_now(other, 1)
