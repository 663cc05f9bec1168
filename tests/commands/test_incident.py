"""`flask --app wsgi incident`: what is on record, and the notices that are due after 24 and 72 hours."""

import csv
import json
import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from cabinet.models import AccountEvent, Audit, Message, Registration, Staff, User, profile
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.merging import merge
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, SADOVAYA, bill, resident
from tests.models.test_request import submit

CLERK = "clerk@example.org"


@pytest.fixture
def anna(app: Flask) -> User:
    return resident()


@pytest.fixture
def boris(app: Flask) -> User:
    return resident(OTHER_PHONE, first_name="Борис")


@pytest.fixture
def clerk(app: Flask) -> Staff:
    with db.atomic():
        return Staff.create(email=CLERK, name="Вера Клеркова", password_hash="x")


def notices(app: Flask, folder: Path, *options: str) -> Any:
    return app.test_cli_runner().invoke(args=["incident", "--notices", str(folder), *options])


def seen(clerk: Staff, action: str, subject: str) -> None:
    """The clerk did or saw something, after a command has closed the connection."""
    with db.connection_context(), db.atomic():
        Audit.record(action, clerk.actor, subject)


def listed(folder: Path) -> str:
    return (folder / "people.csv").read_text(encoding="utf-8-sig")


def test_without_a_door_everybody_is_concerned(app: Flask, anna: User, boris: User, tmp_path: Path) -> None:
    submit(NEW_PHONE, last_name="Безкабинетная")
    submit(PHONE, key="own", user_id=anna.id)
    with db.atomic():
        Registration.create(phone="+79161110000", last_name="Начавшая")
    folder = tmp_path / "new"
    result = notices(app, folder, "--since", "2026-11-20T07:00:00", "--until", "2026-11-21T07:00:00")
    assert result.exit_code == 0 and "concerns 4;" in result.output
    assert all(text in listed(folder) for text in (PHONE, OTHER_PHONE, NEW_PHONE, "Начавшая"))
    assert len(listed(folder).splitlines()) == 5
    first = (folder / "notice-24h.txt").read_text()
    assert "с 20.11.2026 10:00 (МСК) по 21.11.2026 10:00 (МСК)" in first and "Сколько человек: 4" in first
    for part in ("1. Факт", "2. Предполагаемая причина", "3. Предполагаемый вред", "4. Принятые меры"):
        assert part in first
    assert "номер телефона" in first and "5. С кем связаться" in first
    second = (folder / "notice-72h.txt").read_text()
    assert "РЕЗУЛЬТАТАХ ВНУТРЕННЕГО РАССЛЕДОВАНИЯ" in second and "3. Лица" in second


