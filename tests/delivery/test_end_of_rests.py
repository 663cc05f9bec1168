"""What the end of a rest costs: what was tried during it, however much only waited."""

from collections.abc import Callable

import pytest
from peewee import Database

from cabinet.models import GatewayHealth
from cabinet.models.gateway_health import FAILURES
from cabinet.models.receiver import Receiver
from tests.delivery.test_rests import HOOKS, Enqueue, backlog, fail
from tests.steps import counted


def steps_of_first(work: Callable[[], object]) -> int:
    """How much SQLite does for this, which is done once."""
    with counted() as steps:
        work()
    return steps[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_end_of_a_rest_costs_the_same_however_much_waited(database: Database, enqueue: Enqueue) -> None:
    def ends() -> list[int]:
        """Of rests of the mail server, a webhook and the gateway."""
        steps = []
        for receiver in (Receiver("mail"), Receiver("webhook", HOOKS[0])):
            fail(receiver)
            steps.append(steps_of_first(receiver.worked))
        for _ in range(FAILURES):
            GatewayHealth.failed("inbox", "down")
        return [*steps, steps_of_first(lambda: GatewayHealth.worked("inbox"))]

    backlog(enqueue, 10)
    ends()
    few = ends()
    backlog(enqueue, 150)
    assert ends() == few
