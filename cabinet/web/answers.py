"""Answers that are whole when they begin to be sent, as all are but files and long lists."""

from collections.abc import Iterable
from typing import Any

from flask import Response


class Answer(Response):
    """A response that hands the server a list where nothing of it is yet to come.

    The server then sends head and body at once; of anything else its threads pass on piece by piece.
    """

    def get_app_iter(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """The body."""
        without = environ["REQUEST_METHOD"] == "HEAD" or self.status_code in (204, 304)
        if without or not self.is_sequence or self._on_close:
            return super().get_app_iter(environ)
        return list(self.iter_encoded())
