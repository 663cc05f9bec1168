"""A model of residents and browsers: who must see what, and whether each page and the database agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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
from tests.authenticator import Authenticator
from tests.cast import ADDRESSES, LESNAYA, SADOVAYA, resident
from tests.placing import signed_in
from tests.visitor import Visitor

T = TypeVar("T")

PHONES = ("+79161234567", "+79037654321")
PASSWORDS = ("Длинный7пароль", "Совсем8другой", "Третий9вариант")
NAMES = ("Анна", "Борис", "Вероника", "Григорий", "Дарья", "Ефим", "Зинаида", "Игнат", "Ксения", "Лука")
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
    email: str = "x@example.org"


@dataclass(frozen=True)
class Key:
    """A passkey and whom it signs in; nobody once it has ended."""

    device: Authenticator
    owner: str | None


class Residents(RuleBasedStateMachine):
    """Three browsers, two phones, three accounts, and what must hold whatever is done with them."""

    app: Flask
    BEGINS: tuple[str, ...] = ("empty", "legacy")

    @initialize(n=st.integers(0, 5))
    def begin(self, n: int) -> None:
        begins = chosen(n, self.BEGINS)
        self.residents: dict[str, Resident] = {}
        self.signed_in: dict[int, str] = {}  # browser: phone, or what stands for it once it passed on
        self.told: dict[str, int] = {}  # password changes per phone
        self.keys: list[Key] = []
        self.by_key: dict[int, Key | None] = {}  # browser: by which passkey its session began
        self.fresh: set[int] = set()  # browsers that showed lately who is there, if only by signing in
        self.proved: set[int] = set()  # … and did so within the cabinet
        self.others: dict[int, str] = {}  # browser: the phone of another cabinet that was proved there
        self.letters = 0
        self.names = iter(NAMES)
        with db.atomic():
            for table in reversed(TABLES):
                if table not in (Account, Charge):
                    table.delete().execute()
        self.browsers = [Visitor(self.app, htmx=n == 1, ip=f"192.0.2.{n + 1}") for n in range(3)]
        if begins != "empty":
            self._settle(PHONES[0], None if begins == "legacy" else PASSWORDS[0], LESNAYA)
        if begins == "settled":
            self._settle(PHONES[1], PASSWORDS[1], SADOVAYA)
            for n, phone in enumerate(PHONES):
                signed_in(self.browsers[n], phone)
                self._arrived(n, phone)
                self._settled_in(n)

    def _settled_in(self, n: int) -> None:
        """What somebody who begins in this browser has done there before."""

    def _settle(self, phone: str, password: str | None, account: str) -> None:
        """Let somebody have a cabinet already."""
        name = next(self.names)
        user = resident(phone, password, [account], first_name=name, last_name="")
        self.residents[phone] = Resident(name, password, {account}, user.email)

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
        emails = {user.phone: user.email for user in User.select()}
        assert emails == {phone: person.email for phone, person in self.residents.items()}
        for phone, times in self.told.items():
            if not phone.startswith("+"):
                continue
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

    def _numbers(self) -> list[str]:
        """The phones that open a cabinet."""
        return [phone for phone in self.residents if phone.startswith("+")]

    def _out(self, number: int) -> int:
        """A browser where nobody is signed in."""
        return chosen(number, [n for n in range(len(self.browsers)) if n not in self.signed_in])

    def _first_screen(self, n: int, phone: str) -> Visitor:
        """The phone typed on the first screen."""
        visitor = self.browsers[n]
        visitor.get("/")
        visitor.fill_and_submit(phone=phone, consent="y")
        return visitor

    def _in(self, number: int, path: str, exactly: bool = False) -> tuple[int, Visitor, str]:
        """A page of the cabinet in a browser where somebody is signed in, and who that is.

        `exactly`: the number is the browser's, not any to choose one by.
        """
        n = number if exactly else chosen(number, sorted(self.signed_in))
        visitor = self.browsers[n]
        visitor.get(path)
        assert visitor.path == path
        return n, visitor, self.signed_in[n]

    def _arrived(self, n: int, phone: str, key: Key | None = None) -> None:
        self.signed_in[n], self.by_key[n] = phone, key
        self.fresh.add(n)
        self.proved.discard(n)
        self.others.pop(n, None)

    def _left(self, n: int) -> None:
        """Nobody is in this browser any more, and nothing that was begun there is."""
        del self.signed_in[n]
        self.fresh.discard(n)
        self.proved.discard(n)
        self.others.pop(n, None)

    def _shown(self, n: int, asked: bool) -> None:
        """Whoever is in this browser typed the password, if it was asked for."""
        if asked:
            self.fresh.add(n)
            self.proved.add(n)

    def _rights_in(self, phone: str, kept: int | None) -> None:
        """What began under this cabinet's credentials is over, but for the browser that changed them."""
        for n in [n for n, who in self.signed_in.items() if who == phone and n != kept]:
            self._left(n)
        self.others = {n: other for n, other in self.others.items() if other != phone}

    def _gone(self, phone: str, moves_to: str, with_keys: bool) -> None:
        """A cabinet ended, all that it held is another's."""
        self._rights_in(phone, None)
        self.residents[moves_to].accounts |= self.residents.pop(phone).accounts
        owner = moves_to if with_keys else None
        self.keys = [replace(key, owner=owner) if key.owner == phone else key for key in self.keys]

    def _register_from_address(self, n: int, password: str) -> str:
        """From «Это ваш адрес?» into the cabinet; the new resident's name."""
        visitor, name = self.browsers[n], next(self.names)
        visitor.fill_and_submit(answer="yes")
        visitor.fill_and_submit(
            last_name="Общая", first_name=name, birth_date="01.02.1980", email="x@example.org"
        )
        visitor.fill_and_submit(password=password)
        assert visitor.path == "/home", visitor.text
        return name

    def _password_changed(self, phone: str, password: str, kept: int | None = None) -> None:
        self.residents[phone].password = password
        self.told[phone] = self.told.get(phone, 0) + 1
        spared = self.by_key.get(kept) if kept is not None else None
        self.keys = [
            replace(key, owner=None) if key.owner == phone and key is not spared else key for key in self.keys
        ]
        self._rights_in(phone, kept)
