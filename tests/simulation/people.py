"""People in front of browsers: they do what the page asks, sometimes wrongly, twice, or not at all."""

from dataclasses import dataclass, field

from tests.cast import AMOUNTS, PASSWORD, PERSON
from tests.requests.conftest import REQUEST
from tests.simulation.browser import Browser
from tests.simulation.told import Told
from tests.simulation.world import CrashError, World

FORGOT = "/login/forgot"


@dataclass
class Someone:
    """One person: a phone, a name that nobody else has, an account or none."""

    world: World
    name: str
    phone: str
    account: str
    wants: str  # "account" or "request"
    browser: Browser
    forgetful: bool = False
    told: Told = field(default_factory=Told)

    @property
    def email(self) -> str:
        """Nobody else's, either."""
        return f"a{self.phone[1:]}@example.org"

    def sees(self, words: str) -> bool:
        """Whether these stand on the screen."""
        return self.browser.sees(words)

    def act(self) -> None:
        """One step. The answer may be lost: then the screen and the cookies are those of before."""
        before = self.browser.screen
        self.world.note(f"{self.name} at {self.browser.path}")
        try:
            self._step()
            if self.world.happens(0.05):
                self.world.note("its answer is lost")
                raise CrashError
        except CrashError:
            self.browser.back_to(before)
            return
        self._look()

    def _step(self) -> None:
        browser, rng = self.browser, self.world.rng
        if browser.status == 0 or browser.status >= 500 or rng.random() < 0.05:
            browser.get(browser.url)
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
            "/home": lambda: browser.get("/home/accounts/new"),
            "/home/accounts/new": self._type_receipt,
        }.get("/code" if browser.path.startswith("/code") else browser.path)
        if step is None:
            browser.get("/")
        else:
            step()

    def _send(self, action: str | None = None, **values: str) -> None:
        if form := self.browser.form(action, *values):
            self.browser.send(form, **values)
        else:
            self.browser.get("/")

    def _type_phone(self) -> None:
        self._send(phone=self.phone, consent="y")

    def _type_code(self) -> None:
        heard = self.world.digits_for(self.phone)
        if not heard or self.world.rng.random() < 0.15:
            if self.world.rng.random() < 0.3 and self.browser.form("/code/resend"):
                self._send("/code/resend")
            else:
                self.browser.get(self.browser.url)
            return
        digits = int(self.world.rng.choice(heard[-2:]))
        wrong = self.world.rng.random() < 0.15
        self._send(code=f"{(digits + wrong) % 1_000_000:06d}")

    def _type_receipt(self) -> None:
        rng = self.world.rng
        if self.wants == "request":
            self._send(period="2026-10", account="7788990011", amount="1 234,50")
            if self.browser.path == "/register/account" and self.browser.sees('href="/requests/new"'):
                self.browser.get("/requests/new")
            return
        wrong = rng.random() < 0.1
        amount = f"{(AMOUNTS[self.account] + wrong) / 100:.2f}".replace(".", ",")
        self._send(period="2026-10", account=self.account, amount=amount)

    def _sign_in(self) -> None:
        if self.forgetful and self.browser.form(FORGOT):
            self.forgetful = False
            self._send(FORGOT)
        else:
            self._send(password=PASSWORD if self.world.rng.random() < 0.9 else "Неверный0пароль")

    def _look(self) -> None:
        """What the answer says is done."""
        if self.browser.status != 200:
            return
        path = self.browser.path
        if path == "/home":
            self.told.seen.add("cabinet")
            if self.browser.sees(self.account):
                self.told.seen.add("account")
        if path.startswith("/requests/") and path != "/requests/new":
            self.told.seen.add(path.rpartition("/")[2])
