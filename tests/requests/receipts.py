"""What is said of a file that is no receipt."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest

from cabinet.receipts import limited, validation
from cabinet.receipts.errors import RefusedFileError


def refusal(data: bytes) -> str:
    """The code by which the file is refused."""
    with pytest.raises(RefusedFileError) as caught:
        validation.validate(data)
    return caught.value.code


@contextmanager
def drawn_here() -> Iterator[None]:
    """Files are drawn by this very process, for properties of hundreds of files that harm nobody."""

    def work(module: str, data: bytes, cpu: int) -> bytes:
        try:
            return bytes(import_module(module).draw(data))
        except RefusedFileError:
            raise
        except Exception:
            raise RefusedFileError("broken") from None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limited, "work", work)
        yield
