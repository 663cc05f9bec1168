"""What happens to residents that they and the staff are told of."""

from collections.abc import Callable
from datetime import date, timedelta

from cabinet.models import (
    Account,
    EmailLink,
    Registration,
    Staff,
    User,
    base,
    departure,
    linking,
    max_link,
    merging,
    passed_number,
    phone_change,
    profile,
    taking_back,
)
from cabinet.models.database import db
from cabinet.models.passkey import Passkey

ADDRESS = "г. Москва, ул. <b>Лесная</b> & Ко, д. 5, кв. 12"
SUBJECT_BREAKER = "0012\r\nBcc: evil@example.org"


def resident(phone: str = "+79161234567", **changes: object) -> User:
    """Somebody with a name that looks like markup."""
    values = {
        "last_name": "Ёлкина",
        "first_name": "<em>Анна</em>",
        "birth_date": date(1980, 2, 1),
        "email": "anna@example.org",
        "email_confirmed_at": base.now(),
    }
    with db.atomic():
        return User.create(phone=phone, **{**values, **changes})


def account() -> Account:
    with db.atomic():
        return Account.create(number="12", printed=SUBJECT_BREAKER, address=ADDRESS)


def link_by_other(user: User) -> None:
    shared = account()
    linking.link(user, shared, "192.0.2.1")
    linking.link(resident("+79167654321", first_name="Пётр", email=""), shared, "192.0.2.1")


def unlink(user: User) -> None:
    own = account()
    linking.link(user, own, "192.0.2.1")
    linking.unlink(user, own, "192.0.2.1")


def helped(user: User) -> None:
    """What staff do for a resident, who shares the account with another."""
    shared, other = account(), resident("+79167654321", first_name="Пётр", email="")
    linking.link(other, shared, "192.0.2.1")
    linking.link(user, shared, "192.0.2.1", by="staff:1")
    linking.unlink(user, shared, "192.0.2.1", by="staff:1")
    seen = user.full_name
    profile.correct_name(user, ("<u>Белкина</u>", "Анна", ""), seen, "staff:1", "192.0.2.1")


def stay(user: User) -> None:
    departure.request_deletion(user, "192.0.2.1")
    departure.cancel_deletion(user, "192.0.2.1")


def new_device(user: User) -> None:
    with db.atomic():
        user.notify("new_device", sms=False, browser="Chrome/1 Android", at=base.now().isoformat())


def passkey(user: User) -> None:
    with db.atomic():
        key = Passkey.add(
            user, "192.0.2.1", "", credential="a", public_key=b"", name="<b>Chrome</b>, Android"
        )
        key.remove(user, "192.0.2.1", "")


def link_max(user: User) -> None:
    assert max_link.started(max_link.MaxStart.begin(user).payload, 501, 1_795_000_000_000)
    assert max_link.stopped(501, 1_795_000_000_001)


def pass_on(user: User) -> None:
    with db.atomic():
        User.update(seen_at=user.created_at - timedelta(days=400)).execute()
        former = passed_number.release(user.phone)
        assert former is not None
        passed_number.tell_of(former, resident("+79167654321", first_name="Пётр", email=""))


def change_number_by_two(user: User) -> None:
    asker, colleague = (Staff.add(f"{one}@example.org", "clerk", "hash") for one in "ab")
    change = phone_change.ask(user, "+79160000000", "<b>SIM</b>", "<b>ID</b>", asker, "192.0.2.1")
    phone_change.approve(change, colleague, "192.0.2.1")


def take_back(user: User) -> None:
    """Somebody changed the number, and the holder of the former one proves it and a receipt."""
    own = account()
    linking.link(user, own, "192.0.2.1")
    profile.change_phone(user, "+79160000000", "192.0.2.1", "")
    with db.atomic():
        draft = Registration.create(phone="+79161234567", account=own, phone_verified_at=base.now())
    taking_back.take_back(draft, "192.0.2.1")
    with db.atomic():
        draft.delete_instance()


def merge_cabinets(user: User) -> None:
    merging.merge(resident("+79167654321", first_name="Пётр", email=""), user, "192.0.2.1")


EVENTS: dict[str, Callable[[User], object]] = {
    "confirm": EmailLink.send,
    "password": lambda user: profile.set_password(user, "$2b$hash", "192.0.2.1"),
    "device": new_device,
    "passkey": passkey,
    "max": link_max,
    "link": link_by_other,
    "unlink": unlink,
    "helped": helped,
    "block": lambda user: user.block(True, "staff:1", "192.0.2.1", "stranger"),
    "rename": lambda user: profile.rename(user, "<u>Белкина</u>", "Анна", "", "192.0.2.1"),
    "email": lambda user: profile.change_email(user, "other@example.org", "192.0.2.1"),
    "phone": lambda user: profile.change_phone(user, "+79160000000", "192.0.2.1", ""),
    "taken back": take_back,
    "number": pass_on,
    "by two": change_number_by_two,
    "merge": merge_cabinets,
    "withdraw": lambda user: departure.request_deletion(user, "192.0.2.1"),
    "stay": stay,
    "erase": lambda user: departure.erase(user),
}
TOLD = {
    "confirm_email",
    "password_changed",
    "new_device",
    "passkey_added",
    "passkey_removed",
    "max_linked",
    "max_unlinked",
    "account_linked_by_other",
    "account_linked_by_staff",
    "account_unlinked_by_staff",
    "access_closed",
    "name_corrected",
    "email_changed",
    "phone_change_asked",
    "phone_changed",
    "number_passed_on",
    "cabinets_merged",
    "deletion_requested",
    "staff/account_linked",
    "staff/account_unlinked",
    "staff/profile_changed",
    "staff/number_passed_on",
    "staff/cabinets_merged",
    "staff/deletion_requested",
    "staff/deletion_cancelled",
    "staff/deleted",
}
