"""What is logged, and how: lines for people or JSON objects for programs, all on stderr, as stdout is for data.

structlog is imported with the first line, which most commands never write.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from structlog.typing import Processor

JSON: Final = "json"

# Whose lines are ours to write: this package's, and the server's that it runs under.
_LOGGERS: Final = ("kb", "uvicorn")


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at the time."""

    def __init__(self, style: str) -> None:
        super().__init__(sys.stderr)
        self._style = style

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        if self.formatter is None:
            self.formatter = _formatter(self._style)
        super().emit(record)


def configure_logs(style: str, level: str) -> None:
    """Has lines from `level` on written in `style` ("json", or "console" for people); called again, it changes both."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for handler in [each for each in logger.handlers if isinstance(each, _Handler)]:
            logger.removeHandler(handler)
        logger.addHandler(_Handler(style))
        logger.setLevel(level.upper())


def _formatter(style: str) -> logging.Formatter:
    import structlog
    from structlog.processors import ExceptionRenderer, TimeStamper, UnicodeDecoder
    from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

    def plain(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        # uvicorn's messages come a second time with colours in them.
        event.pop("color_message", None)
        return event

    before: Sequence[Processor] = [
        add_log_level,
        add_logger_name,
        ExtraAdder(),
        plain,
        TimeStamper(fmt="iso", utc=True),
        UnicodeDecoder(),
    ]
    last: list[Processor] = [ProcessorFormatter.remove_processors_meta]
    if style == JSON:
        last += [ExceptionRenderer(), structlog.processors.JSONRenderer(serializer=json_serializer())]
    else:
        # Not the decorated kind: it prints what variables hold.
        traceback = structlog.dev.plain_traceback
        last.append(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=traceback, pad_event_to=0))
    return ProcessorFormatter(processors=last, foreign_pre_chain=before)


def json_serializer() -> Callable[..., str]:
    """Makes one line of JSON of an event's fields."""
    import orjson

    def serialize(fields: object, **_options: object) -> str:
        return orjson.dumps(fields, default=str).decode()

    return serialize
