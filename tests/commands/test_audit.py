"""`flask audit verify`: says whether the journal is whole, and by its exit code."""

import re

from click.testing import Result
from flask import Flask

from cabinet.models import Audit
from cabinet.models.database import db


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", "verify", *words])


def test_a_whole_journal_ends_with_zero_and_a_changed_row_is_named(app: Flask) -> None:
    for number in ("1001", "1002", "1003"):
        with db.atomic():
            Audit.record("staff-request-seen", "staff:1", number, "192.0.2.1")
    db.close()
    whole = run(app)
    assert whole.exit_code == 0 and "every row is as it was written" in whole.output
    (mark,) = re.findall(r"end (\S+)", whole.output)
    assert run(app, "--mark", mark).exit_code == 0
    with db.connection_context(), db.atomic():
        Audit.update(actor="staff:2").where(Audit.subject == "1002").execute()
        Audit.delete().where(Audit.subject == "1003").execute()
    broken = run(app)
    assert broken.exit_code == 1
    assert re.search(r"row 2: changed \(id \d+, .*, staff:2, staff-request-seen\)", broken.output)
    assert "row 3: removed" in broken.output
    assert run(app, "--mark", f"3:{'0' * 64}").exit_code == 1
    assert run(app, "--mark", "x").exit_code == 2
