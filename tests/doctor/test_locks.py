"""Databases in whose transactions limits would not be exact."""

import pytest

from cabinet.doctor import database
from cabinet.doctor.finding import Level
from cabinet.models.database import db
from cabinet.models.locks import TRY
from tests.databases import DATABASES
from tests.doctor.conftest import Examine, lines

pytestmark = pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)


def test_an_engine_whose_locks_keep_nobody_out(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "locks keep others out" in examine()
    monkeypatch.setattr(database, "TRY", TRY.partition("FOR")[0])  # as where it does nothing
    with db.connection_context(), db.atomic():
        db.execute_sql("DELETE FROM lock_row")  # so that the row is made first
    assert lines(examine(fails=1), "WRONG") == ["WRONG  the database's locks keep nobody out"]


@pytest.mark.usefixtures("database")
def test_transactions_that_do_not_see_what_others_wrote_meanwhile() -> None:
    good = dict.fromkeys(("read uncommitted", "read committed", "serializable"), Level.OK)
    for level, judgement in {**good, "repeatable read": Level.WRONG}.items():
        with db.atomic():
            db.execute_sql(f"SET LOCAL default_transaction_isolation = '{level}'")
            assert database._isolation().level is judgement
