"""Log lines on standard error: JSON for machines or text for people, each with the id of its request.

No line may hold personal data. What libraries log of an exception is therefore cut to its class and place.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, MutableMapping
from json.encoder import encode_basestring as quoted
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter

from cabinet.telemetry import cause

FORMATS = ("console", "json")
QUIET = {  # libraries whose lines quote what people entered, or addresses that tell of them
    "peewee": logging.INFO,
    "peewee.migrations": logging.WARNING,  # `db upgrade` says what it applies
    "werkzeug": logging.WARNING,
    "flask-limiter": logging.WARNING,
}

Line = MutableMapping[str, Any]
Render = Callable[[Any, str, Line], str]


class Output:
    """Standard error, whatever it is now. A log that cannot be written must not stop the work."""

    def info(self, line: str) -> None:
        """Write a line, at once."""
        try:
            sys.stderr.write(line + "\n")  # Python writes it at once, by its line
        except (OSError, ValueError):
            return

    warning = error = info


output = Output()
_second: tuple[int, str] = (0, "")  # the latest, and how it is written


def add_time(_logger: Any, _method: str, line: Line) -> Line:
    """Add when it was: `2026-11-26T06:30:00.123Z`."""
    global _second
    moment = time.time()
    second, text = _second
    if int(moment) != second:
        second = int(moment)
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        _second = second, text
    line["time"] = f"{text}.{int(moment % 1 * 1000):03d}Z"
    return line


class Logger:
    """Writes events of our own code, each a line: `logger().info("request", status=200)`."""

    def __init__(self, level: int, render: Render) -> None:
        self.level, self.render = level, render

    def info(self, event: str, **fields: Any) -> None:
        """Write a line, unless only warnings are asked for."""
        self._write(logging.INFO, "info", {**fields, "event": event, "level": "info"})

    def warning(self, event: str, **fields: Any) -> None:
        """Write a line that says of something that is not as it should be."""
        self._write(logging.WARNING, "warning", {**fields, "event": event, "level": "warning"})

    def _write(self, level: int, name: str, line: Line) -> None:
        if self.level <= level:
            output.info(self.render(None, name, add_time(None, name, add_request(None, name, line))))


def configure(level: str, form: str) -> None:
    """Log lines of at least this level in one of FORMATS, those of libraries too."""
    global _logger
    render = as_json if form == "json" else as_text
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    _logger = Logger(number, render)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(render))
    logging.basicConfig(level=number, handlers=[handler])
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)


def formatter(render: Render) -> logging.Formatter:
    """What makes lines of this kind of `logging`'s records."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            add_request,
            add_time,
        ],
        processors=[ProcessorFormatter.remove_processors_meta, without_values, render],
    )


def logger() -> Logger:
    """That of this process."""
    return _logger


def add_request(_logger: Any, _method: str, line: Line) -> Line:
    """Add the id of the request that is the cause."""
    if name := cause.current():
        line["request_id"] = name
    return line


def without_values(_logger: Any, _method: str, line: Line) -> Line:
    """Say of an exception what it is and where, never its text."""
    found = line.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        line["exception"] = type(error).__name__
        line["at"] = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return line


def place_of(error: BaseException) -> str:
    """File and line of an error for the log; never its text, which may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"


def as_json(_logger: Any, _method: str, line: Line) -> str:
    """One JSON object; by hand, for it is half the cost of a line."""
    begin = f'{{"time": "{line.pop("time")}", "level": "{line.pop("level")}", '
    return begin + ", ".join([f'"{name}": {_value(value)}' for name, value in line.items()]) + "}"


def _value(value: Any) -> str:
    if type(value) is str:
        return quoted(value)
    return str(value) if type(value) in (int, float) else json.dumps(value, ensure_ascii=False, default=str)


def as_text(_logger: Any, _method: str, line: Line) -> str:
    """`2026-11-26T06:30:00Z INFO request status=200`; one line whatever the values."""
    begin = f"{line.pop('time')} {line.pop('level').upper()} {line.pop('event')}"
    text = " ".join([begin, *(f"{name}={value}" for name, value in line.items())])
    return text if text.isprintable() else " ".join(text.split())


_logger = Logger(logging.INFO, as_text)
