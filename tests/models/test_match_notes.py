"""What staff read of a match: in the request, and in the audit."""

import pytest
from peewee import Database

from cabinet.billing import matching
from cabinet.models import Account, Audit, ConnectionRequest
from cabinet.models.address import Address, parse
from cabinet.models.database import db
from cabinet.models.matching import Waiting
from cabinet.models.matching import match_requests as match_all
from tests.models.matched import match_requests
from tests.requests.conftest import make

LINE = "г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7"
PLACE = {"city": "Клин", "street": "ул. Дачная", "house": "3", "building": "2", "flat": "7"}


def bill(*numbers: str, line: str = LINE) -> None:
    with db.atomic():
        for number in numbers:
            Account.create(number=number, printed=f"{number}-1", address=line)


def test_a_match_is_on_record_with_the_account_that_was_meant(database: Database) -> None:
    request = make(**PLACE, account="556", account_key="556")
    bill("555", "556", "557")
    assert match_requests() == 1
    (event,) = Audit.select().where(Audit.action == "request-matched")
    assert (event.actor, event.subject, event.detail) == ("system", request.number, {"account": "556"})
    (note,) = request.notes()
    assert (note.kind, note.staff) == ("note", None)
    listed = "; ".join(f"{number}-1, {LINE}" for number in ("555", "556", "557"))
    assert note.text == f"Лицевой счёт появился в системе: {listed}"


@pytest.mark.parametrize(("accounts", "end"), [(5, ""), (6, " и ещё 1"), (7, " и ещё 2")])
def test_five_accounts_are_named_and_the_others_counted(database: Database, accounts: int, end: str) -> None:
    request = make(**PLACE)
    numbers = [str(number) for number in range(551, 551 + accounts)]
    bill(*numbers)
    assert match_requests() == 1
    listed = "; ".join(f"{number}-1, {LINE}" for number in numbers[:5])
    assert [note.text for note in request.notes()] == [f"Лицевой счёт появился в системе: {listed}{end}"]


def test_each_request_gets_its_own_note_of_the_same_account(database: Database) -> None:
    requests = [make(**PLACE, idempotency_key=key) for key in "ab"]
    bill("555", line="г. Клин, Дачный пер., д. 3, корп. 2, кв. 7")
    for _ in range(2):
        assert match_requests() == 0
    text = "Возможно, это лицевой счёт 555-1, г. Клин, Дачный пер., д. 3, корп. 2, кв. 7"
    for request in requests:
        assert [(note.kind, note.text) for note in request.notes()] == [("note", text)]


def test_another_note_does_not_stand_for_this_one(database: Database) -> None:
    request = make(**PLACE, account="556", account_key="556")
    bill("555", line="г. Клин, Дачный пер., д. 3, корп. 2, кв. 7")
    bill("556", line="г. Тверь, ул. Иная, д. 1")
    assert match_requests() == 0
    assert sorted(note.text.split()[0] for note in request.notes()) == ["Возможно,", "Лицевой"]


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_accounts_are_looked_at_in_pieces_and_each_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(matching, "PAGE", batch)
    request = make(**PLACE)
    numbers = ["551", "552", "553", "554", "555"]
    bill(*reversed(numbers))
    assert match_requests() == 1
    listed = "; ".join(f"{number}-1, {LINE}" for number in numbers)
    assert [note.text for note in request.notes()] == [f"Лицевой счёт появился в системе: {listed}"]


@pytest.mark.parametrize("over", [{"state": "done"}, {"state": "refused"}, {"matched_account": "1"}])
def test_what_is_over_gets_no_notes(database: Database, over: dict[str, str]) -> None:
    request = make(**PLACE, **over)
    bill("555", line="г. Клин, Дачный пер., д. 3, корп. 2, кв. 7")
    assert match_requests() == 0 and not request.notes()


def test_an_address_without_a_flat_is_found_among_other_numbers(database: Database) -> None:
    request = make(**{**PLACE, "street": "8 Марта", "building": ""})
    bill("555", line="141600, г. Клин, ул. 8 Марта, д. 3")
    assert match_requests() == 0
    (note,) = request.notes()
    assert note.text == "Возможно, это лицевой счёт 555-1, 141600, г. Клин, ул. 8 Марта, д. 3"


def test_what_somebody_else_matched_meanwhile_stays(database: Database) -> None:
    waiting = Waiting(make(**PLACE), found=["555"])
    bill("555")
    with db.atomic():
        ConnectionRequest.update(matched_account="556").execute()
    assert not waiting.settle()
    assert ConnectionRequest.get().matched_account == "556" and not waiting.request.notes()


def test_of_a_million_addresses_few_are_taken_apart(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that may be the one that was typed, with its flat or without any."""
    taken: set[str] = set()

    def take_apart(line: str) -> Address:
        taken.add(line)
        return parse(line)

    monkeypatch.setattr("cabinet.models.matching.parse", take_apart)
    make(**PLACE, account="", account_key="")
    may_be = ("ул. Дачная, д. 3, корп. 2, кв. 7", "ул. Дачная, д. 3, корп. 2", "ул. Дачная, д. 2/3")
    others = (
        *("ул. Дачная, д. 3, корп. 2, кв. 8", "ул. Дачная, д. 5, корп. 2, кв. 7"),
        *("ул. Иная, д. 3, корп. 2, кв. 7", "ул. Дачная, д. 3, корп. 4", "ул. Дачная, д. 3, кв. 2"),
    )
    for number, line in enumerate((*may_be, *others)):
        bill(str(551 + number), line=line)
    match_all()
    assert taken == set(may_be)
