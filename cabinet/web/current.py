"""This request and what is noted of it, as Flask has them under the same names, at a third of the cost.

Flask's own stand for anything, by three calls of functions each time; a request asks a hundred times. Of
`__getattr__` Python looks in the object itself first, and makes an exception of what it does not find there.
"""

from typing import Any, cast

from flask import Request
from flask.ctx import _AppCtxGlobals
from flask.globals import _cv_app, _cv_request

_requests: Any = _cv_request


class _Request:
    """The request; raises LookupError outside of one."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        return getattr(_cv_request.get().request, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_cv_request.get().request, name, value)


class _Notes:
    """What is noted of the request, as attributes."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        return getattr(_cv_app.get().g, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_cv_app.get().g, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_cv_app.get().g, name)

    def __contains__(self, name: str) -> bool:
        return name in _cv_app.get().g


class Session:
    """The session of the request; empty outside of one."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        return getattr(_cv_request.get()._session, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_cv_request.get()._session, name, value)

    def __bool__(self) -> bool:
        context = _cv_request.get(None)
        return bool(context and context._session)

    def __contains__(self, name: str) -> bool:
        return name in _requests.get()._session

    def __getitem__(self, name: str) -> Any:
        return _requests.get()._session[name]

    def __setitem__(self, name: str, value: Any) -> None:
        _requests.get()._session[name] = value

    def __delitem__(self, name: str) -> None:
        del _requests.get()._session[name]

    def __iter__(self) -> Any:
        return iter(_requests.get()._session)


request = cast(Request, _Request())
g = cast(_AppCtxGlobals, _Notes())
session: Any = Session()
