"""What an import changes, repeated, corrected or only tried."""

import subprocess
import sys
import tracemalloc
from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing import plausibility, sameness
from cabinet.billing.answers import Answers
from cabinet.billing.batches import COLUMNS
from cabinet.billing.importer import import_billing
from cabinet.billing.staging import copy_text
from cabinet.models import Account, Audit, Charge, base
from cabinet.models.account import latest_periods
from config import ROOT
from tests.billing.files import TEXTS, changes, expected, row, stored, write
from tests.billing.test_import_failures import rows

EYES_OPEN = Answers(accept=frozenset(plausibility.TEXTS_OF | sameness.TEXTS_OF))


def test_import_twice_changes_nothing(database: peewee.Database, tmp_path: Path) -> None:
    file = write(tmp_path / "b.csv", rows())
    first = changes(import_billing(file))
    assert first == {
        "new_accounts": 50,
        "changed_accounts": 0,
        "new_charges": 150,
        "changed_charges": 0,
        "unchanged_charges": 0,
    }
    before = stored()
    assert {k: v for k, v in changes(import_billing(file)).items() if v} == {"unchanged_charges": 150}
    assert stored() == before


def test_corrections(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", rows()))
    corrected = rows()
    corrected[-1] |= {"amount_due": "7,77", "amount_paid": "1"}
    corrected[-2]["address"] = "г. Клин, д. 2"
    corrected.append(row("А-77"))
    report = import_billing(write(tmp_path / "b.csv", corrected))
    assert changes(report) == {
        "new_accounts": 1,
        "changed_accounts": 1,
        "new_charges": 1,
        "changed_charges": 1,
        "unchanged_charges": 149,
    }
    assert Charge.get(Charge.account == "50", Charge.period == date(2026, 10, 1)).amount_due == 777
    assert Account.get(Account.number == "49").address == "г. Клин, д. 2"
    assert Account.get(Account.number == "A77").printed == "А-77"


def test_dry_run_foretells_and_changes_nothing(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", rows(10)))
    before, audits = stored(), Audit.select().count()
    more = rows(12)
    more[0]["amount_due"] = "0.01"
    more[-1]["account"] = "not an account"
    file = write(tmp_path / "b.csv", more)
    foretold = import_billing(file, dry_run=True)
    assert foretold.dry_run and foretold.rejected == 1
    assert stored() == before and Audit.select().count() == audits
    done = import_billing(file)
    assert done.periods == foretold.periods
    assert stored() != before


def test_of_equal_rows_one_counts(database: peewee.Database, tmp_path: Path) -> None:
    same = [
        row("0077", address="первый"),
        row("78"),
        row("77", address="первый"),
        row("00-77", address="первый"),
    ]
    file = write(tmp_path / "b.csv", same)
    report = import_billing(file)
    assert (report.accepted, report.repeated, report.rejected) == (2, 2, 0) and report.tally.complete
    assert {k: v for k, v in changes(report).items() if v} == {"new_accounts": 2, "new_charges": 2}
    assert Account.get(Account.number == "77").printed == "00-77"
    again = import_billing(file)
    assert {k: v for k, v in changes(again).items() if v} == {"unchanged_charges": 2}


def test_a_mistyped_month_neither_hides_the_month_nor_freezes_names(
    database: peewee.Database, tmp_path: Path
) -> None:
    mistyped = [row(str(n), address="прежний") for n in range(1, 31)] + [
        row("1", "2026-12", address="прежний")
    ]
    foretold = import_billing(write(tmp_path / "b.csv", mistyped), dry_run=True)
    assert import_billing(tmp_path / "b.csv", answers=EYES_OPEN).periods == foretold.periods
    assert latest_periods() == [date(2026, 10, 1)]
    import_billing(write(tmp_path / "b.csv", [row("1", "2026-11", address="новый")]), answers=EYES_OPEN)
    assert Account.get(Account.number == "1").address == "новый"


def test_texts_of_the_real_month_win_over_those_of_a_mistyped_month(
    database: peewee.Database, tmp_path: Path
) -> None:
    import_billing(write(tmp_path / "b.csv", [row("1", "2026-09", address="прежний")]))
    both = [row(str(n), address="новый") for n in range(1, 31)] + [row("1", "2026-12", address="опечатка")]
    both.append(row("31", "2026-12"))
    foretold = import_billing(write(tmp_path / "b.csv", both), dry_run=True)
    done = import_billing(tmp_path / "b.csv", answers=EYES_OPEN)
    assert done.periods == foretold.periods and changes(done)["changed_accounts"] == 1
    assert Account.get(Account.number == "1").address == "новый"


def test_an_old_period_leaves_accounts_as_they_are(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", [row("1", "2026-10", address="новый")]))
    report = import_billing(
        write(tmp_path / "b.csv", [row("1", "2026-08", address="старый"), row("2", "2026-08")])
    )
    assert Account.get(Account.number == "1").address == "новый"
    assert {k: v for k, v in changes(report).items() if v} == {"new_accounts": 1, "new_charges": 2}


def test_what_a_file_has_no_columns_for_stays(database: peewee.Database, tmp_path: Path) -> None:
    full = row("1", amount_charged="90.00", amount_paid="10.00", last_name="Лисицына", premises="1")
    import_billing(write(tmp_path / "b.csv", [full]))
    brief = write(tmp_path / "b.csv", [row("1", due="50.00")], ["account", "period", "amount_due", "address"])
    import_billing(brief)
    account, charge = Account.get(), Charge.get()
    assert (account.last_name, account.premises) == ("Лисицына", "1")
    assert (charge.amount_due, charge.amount_charged, charge.amount_paid) == (5000, 9000, 1000)


def test_what_a_database_may_take_for_marks_is_stored_as_it_stands(
    database: peewee.Database, tmp_path: Path
) -> None:
    odd = [r"дом 5\7, литера \N", "д. \\.", "д. %s :batch", "д. 5'", r"д. {} \t \x41", "д. $1 ?"]
    lines = [
        row(str(n), address=address, amount_paid=["", "-1.00"][n % 2]) for n, address in enumerate(odd, 10)
    ]
    report = import_billing(write(tmp_path / "a.csv", [*lines, row("9", amount_paid="5.00")]))
    assert not report.rejected, report
    accounts, charges = stored()
    place = 1 + TEXTS.index("address")
    assert [accounts[str(n)][place] for n in range(10, 10 + len(odd))] == odd
    assert [charge[2] for _, charge in sorted(charges.items())] == [None, -100, None, -100, None, -100, 500]


def test_months_may_alternate_and_columns_be_filled_late(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is written to the database at a time."""
    monkeypatch.setattr(copy_text, "CHUNK", 300)
    months = ("2026-10", "2026-09", "2026-08")
    lines = [row(str(n), month) for n in range(10, 1200) for month in months]
    for n, line in enumerate(lines):
        line["amount_charged"] = f"{n}.00"
        if n > 1500:
            line["last_name"] = f"Лисицына-{n // 3}"
        if n > 2500 and n % 7:
            line |= {"amount_paid": f"-{n}.00", "account": f"0{line['account']}", "premises": "1"}
    report = import_billing(write(tmp_path / "a.csv", lines))
    assert not report.rejected and not report.refused
    assert stored() == expected(lines)[0]


def test_audit(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", rows(3)))
    notes = list(Audit.select().where(Audit.action == "billing-import"))
    assert notes and {note.actor for note in notes} == {"system"}
    assert not any("Химки" in str(note.detail) for note in notes)


def test_progress_is_told_in_bytes(database: peewee.Database, tmp_path: Path) -> None:
    file = write(tmp_path / "b.csv", rows(10_000))
    told: list[int] = []
    import_billing(file, progress=told.append)
    assert told and told == sorted(told) and told[0] > 0 and told[-1] <= file.stat().st_size


def test_others_write_while_the_file_is_read(database: peewee.Database, tmp_path: Path) -> None:
    """Reading and judging hold no lock: a resident's write gets through in the middle of it."""
    file = write(tmp_path / "b.csv", rows(5000))
    code = (
        "import sys\nfrom cabinet.models import Attempt, base\nfrom cabinet.models.database import db\n"
        "from config import Settings\n"
        "base.configure(Settings(testing=True, database_url=sys.argv[1]))\ndb.connect()\n"
        "print(Attempt.take('test', 'x', (5, 60)))"
    )
    answers: list[str] = []

    def progress(_done: int) -> None:
        if not answers:
            done = subprocess.run(
                [sys.executable, "-c", code, base.settings().database_url],
                cwd=ROOT, capture_output=True, text=True, timeout=10,
            )  # fmt: skip
            answers.append(done.stdout.strip() or done.stderr)

    import_billing(file, progress=progress)
    assert answers == ["0"]


@pytest.mark.parametrize("thousands", [8, pytest.param(15, marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_the_file(
    database: peewee.Database, tmp_path: Path, thousands: int
) -> None:
    peaks = []
    for count in (thousands * 1000, thousands * 3000):
        line = ";".join(row(str(count)).get(name, "") for name in COLUMNS)
        with (tmp_path / "b.csv").open("w", encoding="utf-8") as out:
            out.write(";".join(COLUMNS) + "\n")
            for month in ("2026-09", "2026-10"):
                out.writelines(
                    line.replace("2026-10", month).replace(str(count), str(n)) + "\n" for n in range(1, count)
                )
        tracemalloc.start()
        import_billing(tmp_path / "b.csv")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + (4 << 20), peaks  # a row more is a hundred bytes and more
