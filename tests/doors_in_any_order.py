"""Ways in and out of the cabinet, in any order."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.any_order import NUMBERS, PASSWORDS, WRONG, Residents, chosen
from tests.visitor import Visitor

passwords = st.sampled_from(PASSWORDS)
accounts = st.sampled_from(NUMBERS)
choices = st.integers(0, 5)


def some_in(machine: Residents) -> bool:
    """Whether some browser is signed in."""
    return bool(machine.signed_in)


def some_out(machine: Residents) -> bool:
    """Whether some browser is not."""
    return len(machine.signed_in) < len(machine.browsers)


class Doors(Residents):
    """Who comes in, who goes, and whom a new password sends out."""

    @precondition(some_out)
    @precondition(lambda self: self._numbers())
    @rule(n=choices, which=choices)
    def sign_in(self, n: int, which: int) -> None:
        n, phone = self._out(n), chosen(which, self._numbers())
        visitor = self._first_screen(n, phone)
        assert visitor.path == "/login/password"
        visitor.fill_and_submit(password=self.residents[phone].password or WRONG)
        if self.residents[phone].password:
            assert visitor.path == "/home", visitor.text
            self._arrived(n, phone)

    @precondition(some_in)
    @rule(n=choices, right=st.booleans(), new=passwords)
    def change_password(self, n: int, right: bool, new: str) -> None:
        n, visitor, phone = self._in(n, "/home/profile/password")
        current = self.residents[phone].password if right else WRONG
        visitor.fill_and_submit(current_password=current, password=new)
        if right:
            assert visitor.path == "/home/profile", visitor.text
            self._password_changed(phone, new, kept=n)
            self._shown(n, asked=True)
        else:
            assert visitor.error("current_password")

    @precondition(some_in)
    @rule(n=choices)
    def end_other_devices(self, n: int) -> None:
        n, visitor, phone = self._in(n, "/home/profile/devices")
        mine = [b for b, who in self.signed_in.items() if who == phone]
        assert len(visitor.page.select(".cards .card")) == len(mine)
        if len(mine) > 1:
            visitor.fill_and_submit("form:has(input[value=others])")
            self._rights_in(phone, kept=n)

    @precondition(some_in)
    @rule(n=choices)
    def log_out(self, n: int) -> None:
        n, visitor, _phone = self._in(n, "/home")
        token = visitor.client.get_cookie("cabinet")
        visitor.fill_and_submit("form[action='/logout']")
        assert visitor.path == "/" and token is not None
        self._left(n)
        thief = Visitor(self.app)
        thief.client.set_cookie("cabinet", token.value)
        thief.get("/home")
        assert thief.path == "/"
