"""What staff said of columns: saved by the layout, replaced, forgotten; jobs keep what they go by."""

from typing import Any

from peewee import Database

from cabinet.models import Audit, ColumnMap, ImportJob
from cabinet.models.base import now
from cabinet.models.database import db
from tests.models.test_import_job import claim, fresh, upload


def said(field: str = "account", by: str = "staff:olga", **other: Any) -> dict[str, Any]:
    told = {"titles": ["Код"], "columns": {"код": field}, "by": by, "at": now().isoformat()}
    return {**told, "saved": False, **other}


def test_the_latest_word_of_a_layout_is_kept(database: Database) -> None:
    ColumnMap.keep("k", said(), "staff:anna")
    ColumnMap.keep("other", said(), "staff:anna")
    later = said("els", "staff:ivan")
    ColumnMap.keep("k", later, "staff:ivan", "192.0.2.1")
    kept = ColumnMap.find("k")
    assert kept and (kept.columns, kept.made_by) == ({"код": "els"}, "staff:ivan")
    assert kept.made_at.isoformat() == later["at"] and kept.said == {**later, "saved": True}
    assert ColumnMap.select().count() == 2 and ColumnMap.find("nobody") is None
    told = Audit.select().where(Audit.action == "columns-saved").order_by(Audit.id)
    assert [(row.actor, row.subject, row.ip) for row in told][1:] == [
        ("staff:anna", "other", ""),
        ("staff:ivan", "k", "192.0.2.1"),
    ]


def test_it_is_forgotten_once(database: Database) -> None:
    ColumnMap.keep("k", said(), "system")
    ColumnMap.keep("other", said(), "system")
    assert ColumnMap.forget("k", "staff:olga", "192.0.2.1") and not ColumnMap.forget("k", "staff:olga")
    assert ColumnMap.find("k") is None and ColumnMap.find("other")
    told = Audit.select().where(Audit.action == "columns-forgotten")
    assert [(row.actor, row.subject, row.ip) for row in told] == [("staff:olga", "k", "192.0.2.1")]


def test_what_the_service_does_by_itself_is_from_nowhere(database: Database) -> None:
    ColumnMap.keep("k", said(), "system")
    ColumnMap.forget("k", "system")
    assert [row.ip for row in Audit.select()] == ["", ""]


def test_a_job_is_told_of_each_layout_and_checked_again(database: Database) -> None:
    job = upload(state="asking", accept="x", finished_at=now(), samples={"rows": []})
    assert job.said == {} and job.answer_layout("k", said())
    again = fresh(job)
    assert (again.state, again.accepted, again.samples) == ("checking", [], None)
    claimed = claim()
    claimed.finish("asking", {})
    assert fresh(job).answer_layout("l", said("els"))
    assert set(fresh(job).said) == {"k", "l"}
    assert not job.answer_layout("k", said("els")), "of another check than the one seen"


def test_a_worker_writes_down_what_it_goes_by(database: Database) -> None:
    job = upload()
    claimed = claim()
    assert claimed.remember_layout("k", said(saved=True)) and fresh(job).said["k"]["saved"]
    with db.atomic():
        ImportJob.update(claim="another").execute()
    assert not claimed.remember_layout("l", said()) and set(fresh(job).said) == {"k"}


def test_what_is_ordered_counts_as_saved(database: Database) -> None:
    job = upload(state="checked", finished_at=now(), layouts={"k": said()})
    assert fresh(job).order_run()
    assert fresh(job).said["k"] == {**job.said["k"], "saved": True}
