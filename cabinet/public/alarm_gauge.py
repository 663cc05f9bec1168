"""The alarms that stand, as a metric."""

from prometheus_client import CollectorRegistry, Gauge

from cabinet.models import Alarm


def add_alarms(registry: CollectorRegistry) -> None:
    """`cabinet_alarm` is 1 for each that stands, and absent otherwise."""
    gauge = Gauge("cabinet_alarm", "Alarms that stand", ["alarm"], registry=registry)
    for alarm in Alarm.standing():
        gauge.labels(alarm.name).set(1)
