"""People in front of browsers: they do what the page asks, sometimes wrongly, twice, or not at all."""

import copy
import re
from dataclasses import dataclass, field

from tests.cast import AMOUNTS, PASSWORD, PERSON
from tests.journeys import FORGOT
from tests.requests.conftest import REQUEST
from tests.simulation.world import CrashError, World
from tests.visitor import Visitor

DIGITS = re.compile(r"\b(\d{6})\b")


@dataclass
class Someone:
    """One person: a phone, a name that nobody else has, an account or none."""

    world: World
    name: str
    phone: str
    account: str
    visitor: Visitor
    wants: str  # "account" or "request"
    forgetful: bool = False
    seen: set[str] = field(default_factory=set)  # what the cabinet has told this person is done

    @property
    def email(self) -> str:
        """Nobody else's, either."""
        return f"a{self.phone[1:]}@example.org"

    def act(self) -> None:
        """One step. The answer may be lost: then the screen and the cookies are those of before."""
        before, cookies = copy.copy(self.visitor), copy.deepcopy(self.visitor.client._cookies)
        self.world.note(f"{self.name} at {self.visitor.path}")
        try:
            self._step()
            if self.world.happens(0.05):
                self.world.note("its answer is lost")
                raise CrashError
        except CrashError:
            self.visitor.see_screen_of(before)
            self.visitor.client._cookies = cookies
            return
        self._look()

    def _step(self) -> None:
        visitor, rng = self.visitor, self.world.rng
        if visitor.status == 0 or visitor.status >= 500 or rng.random() < 0.05:
            visitor.get(visitor.url)
            return
        step = {
            "/": self._type_phone,
            "/code": self._type_code,
            "/register/account": self._type_receipt,
            "/register/address": lambda: self._send(answer="yes" if rng.random() < 0.9 else "no"),
            "/register/profile": lambda: self._send(
                **{**PERSON, "last_name": self.name, "email": self.email}
            ),
            "/register/password": lambda: self._send(password=PASSWORD),
            "/login/password": self._sign_in,
            "/login/new-password": lambda: self._send(password=PASSWORD),
            "/requests/new": lambda: self._send(**{**REQUEST, "last_name": self.name, "email": self.email}),
            "/home": lambda: visitor.get("/home/accounts/new"),
            "/home/accounts/new": self._type_receipt,
        }.get("/code" if visitor.path.startswith("/code") else visitor.path)
        if step is None:
            visitor.get("/")
        else:
            step()

    def _send(self, form: str | None = None, **values: str) -> None:
        names = list(values)
        if any(self._has(one, names) for one in self.visitor.page.select(form or "form")):
            self.visitor.fill_and_submit(form, **values)
        else:
            self.visitor.get("/")

    @staticmethod
    def _has(form: object, names: list[str]) -> bool:
        return all(form.find(True, attrs={"name": name}) for name in names)  # type: ignore[attr-defined]

    def _type_phone(self) -> None:
        self._send(phone=self.phone, consent="y")

    def _type_code(self) -> None:
        heard = [take.text for take in self.world.takes if take.to == self.phone]
        if not heard or self.world.rng.random() < 0.15:
            if self.world.rng.random() < 0.3 and self.visitor.page.select("form[action='/code/resend']"):
                self._send("form[action='/code/resend']")
            else:
                self.visitor.reload()
            return
        found = DIGITS.search(self.world.rng.choice(heard[-2:]))
        assert found, "an SMS of a code has six digits"
        wrong = self.world.rng.random() < 0.15
        self._send(code=f"{(int(found[1]) + wrong) % 1_000_000:06d}")

    def _type_receipt(self) -> None:
        rng = self.world.rng
        if self.wants == "request":
            self._send(period="2026-10", account="7788990011", amount="1 234,50")
            if self.visitor.path == "/register/account" and self.visitor.page.select(
                "a[href='/requests/new']"
            ):
                self.visitor.get("/requests/new")
            return
        wrong = rng.random() < 0.1
        amount = f"{(AMOUNTS[self.account] + wrong) / 100:.2f}".replace(".", ",")
        self._send(period="2026-10", account=self.account, amount=amount)

    def _sign_in(self) -> None:
        if self.forgetful and self.visitor.page.select(FORGOT):
            self.forgetful = False
            self._send(FORGOT)
        else:
            self._send(password=PASSWORD if self.world.rng.random() < 0.9 else "Неверный0пароль")

    def _look(self) -> None:
        """What the answer says is done."""
        if self.visitor.status != 200:
            return
        path = self.visitor.path
        if path == "/home":
            self.seen.add("cabinet")
            if self.account in self.visitor.text:
                self.seen.add("account")
        if path.startswith("/requests/") and path != "/requests/new":
            self.seen.add(path.rpartition("/")[2])
