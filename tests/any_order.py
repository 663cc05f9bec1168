"""A model of residents and browsers: who must see what, and whether each page and the database agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
)

from cabinet.models import TABLES, Account, AccountLink, Attempt, Charge, Message, OneTimeCode, User
from cabinet.models.database import db
from tests.cast import ADDRESSES, LESNAYA, resident
from tests.visitor import Visitor

T = TypeVar("T")

PHONES = ("+79161234567", "+79037654321")
PASSWORDS = ("Длинный7пароль", "Совсем8другой", "Третий9вариант")
NAMES = ("Анна", "Борис")
NUMBERS = tuple(ADDRESSES)
STREETS = ("Лесная", "Садовая", "Дачная")
WRONG = "Неверный0пароль"


def chosen(number: int, among: Iterable[T]) -> T:
    """One of them, by a number of any size."""
    everything = list(among)
    return everything[number % len(everything)]


@dataclass
class Resident:
    """What the model knows of a resident; `name` is what only this resident may see."""

    name: str
    password: str | None
    accounts: set[str] = field(default_factory=set)


class Residents(RuleBasedStateMachine):
    """Three browsers, two phones, three accounts, and what must hold whatever is done with them."""

    app: Flask

    @initialize(legacy=st.booleans())
    def begin(self, legacy: bool) -> None:
        self.residents: dict[str, Resident] = {}
        self.signed_in: dict[int, str] = {}  # browser: phone
        self.told: dict[str, int] = {}  # password changes per phone
        with db.atomic():
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

    # what must hold

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not hasattr(self, "residents"):
            return
        with db.atomic():
            Attempt.delete().execute()  # the limits are tested elsewhere
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

    # for rules

    def _nothing_of_others(self, n: int) -> None:
        own = self.residents.get(self.signed_in.get(n, ""))
        text = self.browsers[n].text
        for person in self.residents.values():
            assert person is own or person.name not in text, (n, text)

    def _out(self, number: int) -> int:
        """A browser where nobody is signed in."""
        return chosen(number, [n for n in range(len(self.browsers)) if n not in self.signed_in])

    def _first_screen(self, n: int, phone: str) -> Visitor:
        """The phone typed on the first screen."""
        visitor = self.browsers[n]
        visitor.get("/")
        visitor.fill_and_submit(phone=phone, consent="y")
        return visitor

    def _in(self, number: int, path: str) -> tuple[int, Visitor, str]:
        """A page of the cabinet in a browser where somebody is signed in, and who that is."""
        n = chosen(number, sorted(self.signed_in))
        visitor = self.browsers[n]
        visitor.get(path)
        assert visitor.path == path
        return n, visitor, self.signed_in[n]

    def _password_changed(self, phone: str, password: str, kept: int | None = None) -> None:
        self.residents[phone].password = password
        self.told[phone] = self.told.get(phone, 0) + 1
        for n in [n for n, who in self.signed_in.items() if who == phone and n != kept]:
            del self.signed_in[n]
