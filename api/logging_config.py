"""Logs as JSON, one object per line on standard output; the standard library's loggers (uvicorn's
too) write the same way."""

import json
import logging
import sys
from datetime import UTC, datetime

import orjson
import structlog
from structlog.typing import EventDict, Processor


def configure_logging() -> None:
    """Set up once per process; repeating it changes nothing."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,  # the request id, also in a worker thread
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_serialize),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(serializer=_serialize),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    # its lines carry the query string; ours, one per request, do not
    logging.getLogger("uvicorn.access").disabled = True


def log_request(method: str, path: str, status: int, seconds: float, request_id: str) -> None:
    """The line of one request. As structlog would write it, which takes several times as long:
    there is one for each."""
    line = orjson.dumps(
        {
            "method": method,
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "event": "request",
            "request_id": request_id,
            "level": "info",
            "timestamp": datetime.now(UTC),
        },
        option=orjson.OPT_UTC_Z,
    ).decode()
    sys.stdout.write(f"{escape_unprintable(line)}\n")
    sys.stdout.flush()


def _add_logger_name(_: object, __: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["logger"] = record.name
    return event


def escape_unprintable(text: str) -> str:
    """The text with whatever is not printable ASCII escaped: a name must not move a terminal's
    cursor, nor turn its text around."""
    return text if text.isascii() and text.isprintable() else "".join(map(_escape, text))


def _escape(character: str) -> str:
    """As JSON writes it: one unit of UTF-16, or two."""
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))


def _serialize(event: EventDict, **_: object) -> str:
    """One line of JSON in ASCII: orjson leaves DEL, C1 controls and marks of direction as they are,
    which a terminal obeys."""
    try:
        line = orjson.dumps(event, default=str).decode()
    except orjson.JSONEncodeError:  # a lone surrogate, as in a file's name that is no UTF-8
        line = json.dumps(event, default=str)
    return escape_unprintable(line)
