"""Links that prove an e-mail address: one works, once, for a day, for the address it was sent to."""

import pytest
from peewee import Database

from cabinet.models import EmailLink, Message, User
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from tests.cast import OTHER_PHONE, resident
from tests.models.clock import DAY, after, moment


@pytest.fixture
def anna(database: Database) -> User:
    return resident(email_confirmed_at=None, locale="en")


def send(user: User, seconds: float = 0) -> EmailLink:
    with after(seconds):
        EmailLink.send(user)
    return EmailLink.select().where(EmailLink.user == user.id).order_by(EmailLink.created_at.desc()).get()


def confirmed(user: User) -> object:
    return User.get_by_id(user.id).email_confirmed_at


def test_the_letter_names_the_link_and_not_its_token(anna: User) -> None:
    link, letter = send(anna), Message.get()
    assert (link.email, link.expires_at) == (anna.email, moment(DAY))
    assert (letter.channel, letter.template, letter.to) == ("mail", "confirm_email", anna.email)
    assert letter.data == {"link": link.id, "name": ""} and letter.locale == "en"
    assert letter.expires_at == moment(DAY) and letter.blank_after


def test_it_works_for_a_day(anna: User) -> None:
    link = send(anna)
    with after(DAY - 1):
        assert EmailLink.find(link.token) == link
    with after(DAY):
        assert EmailLink.find(link.token) is None and not EmailLink.used(link.token)


def test_it_confirms_the_address_once(anna: User) -> None:
    boris = resident(OTHER_PHONE, email_confirmed_at=None)
    link, his = send(anna), send(boris)
    with after(10):
        assert not EmailLink.used(link.token) and link.confirm() and not link.confirm()
        assert EmailLink.used(link.token) and EmailLink.find(link.token) is None
        assert EmailLink.find(his.token) == his
    assert confirmed(anna) == EmailLink.get_by_id(link.id).used_at == moment(10)
    assert confirmed(boris) is None


def test_it_does_not_confirm_another_address(anna: User) -> None:
    link = send(anna)
    with db.atomic():
        User.update(email="new@example.org").execute()
    assert not link.confirm() and confirmed(anna) is None


def test_a_further_link_replaces_the_one_before(anna: User) -> None:
    boris = resident(OTHER_PHONE)
    his, first, second = send(boris), send(anna), send(anna, 1)
    with after(2):
        assert EmailLink.find(first.token) is None
        assert EmailLink.find(second.token) and EmailLink.find(his.token)


def test_a_link_that_was_used_is_remembered(anna: User) -> None:
    link = send(anna)
    link.confirm()
    send(anna, 1)
    assert EmailLink.used(link.token), "the letter may be opened again"


def test_three_letters_an_hour_are_all(anna: User) -> None:
    links = [send(anna, seconds) for seconds in range(3)]
    with pytest.raises(TooManyError):
        send(anna, 3)
    with after(4):
        assert EmailLink.find(links[-1].token), "a refused letter takes none away"
    assert send(resident(OTHER_PHONE), 4)


@pytest.mark.parametrize("end", ["0", "", "я"])
def test_a_made_up_token_opens_nothing(anna: User, end: str) -> None:
    link = send(anna)
    with after():
        made_up = link.token[:-1] + ("1" if link.token.endswith("0") else "0")
        for token in (made_up, f"{link.id}.{end}", link.id, "", f"{link.token}я", f"x{link.token}"):
            assert EmailLink.find(token) is None and not EmailLink.used(token)


def test_of_two_residents_with_one_address_each_confirms_it(anna: User) -> None:
    boris = resident(OTHER_PHONE, email=anna.email, email_confirmed_at=None)
    assert send(anna).confirm() and confirmed(anna) and confirmed(boris) is None
