"""Residents and browsers in any order: register, sign in, recover, link, unlink, change, leave.

A model says who must see what; after every step a page is opened in some browser and compared with it.
"""

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from cabinet.models import User
from tests.any_order import PASSWORDS, PHONES, WRONG, Resident, Residents, chosen
from tests.cast import bill, receipt_of
from tests.doors_in_any_order import Doors, accounts, choices, passwords, some_in, some_out
from tests.journeys import FORGOT
from tests.rights_in_any_order import Rights
from tests.visitor import last_code


class Cabinet(Doors):
    """What residents do, in any order."""

    @precondition(some_out)
    @precondition(lambda self: bool(set(PHONES) - set(self.residents)))
    @rule(n=choices, which=choices, password=passwords, number=accounts)
    def register(self, n: int, which: int, password: str, number: str) -> None:
        n = self._out(n)
        phone = chosen(which, [p for p in PHONES if p not in self.residents])
        visitor = self._first_screen(n, phone)
        assert visitor.path == "/code", visitor.text
        visitor.fill_and_submit(code=last_code(phone))
        visitor.fill_and_submit(**receipt_of(number))
        name = self._register_from_address(n, password)
        self.residents[phone] = Resident(name, password, {number})
        self._arrived(n, phone)

    @precondition(some_out)
    @precondition(lambda self: self._numbers())
    @rule(n=choices, which=choices, password=st.sampled_from([*PASSWORDS, WRONG]))
    def guess(self, n: int, which: int, password: str) -> None:
        n, phone = self._out(n), chosen(which, self._numbers())
        visitor = self._first_screen(n, phone)
        if password != self.residents[phone].password:
            visitor.fill_and_submit(password=password)
            assert visitor.path == "/login/password"
            assert "Ошибка в логине или пароле" in visitor.error("password")

    @precondition(some_out)
    @precondition(lambda self: self._numbers())
    @rule(n=choices, which=choices, password=passwords, finish=st.booleans())
    def recover(self, n: int, which: int, password: str, finish: bool) -> None:
        phone = chosen(which, self._numbers())
        visitor = self._first_screen(self._out(n), phone)
        visitor.fill_and_submit(FORGOT)
        assert visitor.path == "/code", visitor.text
        visitor.fill_and_submit(code=last_code(phone))
        assert visitor.path == "/login/new-password", visitor.text
        if finish:
            visitor.fill_and_submit(password=password)
            assert visitor.path == "/login/password" and "Пароль сохранён" in visitor.text
            self._password_changed(phone, password)

    @rule(n=choices)
    def finish_a_recovery(self, n: int) -> None:
        """The window of the new password may be open still: then only with its right."""
        visitor = chosen(n, self.browsers)
        before = {user.phone: user.password_hash for user in User.select()}
        visitor.get("/login/new-password")
        if visitor.path != "/login/new-password":
            assert visitor.path in ("/", "/home", "/login/password"), visitor.path
            return
        visitor.fill_and_submit(password=PASSWORDS[2])
        changed = {u.phone for u in User.select() if u.password_hash != before[u.phone]}
        assert len(changed) == 1 and visitor.path == "/login/password"
        self._password_changed(changed.pop(), PASSWORDS[2])

    @precondition(some_in)
    @rule(n=choices, number=accounts, right=st.booleans())
    def link(self, n: int, number: str, right: bool) -> None:
        n, visitor, phone = self._in(n, "/home/accounts/new")
        held = self.residents[phone].accounts
        visitor.fill_and_submit(**receipt_of(number, **({} if right else {"amount": "1,00"})))
        if number in held:
            assert "уже есть в вашем списке" in visitor.error("account")
        elif right:
            assert visitor.path == "/home", visitor.text
            held.add(number)
        else:
            assert "Данного абонента нет в системе" in visitor.text

    @precondition(some_in)
    @rule(n=choices, number=accounts)
    def unlink(self, n: int, number: str) -> None:
        n, visitor, phone = self._in(n, f"/home/accounts/{number}/unlink")
        held = self.residents[phone].accounts
        assert (visitor.status == 404) == (number not in held)
        if number in held:
            visitor.fill_and_submit(f"form[action='/home/accounts/{number}/unlink']")
            assert visitor.path == "/home"
            held.remove(number)

    @rule(n=choices, path=st.sampled_from(["/code", "/register/password", "/login/password", "/resume"]))
    def wander(self, n: int, path: str) -> None:
        """Type an address of some step: never more than its own step is shown."""
        n %= len(self.browsers)
        self.browsers[n].get(path)
        self._nothing_of_others(n)


HOW_LONG = pytest.mark.parametrize(
    ("examples", "steps"), [(3, 16), pytest.param(9, 18, marks=pytest.mark.slow)]
)


def run(machine: type[Residents], app: Flask, examples: int, steps: int) -> None:
    bill()
    run_state_machine_as_test(
        type("Machine", (machine,), {"app": app}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.reuse, Phase.generate],  # shrinking would take minutes
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@HOW_LONG
@pytest.mark.settings(code_resend_waits=(), requests_per_minute=0)
def test_who_may_see_what(app: Flask, examples: int, steps: int) -> None:
    run(Cabinet, app, examples, steps)


@HOW_LONG
@pytest.mark.settings(code_resend_waits=(), requests_per_minute=0)
def test_what_is_begun_under_a_right_dies_with_it(app: Flask, examples: int, steps: int) -> None:
    run(Rights, app, examples, steps)
