"""What is said of a file that is no receipt."""

import pytest

from cabinet.receipts import validation
from cabinet.receipts.errors import RefusedFileError


def refusal(data: bytes) -> str:
    """The code by which the file is refused."""
    with pytest.raises(RefusedFileError) as caught:
        validation.validate(data)
    return caught.value.code
