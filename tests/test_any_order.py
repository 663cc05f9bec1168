"""Residents and browsers in any order: register, sign in, recover, link, unlink, change, leave.

A model says who must see what; after every step a page is opened in some browser and compared with it.
"""

from collections.abc import Iterator

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
from tests.any_order import NAMES, NUMBERS, PASSWORDS, PHONES, WRONG, Resident, Residents, chosen
from tests.cast import bill, receipt_of
from tests.journeys import FORGOT
from tests.visitor import Visitor, last_code

passwords = st.sampled_from(PASSWORDS)
accounts = st.sampled_from(NUMBERS)
choices = st.integers(0, 5)


def some_in(machine: "Residents") -> bool:
    """Whether some browser is signed in."""
    return bool(machine.signed_in)


def some_out(machine: "Residents") -> bool:
    """Whether some browser is not."""
    return len(machine.signed_in) < len(machine.browsers)


class Cabinet(Residents):
    """What residents do, in any order."""

    @precondition(some_out)
    @precondition(lambda self: len(self.residents) < len(PHONES))
    @rule(n=choices, which=choices, password=passwords, number=accounts)
    def register(self, n: int, which: int, password: str, number: str) -> None:
        n = self._out(n)
        phone = chosen(which, [p for p in PHONES if p not in self.residents])
        visitor = self._first_screen(n, phone)
        assert visitor.path == "/code", visitor.text
        visitor.fill_and_submit(code=last_code(phone))
        visitor.fill_and_submit(**receipt_of(number))
        visitor.fill_and_submit(answer="yes")
        name = NAMES[PHONES.index(phone)]
        visitor.fill_and_submit(
            last_name="Общая", first_name=name, birth_date="01.02.1980", email="x@example.org"
        )
        visitor.fill_and_submit(password=password)
        assert visitor.path == "/home", visitor.text
        self.residents[phone] = Resident(name, password, {number})
        self.signed_in[n] = phone

    @precondition(some_out)
    @precondition(lambda self: self.residents)
    @rule(n=choices, which=choices)
    def sign_in(self, n: int, which: int) -> None:
        n, phone = self._out(n), chosen(which, self.residents)
        visitor = self._first_screen(n, phone)
        assert visitor.path == "/login/password"
        visitor.fill_and_submit(password=self.residents[phone].password or WRONG)
        if self.residents[phone].password:
            assert visitor.path == "/home", visitor.text
            self.signed_in[n] = phone

    @precondition(some_out)
    @precondition(lambda self: self.residents)
    @rule(n=choices, which=choices, password=st.sampled_from([*PASSWORDS, WRONG]))
    def guess(self, n: int, which: int, password: str) -> None:
        n, phone = self._out(n), chosen(which, self.residents)
        visitor = self._first_screen(n, phone)
        if password != self.residents[phone].password:
            visitor.fill_and_submit(password=password)
            assert visitor.path == "/login/password"
            assert "Ошибка в логине или пароле" in visitor.error("password")

    @precondition(some_out)
    @precondition(lambda self: self.residents)
    @rule(n=choices, which=choices, password=passwords, finish=st.booleans())
    def recover(self, n: int, which: int, password: str, finish: bool) -> None:
        phone = chosen(which, self.residents)
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
    @rule(n=choices, right=st.booleans(), new=passwords)
    def change_password(self, n: int, right: bool, new: str) -> None:
        n, visitor, phone = self._in(n, "/home/profile/password")
        current = self.residents[phone].password if right else WRONG
        visitor.fill_and_submit(current_password=current, password=new)
        if right:
            assert visitor.path == "/home/profile", visitor.text
            self._password_changed(phone, new, kept=n)
        else:
            assert visitor.error("current_password")

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

    @precondition(some_in)
    @rule(n=choices)
    def end_other_devices(self, n: int) -> None:
        n, visitor, phone = self._in(n, "/home/profile/devices")
        mine = [b for b, who in self.signed_in.items() if who == phone]
        assert len(visitor.page.select(".cards .card")) == len(mine)
        if len(mine) > 1:
            visitor.fill_and_submit("form:has(input[value=others])")
            self.signed_in = {b: who for b, who in self.signed_in.items() if who != phone or b == n}

    @precondition(some_in)
    @rule(n=choices)
    def log_out(self, n: int) -> None:
        n, visitor, _phone = self._in(n, "/home")
        token = visitor.client.get_cookie("cabinet")
        visitor.fill_and_submit("form[action='/logout']")
        assert visitor.path == "/" and token is not None
        del self.signed_in[n]
        thief = Visitor(self.app)
        thief.client.set_cookie("cabinet", token.value)
        thief.get("/home")
        assert thief.path == "/"

    @rule(n=choices, path=st.sampled_from(["/code", "/register/password", "/login/password", "/resume"]))
    def wander(self, n: int, path: str) -> None:
        """Type an address of some step: never more than its own step is shown."""
        n %= len(self.browsers)
        self.browsers[n].get(path)
        self._nothing_of_others(n)


@pytest.fixture
def machine(app: Flask) -> Iterator[type[Cabinet]]:
    bill()
    yield type("Machine", (Cabinet,), {"app": app})


@pytest.mark.settings(code_resend_waits=(), requests_per_minute=0)
def test_who_may_see_what(machine: type[Cabinet]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=9,
            stateful_step_count=18,
            deadline=None,
            phases=[Phase.reuse, Phase.generate],  # shrinking would take minutes
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
