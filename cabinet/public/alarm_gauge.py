"""The alarms that stand, as a metric."""

from prometheus_client.core import Metric

from cabinet.models import Alarm
from cabinet.public.database_figures import gauge


def alarms() -> Metric:
    """`cabinet_alarm` is 1 for each that stands, and absent otherwise."""
    standing = {(alarm.name,): 1.0 for alarm in Alarm.standing()}
    return gauge("cabinet_alarm", "Alarms that stand", standing, "alarm")
