"""After an import requests are compared with what it changed, however often the process dies over it."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing import jobs, matching
from cabinet.billing.importer import import_billing
from cabinet.models import Account, ConnectionRequest, ImportBatch, Message, RequestNote
from cabinet.models.database import db
from cabinet.models.matching import Row, Search
from tests.billing.files import row, write
from tests.billing.killing import IMPORT, dies_at
from tests.billing.test_importing import EYES_OPEN
from tests.requests.conftest import make

PIECEWISE = "from cabinet.billing import matching\nmatching.PAGE = 4\n"
PLACE = {"city": "Химки", "street": "ул. Дачная", "house": "3", "building": ""}
KILLS = [8, *(pytest.param(commits, marks=pytest.mark.slow) for commits in range(1, 14) if commits != 8)]


def house(flat: str) -> str:
    return f"г. Химки, ул. Дачная, д. 3{f', кв. {flat}' if flat else ''}"


def asking(flat: str) -> ConnectionRequest:
    return make(**PLACE, flat=flat, account="", account_key="", idempotency_key=flat)


def bring(tmp_path: Path, *rows: dict[str, str]) -> int:
    report = import_billing(write(tmp_path / "b.csv", rows), answers=EYES_OPEN)
    assert report.batch, report.refused
    return report.matched_requests


def matched(request: ConnectionRequest) -> str | None:
    return ConnectionRequest.get_by_id(request.id).matched_account


def invitations() -> int:
    return Message.select().where(Message.template == "request_matched").count()


def many(*numbers: int, **other: str) -> list[dict[str, str]]:
    return [row(str(number), **other) for number in numbers]


def read_by(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Numbers of the accounts that are looked at from now on."""
    seen: list[str] = []
    look_at = Search.look_at

    def looking(search: Search, page: list[Row]) -> None:
        seen.extend(number for number, *_ in page)
        look_at(search, page)

    monkeypatch.setattr(Search, "look_at", looking)
    return seen


def test_only_what_an_import_changed_is_looked_at(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(tmp_path, *many(*range(1, 31)))
    asking("7")
    seen = read_by(monkeypatch)
    changed = [row("5", address="г. Химки, ул. Иная, д. 1"), row("6", due="7.00"), row("50")]
    bring(tmp_path, *many(1, 2, 3), *changed)
    assert set(seen) == {"5", "6", "50"}
    seen.clear()
    bring(tmp_path, *many(1, 2, 3), *changed)
    assert not seen, "an import that changes nothing gives nothing to look at"


def test_a_month_is_looked_at_for_those_who_asked_since_the_one_before(
    database: peewee.Database, tmp_path: Path
) -> None:
    bring(tmp_path, *many(*range(1, 31)), row("555", address=house("7")))
    request = asking("7")
    assert bring(tmp_path, row("555", "2026-11", address=house("7"))) == 1
    assert matched(request) == "555"


def test_another_account_at_the_same_address_is_found_before_anybody_is_invited(
    database: peewee.Database, tmp_path: Path
) -> None:
    bring(tmp_path, *many(*range(1, 31)), row("555", address=house("")))
    request = asking("")
    assert bring(tmp_path, row("556", address=house(""))) == 0
    assert (
        matched(request) is None
        and not Message.select().where(Message.template == "request_matched").exists()
    )
    (note,) = RequestNote.select().where(RequestNote.request == request.id)
    assert note.text.startswith("Возможно") and "555" in note.text and "556" in note.text


@pytest.mark.parametrize("commits", KILLS)
def test_who_comes_next_goes_on_where_a_killed_process_was(
    database: peewee.Database, tmp_path: Path, commits: int
) -> None:
    bring(tmp_path, *many(*range(1, 31)))
    request = asking("7")
    new = [*many(*range(40, 60)), row("555", address=house("7")), row("90")]
    file = write(tmp_path / "b.csv", [{**one, "period": "2026-11"} for one in new])
    killed = dies_at(commits, PIECEWISE + IMPORT, str(file))
    while jobs.run_next():
        pass
    there = Account.get_or_none(Account.number == "555") is not None
    assert not ImportBatch.unmatched() and (there or killed)
    assert matched(request) == ("555" if there else None)
    assert invitations() == RequestNote.select().where(RequestNote.request == request.id).count() == there


def test_a_page_that_was_looked_at_is_not_looked_at_again(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "PAGE", 4)
    seen = read_by(monkeypatch)
    requests = [asking(flat) for flat in "79"]
    file = [row("010", address=house("7")), *many(*range(11, 30)), row("555", address=house("9"))]
    search = Search.look_at

    def failing(one: Search, page: list[Row]) -> None:
        if len(seen) > 8:
            raise OSError
        search(one, page)

    monkeypatch.setattr(Search, "look_at", failing)
    assert bring(tmp_path, *file) == 0, "the import is in all the same"
    first = len(seen)
    monkeypatch.setattr(Search, "look_at", search)
    assert jobs.run_next()
    assert [matched(request) for request in requests] == ["10", "555"]
    assert first > 8 and len(seen) == len(set(seen)) == 21


def test_what_was_taken_back_meanwhile_invites_nobody(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asking("7")
    monkeypatch.setattr("cabinet.billing.importer.match_imported", lambda: 0)
    bring(tmp_path, row("555", address=house("7")))
    (batch,) = ImportBatch.unmatched()
    with db.atomic():
        batch.order_undo("system")
    while jobs.run_next():
        pass
    assert matched(request) is None and not ImportBatch.unmatched()