def test_only_its_owner_may_read_it_and_nothing_of_anybody_is_printed_or_logged(
    app: Flask, anna: User, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "new"
    result = notices(app, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 3
    for text in (result.output, caplog.text, *(path.read_text() for path in folder.glob("*.txt"))):
        assert not [one for one in (PHONE, anna.email, anna.last_name) if one in text]
    again = notices(app, folder)
    assert again.exit_code == 1 and "there already" in again.output


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-1", "@SUM(1)", "\u200b=1", "＝1+1", "\t=1"])
def test_no_cell_of_the_list_is_a_formula(app: Flask, tmp_path: Path, name: str) -> None:
    submit(NEW_PHONE, last_name=name, first_name="", middle_name="")
    assert "concerns 1;" in notices(app, tmp_path / "new").output
    [_head, row] = csv.reader(listed(tmp_path / "new").splitlines(), delimiter=";")
    assert row[1].startswith("'") and row[2] == NEW_PHONE


def test_of_a_colleague_those_are_concerned_whom_the_colleague_saw(
    app: Flask, anna: User, boris: User, clerk: Staff, tmp_path: Path
) -> None:
    request = submit(NEW_PHONE, last_name="Безкабинетная")
    with db.atomic():
        told = Message.enqueue("sms", "code", to=OTHER_PHONE)
        Audit.record("staff-resident-seen", clerk.actor, anna.id)
        Audit.record("staff-requests-listed", clerk.actor, shown=[request.number])
        Audit.record("staff-resident-seen", "staff:another", resident("+79161110000").id)
    folder = tmp_path / "seen"
    assert "concerns 2;" in notices(app, folder, "--staff", CLERK.upper()).output
    assert PHONE in listed(folder) and "Безкабинетная" in listed(folder)
    assert OTHER_PHONE not in listed(folder) and "+79161110000" not in listed(folder)
    assert "Вера Клеркова" in (folder / "notice-72h.txt").read_text()
    seen(clerk, "staff-message-seen", told.id)
    assert "concerns 3;" in notices(app, tmp_path / "messages", "--staff", CLERK).output
    seen(clerk, "staff-export-residents", "residents.csv")
    exported = tmp_path / "exported"
    assert "concerns 4;" in notices(app, exported, "--staff", CLERK).output
    assert "выгрузок списков за это время: 1" in (exported / "notice-24h.txt").read_text()
    before = notices(
        app, tmp_path / "before", "--staff", CLERK, "--until", f"{now() - timedelta(days=1):%Y-%m-%d}"
    )
    assert "concerns 0;" in before.output


def test_of_an_address_those_are_concerned_whose_cabinets_it_entered(
    app: Flask, anna: User, boris: User, tmp_path: Path
) -> None:
    with db.atomic():
        AccountEvent.record("signed-in", PHONE, "203.0.113.9", user_id=anna.id)
        AccountEvent.record("wrong-password", OTHER_PHONE, "203.0.113.9", user_id=boris.id)
    assert "concerns 1;" in notices(app, tmp_path / "new", "--ip", "203.0.113.9").output
    assert PHONE in listed(tmp_path / "new")
    assert "concerns 1;" in notices(app, tmp_path / "one", "--phone", OTHER_PHONE).output
    assert "Борис" in listed(tmp_path / "one")


def test_so_are_those_whose_cabinets_it_was_shown_to_merge_them(
    app: Flask, anna: User, tmp_path: Path
) -> None:
    with db.atomic():
        AccountEvent.record("receipt-asked", PHONE, "203.0.113.9", user_id=anna.id)
    assert "concerns 0;" in notices(app, tmp_path / "asked", "--ip", "203.0.113.9").output
    with db.connection_context(), db.atomic():
        AccountEvent.record("cabinet-proved", PHONE, "203.0.113.9", user_id=anna.id)
    assert "concerns 1;" in notices(app, tmp_path / "shown", "--ip", "203.0.113.9").output
    assert PHONE in listed(tmp_path / "shown")


def test_of_a_colleague_those_are_concerned_whose_addresses_a_search_showed(
    app: Flask, clerk: Staff, tmp_path: Path
) -> None:
    bill()
    resident(PHONE, accounts=[LESNAYA])
    resident(OTHER_PHONE, accounts=[SADOVAYA])
    resident(NEW_PHONE, accounts=[DACHNAYA])
    with db.atomic():
        Audit.record("staff-accounts-searched", clerk.actor, shown=[LESNAYA])
        Audit.record("staff-resident-seen", clerk.actor, account=SADOVAYA)
    assert "concerns 2;" in notices(app, tmp_path / "new", "--staff", CLERK).output
    assert PHONE in listed(tmp_path / "new") and OTHER_PHONE in listed(tmp_path / "new")
    assert NEW_PHONE not in listed(tmp_path / "new")


def test_of_a_colleague_who_saw_a_cabinet_the_one_it_became_a_part_of_is_concerned(
    app: Flask, anna: User, boris: User, clerk: Staff, tmp_path: Path
) -> None:
    with db.atomic():
        Audit.record("staff-resident-seen", clerk.actor, anna.id)
    last = resident(NEW_PHONE, first_name="Последняя")
    merge(boris, anna, "192.0.2.1")
    merge(last, User.get_by_id(boris.id), "192.0.2.1")
    assert "concerns 1;" in notices(app, tmp_path / "new", "--staff", CLERK).output
    assert "Последняя" in listed(tmp_path / "new")


@pytest.mark.parametrize("how", ["merged", "changed"])
def test_of_a_phone_those_are_concerned_who_had_it_then(
    app: Flask, anna: User, boris: User, tmp_path: Path, how: str
) -> None:
    with time_machine.travel(now() - timedelta(days=2)), db.atomic():
        AccountEvent.record("signed-in", PHONE, "203.0.113.9", user_id=anna.id)
    if how == "merged":
        merge(boris, anna, "192.0.2.1")
    else:
        profile.change_phone(anna, NEW_PHONE, "192.0.2.1", "")
    assert "concerns 1;" in notices(app, tmp_path / "new", "--phone", PHONE).output
    assert (OTHER_PHONE if how == "merged" else NEW_PHONE) in listed(tmp_path / "new")
    later = ("--phone", PHONE, "--since", f"{now() - timedelta(days=1):%Y-%m-%d}")
    assert "concerns 0;" in notices(app, tmp_path / "later", *later).output


def test_what_is_on_record_is_chosen_by_the_same_doors(app: Flask, anna: User, clerk: Staff) -> None:
    with db.atomic():
        AccountEvent.record("signed-in", PHONE, "203.0.113.9", user_id=anna.id)
        AccountEvent.record("signed-in", PHONE, "203.0.113.1", user_id=anna.id)
        Audit.record("staff-resident-seen", clerk.actor, anna.id, "203.0.113.7")

    def kinds(*options: str) -> list[str]:
        lines = app.test_cli_runner().invoke(args=["incident", *options]).output.splitlines()
        rows = [json.loads(line) for line in lines if line.startswith("{")]
        return [row.get("kind") or row["action"] for row in rows]

    assert kinds("--ip", "203.0.113.9") == ["signed-in"]
    assert kinds("--staff", CLERK) == ["staff-resident-seen"]
    assert len(kinds()) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--staff", "nobody@example.org"), "no such member of staff"),
        (("--phone", PHONE, "--ip", "203.0.113.9"), "exclude each other"),
    ],
)
def test_senseless_doors_are_refused(app: Flask, options: tuple[str, ...], said: str) -> None:
    result = app.test_cli_runner().invoke(args=["incident", *options])
    assert result.exit_code == 2 and re.search(said, result.output)
