"""What requests bring, without NULs: PostgreSQL takes none, in text or in JSON."""

from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items


class Sent(ImmutableMultiDict[str, Any]):
    """The parameters, the fields or the files of a request; no names have them, either."""

    def __init__(self, sent: Any = None) -> None:
        items = iter_multi_items(sent) if sent else ()
        super().__init__([(_clean(name), _clean(value)) for name, value in items])


class Incoming(Request):
    """A request. An address with a NUL before its parameters is no page's: `security.refuse_nul`."""

    parameter_storage_class = Sent


def _clean(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = value.filename and value.filename.replace("\0", "")
        return value
    return value.replace("\0", "")
