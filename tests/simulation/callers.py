"""People without pages: they call what pages call, in a tenth of the time, in any order that pages allow."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, NamedTuple

from cabinet.models import Account, ConnectionRequest, OneTimeCode, Registration, User
from cabinet.models.attempt import TooManyError
from cabinet.models.code import Verdict
from cabinet.models.database import db
from cabinet.models.linking import accounts, link, unlink
from cabinet.models.login import LoginAttempt
from cabinet.models.profile import recover, rename
from cabinet.models.registered import PhoneTakenError
from cabinet.models.request import ANSWERS
from cabinet.models.user import CredentialsChangedError
from tests.cast import AMOUNTS, DACHNAYA
from tests.simulation.told import Told
from tests.simulation.world import CrashError, World

PERIOD = date(2026, 10, 1)
ADDRESS = {"city": "Клин", "street": "Дачная", "house": "3"}
CONSENT = ("1", "Согласен")


class Mind(NamedTuple):
    """What a session knows: a lost answer leaves it as it was."""

    code: str = ""
    registration: str = ""
    verified: bool = False
    recovered: str = ""
    user: str = ""
    form: str = ""  # the key of the request's form that is open


@dataclass
class Caller:
    """One person in one session."""

    misread: ClassVar[float] = 0.0  # how often a receipt is, at least

    world: World
    name: str
    phone: str
    account: str
    wants: str
    ip: str
    told: Told
    mind: Mind = field(default_factory=Mind)
    shown: set[str] = field(default_factory=set)  # the names and addresses that were on the screen last

    def act(self) -> None:
        """One step, whose answer may be lost."""
        before = self.mind
        try:
            news = self._step()
            if self.world.happens(0.05):
                self.world.note("its answer is lost")
                raise CrashError
        except CrashError:
            self.mind = before
        except TooManyError as refusal:
            self.world.note(f"{self.name} must wait for {refusal.limit}")
        except (PhoneTakenError, CredentialsChangedError) as refusal:
            self.world.note(f"refused: {type(refusal).__name__}")
            self.mind = Mind()
        else:
            self.told.seen |= news

    def sees(self, words: str) -> bool:
        """Whether these were shown."""
        return words in self.shown

    def _step(self) -> set[str]:
        mind, user = self.mind, User.find(self.mind.user) if self.mind.user else None
        if user:
            step = self.world.rng.choice((self._link, self._unlink, self._request, self._rename, self._leave))
            self.world.note(f"{self.name}: {step.__name__}")
            return step(user)
        if mind.recovered:
            return self._set_password()
        if mind.verified:
            return self._register()
        if mind.code:
            return self._type_code()
        return self._arrive()

    def _arrive(self) -> set[str]:
        user = User.by_phone(self.phone)
        self.world.note(f"{self.name} arrives, {'known' if user else 'new'}")
        if user and self.world.rng.random() < 0.6:
            return self._sign_in(user)
        with db.atomic():
            begun = None if user else Registration.begin(self.phone, "ru", CONSENT, self.ip, "")
            purpose = "recovery" if user else "registration"
            code = OneTimeCode.send(purpose, self.phone, self.ip, "ru", known=user is not None)
        self.mind = Mind(code=code.id, registration=begun.id if begun else "")
        return set()

    def _sign_in(self, user: User) -> set[str]:
        typed = self.told.password if self.world.rng.random() > self.world.careless else "wrong"
        attempt = LoginAttempt.begin(self.phone, self.ip, None, pause=lambda seconds: None)
        if attempt.verify(lambda: typed == user.password_hash, then=user.arrive):
            self.mind = Mind(user=user.id)
            self._look(user)
        return set()

    def _type_code(self) -> set[str]:
        code, rng = OneTimeCode.find(self.mind.code), self.world.rng
        assert code, "the code of a session is there"
        if rng.random() < 0.15:
            code.hurry()
        if (not code.live and code.used_at is None) or rng.random() < 0.1:
            known = code.purpose == "recovery"
            again = OneTimeCode.send(code.purpose, self.phone, self.ip, "ru", replaces=code, known=known)
            self.mind = self.mind._replace(code=again.id)
            return set()
        heard = self.world.digits_for(self.phone)
        if not heard:
            return set()
        typed = (
            rng.choice(heard[-2:]) if rng.random() > self.world.careless else f"{rng.randrange(10**6):06d}"
        )
        verdict = code.verify(typed, then=lambda: self._verified(code))
        self.world.note(f"{self.name} types a code: {verdict.value}")
        if verdict in (Verdict.RIGHT, Verdict.USED) and code.used_within(60):
            recovered = code.id if code.purpose == "recovery" else ""
            self.mind = self.mind._replace(code="", verified=not recovered, recovered=recovered)
        return set()

    def _verified(self, code: OneTimeCode) -> None:
        if begun := Registration.find(self.mind.registration):
            begun.verify_phone(code.id)

    def _set_password(self) -> set[str]:
        user, code = User.by_phone(self.phone), OneTimeCode.find(self.mind.recovered)
        assert user and code
        with self.told.new_password() as password:
            self.world.note(f"{self.name} sets a password")
            saved = recover(user, code, password.text, self.ip)
            password.holds = saved
        self.mind = Mind()
        return set()

    def _register(self) -> set[str]:
        one, rng = Registration.find(self.mind.registration), self.world.rng
        if one is None or one.step == "done":
            self.mind = Mind()
            return set()
        self.world.note(f"{self.name} at {one.step}")
        if one.step == "account" and self.wants == "request":
            return self._request(None)
        if one.step == "account":
            wrong = rng.random() < max(self.misread, self.world.careless)
            one.match_account(PERIOD, self.account, AMOUNTS[self.account] + wrong, self.ip)
        elif one.step == "address":
            if rng.random() < 0.9:
                one.confirm_address()
            else:
                one.deny_address(self.ip)
        elif one.step == "profile":
            one.fill_profile(self._profile(), CONSENT, self.ip, "")
        elif one.step == "password":
            return self._complete(one)
        return set()

    def _complete(self, one: Registration) -> set[str]:
        with self.told.new_password() as password:
            user = one.complete(password.text, self.ip)
            password.holds = user.password_hash == password.text
        self.mind = Mind(user=user.id)
        self._look(user)
        return {"cabinet", "account"}

    def _profile(self) -> dict[str, object]:
        names = {"last_name": self.name, "first_name": "Анна", "middle_name": ""}
        return {**names, "birth_date": None, "email": f"a{self.phone[1:]}@example.org"}

    def _link(self, user: User) -> set[str]:
        since = self.told.unlinked
        link(user, Account.get_by_id(DACHNAYA), self.ip)
        self._look(user)
        return {"second account"} if since == self.told.unlinked else set()

    def _unlink(self, user: User) -> set[str]:
        self.told.unlink()
        unlink(user, Account.get_by_id(DACHNAYA), self.ip)
        return set()

    def _rename(self, user: User) -> set[str]:
        rename(user, self.name, self.world.rng.choice(("Анна", "Яна")), "", self.ip)
        return set()

    def _leave(self, user: User) -> set[str]:
        user.hold()
        self.mind = Mind()
        return set()

    def _request(self, user: User | None) -> set[str]:
        if not self.mind.form:
            self.mind = self.mind._replace(form=self.told.new_form())
            return set()
        answers = {**dict.fromkeys(ANSWERS, ""), **ADDRESS, "comment": self.mind.form}
        answers |= {"last_name": self.name, "first_name": "Анна", "email": f"a{self.phone[1:]}@example.org"}
        user_id = user.id if user else None
        sent = ConnectionRequest.submit(self.phone, answers, self.mind.form, self.ip, user_id=user_id)
        self.mind = self.mind._replace(form="")
        return {sent.number}

    def _look(self, user: User) -> None:
        self.shown = {user.last_name, *(one.address for one in accounts(user))}
