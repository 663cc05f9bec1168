"""What requests bring, without NULs: PostgreSQL takes none, in text or in JSON."""

from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import EnvironHeaders, FileStorage, ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items
from werkzeug.exceptions import ClientDisconnected
from werkzeug.utils import cached_property

PLAIN = "application/x-www-form-urlencoded"
SHORT = 64 * 1024  # bytes, less than any form may have


class Sent(ImmutableMultiDict[str, Any]):
    """The parameters, the fields or the files of a request; no names have them, either."""

    def __init__(self, sent: Any = None) -> None:
        items = iter_multi_items(sent) if sent else ()
        super().__init__([(_clean(name), _clean(value)) for name, value in items])

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """The first of this name; what is not there costs no exception, as it does in Werkzeug."""
        return super().get(key, default, type) if key in self else default


NOTHING = Sent()


class Given(EnvironHeaders):
    """The headers of a request, each of which stands in its environment once; most are not there."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """One of them; what is not there costs no exception, as it does in Werkzeug."""
        value = self.environ.get(_variable(key))
        if type is None or value is None:
            return default if value is None else value
        return super().get(key, default, type)

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        """The same as a list; Werkzeug looks through all headers, for the cookies of each request."""
        value = self.get(key, None, type)
        return [] if value is None else [value]


@lru_cache(maxsize=64)
def _variable(header: str) -> str:
    """Where a header stands that the code names."""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


class Incoming(Request):
    """A request. An address with a NUL before its parameters is no page's: `security.refuse_nul`."""

    parameter_storage_class = Sent

    def __init__(self, environ: dict[str, Any], populate_request: bool = True, shallow: bool = False) -> None:
        super().__init__(environ, populate_request, shallow)
        self.headers = Given(environ)

    @cached_property
    def args(self) -> Any:
        """The parameters, which few requests have."""
        return super().args if self.query_string else NOTHING

    def _load_form_data(self) -> None:
        """Read a short form without files at once; Werkzeug looks at a dozen limits first."""
        known, length = vars(self), self._short_and_plain()
        if length is None or not known.keys().isdisjoint(("form", "stream", "_max_content_length")):
            super()._load_form_data()
            return
        body = self.environ["wsgi.input"].read(length)
        if len(body) < length:
            raise ClientDisconnected
        known["stream"], known["form"], known["files"] = BytesIO(), _form_of(body), NOTHING

    def _short_and_plain(self) -> int | None:
        """The length of such a form; None of any other."""
        given = self.environ
        length = given.get("CONTENT_LENGTH") or ""
        plain = given.get("CONTENT_TYPE", "").partition(";")[0] == PLAIN
        if not (plain and length.isascii() and length.isdigit() and "HTTP_TRANSFER_ENCODING" not in given):
            return None
        return int(length) if len(length) < 9 and int(length) <= SHORT else None


def _form_of(body: bytes) -> Sent:
    """What Werkzeug makes of it: nothing of what is no UTF-8."""
    try:
        return Sent(parse_qsl(body.decode(), keep_blank_values=True, errors="werkzeug.url_quote"))
    except ValueError:
        return Sent()


def _clean(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = value.filename and value.filename.replace("\0", "")
        return value
    return value.replace("\0", "")
