"""Residents and browsers in any order: register, sign in, recover, link, unlink, change, leave.

A model says who must see what; after every step a page is opened in some browser and compared with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cabinet.models import TABLES, Account, AccountLink, Attempt, Charge, Message, OneTimeCode, User, base
from tests.residents import ADDRESSES, LESNAYA, bill, receipt, resident
from tests.visitor import Visitor, last_code

PHONES = ("+79161234567", "+79037654321", "+79990001122")
PASSWORDS = ("Длинный7пароль", "Совсем8другой", "Третий9вариант")
NAMES = ("Анна", "Борис", "Вера")
NUMBERS = tuple(ADDRESSES)
STREETS = ("Лесная", "Садовая", "Дачная")
WRONG = "Неверный0пароль"

phones = st.sampled_from(PHONES)
passwords = st.sampled_from(PASSWORDS)
accounts = st.sampled_from(NUMBERS)
browsers = st.integers(0, 2)


@dataclass
class Resident:
    """What the model knows of a resident; `name` is what only this resident may see."""

    name: str
    password: str | None
    accounts: set[str] = field(default_factory=set)


class Cabinet(RuleBasedStateMachine):
    """Three browsers, three phones, three accounts."""

    app: Flask

    @initialize(legacy=st.booleans())
    def begin(self, legacy: bool) -> None:
        self.residents: dict[str, Resident] = {}
        self.signed_in: dict[int, str] = {}  # browser: phone
        self.told: dict[str, int] = {}  # password changes per phone
        with base.db.atomic():
            for table in reversed(TABLES):
                if table not in (Account, Charge):
                    table.delete().execute()
        self.browsers = [Visitor(self.app, htmx=n == 1, ip=f"192.0.2.{n + 1}") for n in range(3)]
        if legacy:
            resident(PHONES[0], password=None, accounts=[LESNAYA], first_name=NAMES[0], last_name="")
            self.residents[PHONES[0]] = Resident(NAMES[0], None, {LESNAYA})

    def teardown(self) -> None:
        if hasattr(self, "residents"):
            self.all_is_as_the_model_says()

    # what people do

    @rule(n=browsers, phone=phones, password=passwords, number=accounts)
    def register_or_sign_in(self, n: int, phone: str, password: str, number: str) -> None:
        visitor = self._first_screen(n, phone)
        if visitor is None:
            return
        person = self.residents.get(phone)
        if person is None:
            self._register(n, visitor, phone, password, number)
        else:
            assert visitor.path == "/login/password"
            visitor.fill_and_submit(password=password)
            if password == person.password:
                assert visitor.path == "/home", visitor.text
                self.signed_in[n] = phone
            else:
                assert visitor.path == "/login/password"
                assert "Ошибка в логине или пароле" in visitor.error("password")

    def _register(self, n: int, visitor: Visitor, phone: str, password: str, number: str) -> None:
        assert visitor.path == "/code", visitor.text
        visitor.fill_and_submit(code=last_code(phone))
        visitor.fill_and_submit(**receipt(number))
        visitor.fill_and_submit(answer="yes")
        name = NAMES[PHONES.index(phone)]
        visitor.fill_and_submit(
            last_name="Общая", first_name=name, birth_date="01.02.1980", email="x@example.org"
        )
        visitor.fill_and_submit(password=password)
        assert visitor.path == "/home", visitor.text
        self.residents[phone] = Resident(name, password, {number})
        self.signed_in[n] = phone

    @precondition(lambda self: self.residents)
    @rule(n=browsers, phone=phones, password=passwords, finish=st.booleans())
    def recover(self, n: int, phone: str, password: str, finish: bool) -> None:
        if phone not in self.residents:
            return
        visitor = self._first_screen(n, phone)
        if visitor is None:
            return
        visitor.fill_and_submit("form[action='/login/forgot']")
        assert visitor.path == "/code", visitor.text
        visitor.fill_and_submit(code=last_code(phone))
        assert visitor.path == "/login/new-password", visitor.text
        if finish:
            visitor.fill_and_submit(password=password)
            assert visitor.path == "/login/password" and "Пароль сохранён" in visitor.text
            self._password_changed(phone, password)

    @rule(n=browsers)
    def finish_a_recovery(self, n: int) -> None:
        """The window of the new password may be open still: then only with its right."""
        visitor = self.browsers[n]
        before = {user.phone: user.password_hash for user in User.select()}
        visitor.get("/login/new-password")
        if visitor.path != "/login/new-password":
            assert visitor.path in ("/", "/home", "/login/password"), visitor.path
            return
        visitor.fill_and_submit(password=PASSWORDS[2])
        changed = {u.phone for u in User.select() if u.password_hash != before[u.phone]}
        assert len(changed) == 1 and visitor.path == "/login/password"
        self._password_changed(changed.pop(), PASSWORDS[2])

    def _password_changed(self, phone: str, password: str, kept: int | None = None) -> None:
        self.residents[phone].password = password
        self.told[phone] = self.told.get(phone, 0) + 1
        for n in [n for n, who in self.signed_in.items() if who == phone and n != kept]:
            del self.signed_in[n]

    @rule(n=browsers, password=passwords, new=passwords)
    def change_password(self, n: int, password: str, new: str) -> None:
        visitor, phone = self._signed_in(n, "/home/profile/password")
        if visitor is None:
            return
        visitor.fill_and_submit(current_password=password, password=new)
        if password == self.residents[phone].password:
            assert visitor.path == "/home/profile", visitor.text
            self._password_changed(phone, new, kept=n)
        else:
            assert visitor.error("current_password")

    @rule(n=browsers, number=accounts, right=st.booleans())
    def link(self, n: int, number: str, right: bool) -> None:
        visitor, phone = self._signed_in(n, "/home/accounts/new")
        if visitor is None:
            return
        held = self.residents[phone].accounts
        visitor.fill_and_submit(**receipt(number, **({} if right else {"amount": "1,00"})))
        if number in held:
            assert "уже есть в вашем списке" in visitor.error("account")
        elif right:
            assert visitor.path == "/home", visitor.text
            held.add(number)
        else:
            assert "Данного абонента нет в системе" in visitor.text

    @rule(n=browsers, number=accounts)
    def unlink(self, n: int, number: str) -> None:
        visitor, phone = self._signed_in(n, f"/home/accounts/{number}/unlink")
        if visitor is None:
            return
        held = self.residents[phone].accounts
        assert (visitor.status == 404) == (number not in held)
        if number in held:
            visitor.fill_and_submit(f"form[action='/home/accounts/{number}/unlink']")
            assert visitor.path == "/home"
            held.remove(number)

    @rule(n=browsers)
    def end_other_devices(self, n: int) -> None:
        visitor, phone = self._signed_in(n, "/home/profile/devices")
        if visitor is None:
            return
        mine = [b for b, who in self.signed_in.items() if who == phone]
        assert len(visitor.page.select(".cards .card")) == len(mine)
        if len(mine) > 1:
            visitor.fill_and_submit("form:has(input[value=others])")
            self.signed_in = {b: who for b, who in self.signed_in.items() if who != phone or b == n}

    @rule(n=browsers)
    def log_out(self, n: int) -> None:
        visitor, _phone = self._signed_in(n, "/home")
        if visitor is None:
            return
        visitor.fill_and_submit("form[action='/logout']")
        assert visitor.path == "/"
        del self.signed_in[n]

    @rule(n=browsers, path=st.sampled_from(["/code", "/register/password", "/login/password", "/resume"]))
    def wander(self, n: int, path: str) -> None:
        """Type an address of some step: never more than its own step is shown."""
        self.browsers[n].get(path)
        self._nothing_of_others(n)

    @rule()
    def time_passes(self) -> None:
        """The limits are tested elsewhere."""
        with base.db.atomic():
            Attempt.delete().execute()

    # what must hold

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not hasattr(self, "residents"):
            return
        with base.db.atomic():
            Attempt.delete().execute()
        links = {
            user.phone: {link.account_id for link in AccountLink.select().where(AccountLink.user == user.id)}
            for user in User.select()
        }
        assert links == {phone: person.accounts for phone, person in self.residents.items()}
        for phone, times in self.told.items():
            told = Message.select().where(Message.to == phone, Message.template == "password_changed")
            assert told.count() == times
        assert OneTimeCode.select().where(OneTimeCode.tries > 5).count() == 0

    @invariant()
    def everybody_sees_their_own(self) -> None:
        for n, visitor in enumerate(getattr(self, "browsers", ())):
            visitor.get("/home")
            phone = self.signed_in.get(n)
            assert visitor.path == ("/home" if phone else "/"), (n, self.signed_in)
            if phone:
                person = self.residents[phone]
                assert person.name in visitor.text
                for number, street in zip(NUMBERS, STREETS, strict=True):
                    assert (street in visitor.text) == (number in person.accounts)
            self._nothing_of_others(n)

    # helpers

    def _nothing_of_others(self, n: int) -> None:
        own = self.residents.get(self.signed_in.get(n, ""))
        text = self.browsers[n].text
        for person in self.residents.values():
            assert person is own or person.name not in text, (n, text)

    def _first_screen(self, n: int, phone: str) -> Visitor | None:
        """The phone typed on the first screen; None where somebody is signed in, who gets no such screen."""
        visitor = self.browsers[n]
        visitor.get("/")
        if n in self.signed_in:
            assert visitor.path == "/home"
            return None
        visitor.fill_and_submit(phone=phone, consent="y")
        return visitor

    def _signed_in(self, n: int, path: str) -> tuple[Visitor | None, str]:
        """A page of the cabinet; None, and the first screen, where nobody is signed in."""
        visitor = self.browsers[n]
        visitor.get(path)
        if n not in self.signed_in:
            assert visitor.path == "/", visitor.path
            return None, ""
        assert visitor.path == path
        return visitor, self.signed_in[n]


@pytest.fixture
def machine(app: Flask) -> Iterator[Callable[[], Cabinet]]:
    bill()
    yield type("Machine", (Cabinet,), {"app": app})


@pytest.mark.settings(code_resend_waits=(), requests_per_minute=0)
def test_who_may_see_what(machine: Callable[[], Cabinet]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
