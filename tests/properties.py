"""How properties are tried by Hypothesis: never against the clock, since a busy machine is no failure."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

ANYTHING = st.text(st.characters(exclude_categories=()))  # any text at all
UNTIMED = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def examples(number: int) -> settings:
    """As UNTIMED, with so many examples."""
    return settings(UNTIMED, max_examples=number)
