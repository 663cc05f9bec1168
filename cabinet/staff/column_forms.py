"""What staff say of the columns of a file that nobody knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, StringField

from cabinet.billing.choices import faults
from cabinet.billing.layout import WORDS
from cabinet.billing.mapping import Preview
from cabinet.forms.base import StepForm
from cabinet.models.column_map import ColumnMap
from cabinet.models.import_job import ImportJob
from cabinet.models.staff import Staff


@dataclass(frozen=True)
class Column:
    """A column of the file on the page; `field` is None where nobody is asked, since it is never read."""

    title: str
    samples: Sequence[str]
    field: Field | None


class ColumnsForm(StepForm):
    """A choice for each column; `columns_form` makes it for a job."""

    shown: Preview

    def columns(self) -> Iterator[Column]:
        """The columns of the file in their order."""
        for place in _worth_asking(self.shown):
            field = self._fields.get(f"column-{place}")
            yield Column(column_name(self.shown.titles[place], place), self.shown.samples(place), field)

    def chosen(self) -> list[str]:
        """Our field for each column of the file, "" for one that is not needed."""
        places = range(len(self.shown.titles))
        return [str(self[name].data or "") if (name := f"column-{place}") in self else "" for place in places]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the file can be read so; what is wrong stands beside the columns."""
        good = super().validate(extra_validators)
        found = faults(self.shown, self.chosen())
        for place, sentence in found.columns.items():
            self[f"column-{place}"].errors = [sentence]
        if found.lacking:
            self.form_errors.append(found.lacking)
        return good and not found


def _worth_asking(shown: Preview) -> list[int]:
    """The places of columns that say anything: sheets may have many that are empty."""
    titled = [bool(title.strip()) and title != str(place) for place, title in enumerate(shown.titles, 1)]
    return [place for place, has_title in enumerate(titled) if has_title or shown.samples(place)]


def column_name(title: str, place: int) -> str:
    """A column as the page calls it."""
    if title.strip() and title != str(place + 1):
        return " ".join(title.split())
    return str(_("Столбец %(n)s", n=place + 1))


def shown_of(job: ImportJob) -> Preview | None:
    """What is to be seen of the columns that the job asks about; None if it asks about none."""
    if job.state != "asking" or not isinstance(job.samples, dict) or "key" not in job.samples:
        return None
    kept = job.samples
    return Preview(
        kept["key"],
        tuple(kept["titles"]),
        tuple(map(tuple, kept["rows"])),
        tuple(kept["taken"]),
        tuple(kept["private"]),
    )


def columns_form(job: ImportJob, shown: Preview) -> type[ColumnsForm]:
    """The form of this job, with the columns of its file."""
    asked = {
        f"column-{place}": StringField(column_name(shown.titles[place], place))
        for place in _worth_asking(shown)
        if place not in shown.private
    }
    return type(f"ColumnsForm-{job.id}", (ColumnsForm,), {**asked, "shown": shown})


def proposed(job: ImportJob, shown: Preview) -> dict[str, str]:
    """What the form begins with: what was said before of such columns, else what they look like."""
    saved = ColumnMap.find(shown.key)
    said = job.said.get(shown.key, {}).get("columns") or (saved and saved.columns)
    names = [said.get(label, "") for label in shown.labels] if said else shown.taken
    return {f"column-{place}": name for place, name in enumerate(names)}


def fields_to_choose() -> list[tuple[str, str]]:
    """Our fields for the list beside each column."""
    return [(name, words[:1].upper() + words[1:]) for name, words in WORDS.items()]


@dataclass(frozen=True)
class Told:
    """A layout that a check went by: who said what its columns mean and when, and what is saved of it now.

    `saved` is "yes", "no" (not yet), "changed" or "forgotten" since.
    """

    key: str
    titles: Sequence[str]
    email: str
    at: datetime
    saved: str


def told_layouts(job: ImportJob) -> list[Told]:
    """What the check of a job went by."""
    said = {key: said for key, said in job.said.items() if not said.get("ask")}
    return [_told(key, each, _saved(key, each)) for key, each in said.items()]


def saved_layouts() -> list[Told]:
    """All that are saved, the newest first."""
    newest = ColumnMap.select().order_by(ColumnMap.made_at.desc(), ColumnMap.key)
    return [_told(saved.key, saved.said, "yes") for saved in newest]


def _told(key: str, said: dict[str, Any], saved: str) -> Told:
    titles = [column_name(title, place) for place, title in enumerate(said["titles"])]
    staff = Staff.get_or_none(Staff.id == said["by"].removeprefix("staff:"))
    return Told(key, titles, staff.email if staff else "", datetime.fromisoformat(said["at"]), saved)


def _saved(key: str, said: dict[str, Any]) -> str:
    if not said["saved"]:
        return "no"
    saved = ColumnMap.find(key)
    if saved is None:
        return "forgotten"
    return "yes" if saved.columns == said["columns"] else "changed"
