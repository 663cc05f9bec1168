"""The code by which a field refuses what was typed."""

from collections.abc import Callable
from typing import Any

import pytest

from cabinet.fields import FieldError


def refusal(parse: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The code of the refusal, which is all that the error says."""
    with pytest.raises(FieldError) as caught:
        parse(*args, **kwargs)
    assert str(caught.value) == caught.value.code
    return caught.value.code
