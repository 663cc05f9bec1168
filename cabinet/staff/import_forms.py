"""What staff decide about a billing file that was checked."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from cabinet import fields
from cabinet.billing.job_report import REJECTS
from cabinet.forms.base import ParsedField, StepForm
from cabinet.models.base import now
from cabinet.models.import_job import ImportJob

MONTHS_BACK = 12
CHOOSE = _l("Выберите месяц из списка.")


class PeriodForm(StepForm):
    """The month of a file that names none."""

    period = ParsedField(_l("Расчётный период"), fields.period, {"*": CHOOSE})

    def validate(self, extra_validators: Any = None) -> bool:
        """Only a month that was offered."""
        good = super().validate(extra_validators)
        if good and self.period.value not in plausible_months():
            self.period.errors = [CHOOSE]
            return False
        return good


class DecisionForm(StepForm):
    """A tick for each thing that must be accepted; `decision_form` makes it for a job."""

    def confirmations(self) -> Iterator[BooleanField]:
        """The ticks, in the order of the report."""
        yield from (field for field in self if isinstance(field, BooleanField))

    def accepted(self) -> list[str]:
        """Codes of what was ticked."""
        return [field.name.removeprefix("accept-") for field in self.confirmations() if field.data]


def decision_form(job: ImportJob) -> type[DecisionForm]:
    """The form of this job, with what its check found."""
    ticks = {
        f"accept-{code}": BooleanField(sentence, validators=[InputRequired(_l("Отметьте, если всё так."))])
        for code, sentence in _to_accept(job)
    }
    return type(f"DecisionForm-{job.id}", (DecisionForm,), ticks)


def _to_accept(job: ImportJob) -> Iterator[tuple[str, str]]:
    yield from job.report.get("warnings", ())
    if job.report.get("over"):
        rejected, accepted = job.report["rejected"], job.report["accepted"]
        yield (
            REJECTS,
            _(
                "Загрузить без отклонённых строк: %(accepted)s загрузим, %(rejected)s пропустим.",
                accepted=accepted,
                rejected=rejected,
            ),
        )


def plausible_months() -> list[date]:
    """The next month, this one and those before, newest first."""
    today = now().date()
    newest = today.year * 12 + today.month  # months counted from 0, which makes it the next one
    return [date(month // 12, month % 12 + 1, 1) for month in range(newest, newest - MONTHS_BACK - 1, -1)]
