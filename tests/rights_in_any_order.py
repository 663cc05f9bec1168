"""Passkeys, proofs, merging and numbers that change or pass on, in any order: rules beside those of doors.

What is begun under a right (a proof of who is here, a proved other cabinet, a passkey) dies with it.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cabinet.models import Audit, Device, User, WayBack, WebSession
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.passkey import MOST
from cabinet.web import session_keys as keys
from tests.any_order import NUMBERS, PASSWORDS, PHONES, WRONG, Key, Resident, chosen
from tests.authenticator import Authenticator
from tests.cast import receipt_of
from tests.doors_in_any_order import Doors, choices
from tests.journeys import FORGOT
from tests.login.passkeys import answer, question
from tests.visitor import Visitor, last_code

MERGE, REVIEW, RECEIPT = "/home/profile/merge", "/home/profile/merge/review", "/home/profile/merge/receipt"
PASSKEYS = "/home/profile/passkeys"
NUMBERS_OF_ALL = (*PHONES, "+79990001122")


class Rights(Doors):
    """What proves who somebody is, and what that opens. Two have a cabinet already, and are in it."""

    BEGINS = ("settled",)

    @precondition(lambda self: self.signed_in)
    @rule()
    def minutes_pass(self) -> None:
        """Proofs of who is here are over, and so is that of another cabinet."""
        over = {keys.CONFIRMED: 0, keys.CONFIRMED_AGAIN: 0}
        with db.atomic():
            for row in WebSession.select():
                other = row.data.get(keys.OTHER_CABINET)
                kept = {**row.data, **over, **({keys.OTHER_CABINET: {**other, "at": 0}} if other else {})}
                WebSession.update(data=kept).where(WebSession.key == row.key).execute()
        self.fresh, self.proved, self.others = set(), set(), {}

    @precondition(lambda self: self.signed_in)
    @rule(n=choices, typed=st.booleans())
    def change_email(self, n: int, typed: bool) -> None:
        n, visitor, phone = self._in(n, "/home/profile/email")
        asked = bool(visitor.page.select("[name=current_password]"))
        assert asked == (n not in self.proved)
        person = self.residents[phone]
        self.letters += 1
        address = f"letter{self.letters}@example.org"
        data = {"current_password": (person.password or WRONG) if typed else ""} if asked else {}
        visitor.fill_and_submit(email=address, **data)
        if not asked or (typed and person.password):
            assert visitor.path == "/home/profile", visitor.text
            person.email = address
            self._shown(n, asked)
        else:
            assert visitor.error("current_password")

    @precondition(lambda self: self.signed_in)
    @rule(n=choices)
    def add_passkey(self, n: int) -> None:
        self._add_passkey(*self._in(n, PASSKEYS))

    def _settled_in(self, n: int) -> None:
        self._add_passkey(*self._in(n, PASSKEYS, exactly=True))

    def _add_passkey(self, n: int, visitor: Visitor, phone: str) -> None:
        asked = visitor.client.get(f"{PASSKEYS}/options")
        assert (asked.status_code == 200) == (n in self.fresh)
        if n in self.fresh:
            device = Authenticator()
            visitor.fill_and_submit("form[data-passkey=add]", answer=device.make(asked.get_json()))
            room = sum(key.owner == phone for key in self.keys) < MOST
            assert ("Готово" if room else "Устройств уже десять") in visitor.text, visitor.text
            self.keys.append(Key(device, phone if room else None))

    @precondition(lambda self: self.keys and len(self.signed_in) < len(self.browsers))
    @rule(n=choices, which=choices)
    def sign_in_by_passkey(self, n: int, which: int) -> None:
        n, key = self._out(n), chosen(which, self.keys)
        visitor = self.browsers[n]
        answer(visitor, key.device.sign(question(visitor)))
        if key.owner:
            assert visitor.path == "/home", visitor.text
            self._arrived(n, key.owner, key)
        else:
            assert "Так войти не получилось" in visitor.text

    @precondition(lambda self: self._with_number())
    @rule(
        n=choices,
        which=choices,
        by_code=st.booleans(),
        right=st.sampled_from([True, True, False]),
        on=st.booleans(),
    )
    def show_another_cabinet(self, n: int, which: int, by_code: bool, right: bool, on: bool) -> None:
        n, visitor, phone = self._in(chosen(n, self._with_number()), MERGE, exactly=True)
        others = [one for one in self._numbers() if one != phone]
        other = chosen(which, others or [one for one in NUMBERS_OF_ALL if one != phone])
        person = self.residents.get(other)
        if by_code:
            visitor.press("button[name=way]", phone=other)
            assert visitor.path == "/code", visitor.text
            if right:
                visitor.fill_and_submit(code=last_code(other))
        else:
            known = person.password if person and right else None
            visitor.fill_and_submit(phone=other, password=known or WRONG)
            right = known is not None
            if right and visitor.path != REVIEW:
                assert visitor.path == RECEIPT, visitor.text
                self._nothing_of_others(n)
                visitor.fill_and_submit("form[action$='/receipt/code']")
                visitor.fill_and_submit(code=last_code(other))
        assert (visitor.path == REVIEW) == bool(person and right), visitor.text
        if person and right:
            self.others[n] = other
            if on:
                self._merge(n, typed=True, passkeys=by_code)

    @precondition(lambda self: self.signed_in)
    @rule(n=choices, typed=st.booleans(), passkeys=st.booleans())
    def merge(self, n: int, typed: bool, passkeys: bool) -> None:
        self._merge(chosen(n, sorted(self.signed_in)), typed, passkeys)

    def _merge(self, n: int, typed: bool, passkeys: bool) -> None:
        visitor, phone = self.browsers[n], self.signed_in[n]
        visitor.get(REVIEW)
        other = self.others.get(n)
        assert (visitor.path == REVIEW) == (other is not None), (visitor.path, self.others)
        if other is None:
            return
        asked = bool(visitor.page.select("[name=current_password]"))
        assert asked == (n not in self.proved)
        password = self.residents[phone].password if typed else None
        room = sum(key.owner in (phone, other) for key in self.keys) <= MOST
        offered = room and visitor.page.select("[name=passkeys]")
        ticked = {"passkeys": "y"} if passkeys and offered else {}
        data = {"current_password": password or WRONG} if asked else {}
        visitor.fill_and_submit(f"form[action='{REVIEW}']", **data, **ticked)
        if asked and not password:
            assert visitor.path == REVIEW and visitor.error("current_password")
            return
        assert visitor.path == "/home" and "Кабинеты объединены" in visitor.text, visitor.text
        self._shown(n, asked)
        self.others.pop(n)
        self._gone(other, moves_to=phone, with_keys=bool(ticked))

    @precondition(lambda self: bool(self._with_number() and set(NUMBERS_OF_ALL) - set(self.residents)))
    @rule(n=choices, which=choices, typed=st.booleans(), back=st.booleans(), new=st.sampled_from(PASSWORDS))
    def change_number(self, n: int, which: int, typed: bool, back: bool, new: str) -> None:
        """To one that nobody has; whoever has the former one and a receipt may take the cabinet back."""
        n, visitor, phone = self._in(chosen(n, self._with_number()), "/home/profile/phone", exactly=True)
        other = chosen(which, [one for one in NUMBERS_OF_ALL if one not in self.residents])
        asked = bool(visitor.page.select("[name=current_password]"))
        assert asked == (n not in self.proved)
        password = self.residents[phone].password if typed else None
        visitor.fill_and_submit(phone=other, **({"current_password": password or WRONG} if asked else {}))
        if asked and not password:
            assert visitor.error("current_password")
            return
        self._shown(n, asked)
        visitor.fill_and_submit(code=last_code(other))
        assert "Номер изменён" in visitor.text, visitor.text
        self._moved(phone, other, kept=n)
        if back and len(self.signed_in) < len(self.browsers) and self.residents[other].accounts:
            self._take_back(self._out(which), phone, other, new)
        with db.atomic():  # the days pass in which it counts as new, and can be taken back
            Audit.update(at=now() - timedelta(days=30)).where(Audit.action.startswith("phone-")).execute()
            WayBack.delete().execute()

    def _moved(self, phone: str, other: str, kept: int | None) -> None:
        """A cabinet has another number: what began under the former one is over, passkeys are not."""
        self._rights_in(phone, kept)
        self.residents[other] = self.residents.pop(phone)
        self.keys = [replace(key, owner=other) if key.owner == phone else key for key in self.keys]
        if kept is not None:
            self.signed_in[kept] = other

    def _take_back(self, n: int, phone: str, other: str, new: str) -> None:
        """… and then nothing that began by the other number counts."""
        visitor = self._first_screen(n, phone)
        visitor.fill_and_submit(code=last_code(phone))
        visitor.fill_and_submit(**receipt_of(min(self.residents[other].accounts)))
        visitor.fill_and_submit(answer="yes")
        assert visitor.path == "/register/way-back", visitor.text
        self._nothing_of_others(n)
        visitor.fill_and_submit(answer="yes")
        self._moved(other, phone, kept=None)
        visitor.fill_and_submit(password=new)
        assert visitor.path == "/login/password" and "Пароль сохранён" in visitor.text, visitor.text
        self._password_changed(phone, new)

    @precondition(lambda self: self._silent() and len(self.signed_in) < len(self.browsers))
    @rule(n=choices, which=choices, number=st.sampled_from(NUMBERS), password=st.sampled_from(PASSWORDS))
    def silent_for_long(self, n: int, which: int, number: str, password: str) -> None:
        """By a code and a receipt: one of the cabinet opens it, another makes a next owner's."""
        phone = chosen(which, self._silent())
        former = User.by_phone(phone)
        assert former
        with db.atomic():
            User.update(seen_at=now() - timedelta(days=400)).where(User.id == former.id).execute()
            Device.delete().where(Device.user == former.id).execute()
        n = self._out(n)
        visitor = self._first_screen(n, phone)
        visitor.fill_and_submit(FORGOT)
        visitor.fill_and_submit(code=last_code(phone))
        assert visitor.path == "/login/receipt", visitor.text
        self._nothing_of_others(n)
        visitor.fill_and_submit(**receipt_of(number))
        if number in self.residents[phone].accounts:
            visitor.fill_and_submit(password=password)
            assert visitor.path == "/login/password" and "Пароль сохранён" in visitor.text
            self._password_changed(phone, password)
            return
        self._nothing_of_others(n)
        visitor.fill_and_submit(consent="y")
        name = self._register_from_address(n, password)
        person, closed = self.residents.pop(phone), User.get_by_id(former.id).phone
        assert not closed.startswith("+")
        self.residents[closed] = person
        self.keys = [replace(key, owner=closed) if key.owner == phone else key for key in self.keys]
        self._rights_in(phone, None)
        self.residents[phone] = Resident(name, password, {number})
        self._arrived(n, phone)

    def _with_number(self) -> list[int]:
        """Browsers signed in to a cabinet that has a number."""
        return sorted(n for n, phone in self.signed_in.items() if phone.startswith("+"))

    def _silent(self) -> list[str]:
        """Numbers whose cabinets nobody is in."""
        return [p for p in self.residents if p.startswith("+") and p not in self.signed_in.values()]
