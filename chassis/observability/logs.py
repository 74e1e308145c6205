"""Structured logs: a JSON object a line for programs, or coloured lines for people. Each line of a call has its
trace id."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from chassis.context import CURRENT
from chassis.observability.redaction import redact_event
from chassis.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Sets up structlog, and sends what libraries log by the standard library the same way. To standard error."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    processors: list[Any] = [
        structlog.processors.add_log_level,
        _add_trace,
        redact_event,
        structlog.processors.MaybeTimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    factory: Any
    if settings.log_format == "json":
        processors.append(structlog.processors.JSONRenderer(serializer=_json))
        factory = structlog.BytesLoggerFactory(sys.stderr.buffer)
    else:
        processors[-1:] = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        factory = structlog.PrintLoggerFactory(sys.stderr)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[_Forwarding()], force=True)


class _Forwarding(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "library", logger=record.name, message=record.getMessage(), exc_info=record.exc_info)


def _json(event: MutableMapping[str, Any], **_: Any) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_UTC_Z)


def _add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    call = CURRENT.get()
    if call is not None:
        event["trace_id"] = call.trace.trace_id
    return event
