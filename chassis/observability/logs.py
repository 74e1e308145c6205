"""Structured logs: a JSON object a line for programs, or coloured lines for people. Each line of a call has its trace
id."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

import orjson
import structlog

from chassis.context import CURRENT
from chassis.observability.redaction import redact_event
from chassis.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Sets up structlog, and sends what libraries log by the standard library the same way. To standard error."""
    level = _level(settings)
    processors: list[Any] = [
        structlog.processors.add_log_level,
        _add_trace,
        redact_event,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    factory: Any
    if _for_programs(settings):
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_json)]
        factory = structlog.BytesLoggerFactory(sys.stderr.buffer)
    else:
        processors += [structlog.dev.ConsoleRenderer(colors=_in_colours())]
        factory = structlog.PrintLoggerFactory(sys.stderr)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[_Forwarding()], force=True)


def lines_writer(settings: Settings) -> Callable[[Sequence[dict[str, Any]]], None]:
    """What writes several log events of level info at once, in the format of the settings. They are to hold nothing
    personal: no processor sees them."""
    if _level(settings) > logging.INFO:
        return lambda _: None
    if _for_programs(settings):
        return _write_json
    render = structlog.dev.ConsoleRenderer(colors=_in_colours())
    return lambda events: print(*(render(None, "", event) for event in events), sep="\n", file=sys.stderr)


class _Forwarding(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "library", logger=record.name, message=record.getMessage(), exc_info=record.exc_info)


def _for_programs(settings: Settings) -> bool:
    return settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())


def _in_colours() -> bool:
    """On a terminal, or on the way to one: whoever passes the lines on there says so (https://force-color.org)."""
    return sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _level(settings: Settings) -> int:
    return logging.getLevelNamesMapping()[settings.log_level.upper()]


def _json(event: MutableMapping[str, Any], **_: Any) -> bytes:
    try:
        return orjson.dumps(event, default=str, option=orjson.OPT_UTC_Z)
    except TypeError:  # numbers of more than 64 bits, keys that are no text: a log line never fails
        return json.dumps(event, default=str, skipkeys=True).encode()


def _write_json(events: Sequence[dict[str, Any]]) -> None:
    sys.stderr.buffer.write(b"".join(_json(event) + b"\n" for event in events))
    sys.stderr.buffer.flush()


def _add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    call = CURRENT.get()
    if call is not None:
        event["trace_id"] = call.trace.trace_id
    return event
