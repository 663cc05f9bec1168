"""Of several ways to read a file staff choose the one that reads well."""

from cabinet.billing import jobs
from cabinet.models import Account, Audit, ImportJob
from tests.staff.test_import_decisions import PERIOD, RUN, checked, state, this_month
from tests.visitor import Visitor

CHOOSE = "form[action$='/choose']"
UNCLEAR = "LS;ADRES;SUMMA\n70120001;Х 5-1;100,50\n70120002;Х 5-2;200,50\n".encode("koi8-r")


def test_an_encoding_is_chosen_by_what_reads_well(desk: Visitor) -> None:
    job = checked(desk, UNCLEAR)
    assert "Где они читаются верно?" in desk.text and "Х 5-1" in desk.text and not desk.page.select(RUN)
    values = [field["value"] for field in desk.page.select(f"{CHOOSE} [name=value]")]
    assert "koi8-r" in values and len(values) >= 2
    right = f"{CHOOSE}:has([value=koi8-r])"
    desk.fill_and_submit(right, value="no-such")
    assert state(job) == "asking", "nothing is taken that was not offered"
    desk.get(f"/staff/import/{job.id}")
    desk.fill_and_submit(right)
    assert jobs.run_next()
    desk.reload()
    assert "За какой расчётный период" in desk.text
    desk.fill_and_submit(PERIOD, period=this_month())
    assert jobs.run_next()
    desk.reload()
    desk.fill_and_submit(RUN)
    assert jobs.run_next()
    assert {account.address for account in Account.select()} == {"Х 5-1", "Х 5-2"}
    kept = ImportJob.get_by_id(job.id)
    assert kept.chosen == {"encoding": "koi8-r"} and "Х 5-1" not in str(kept.report)
    told = Audit.select().where(Audit.action == "staff-import-answered").order_by(Audit.id)
    assert {"encoding": "koi8-r"}.items() <= told[0].detail.items()
