"""Logs as JSON, one object per line on standard output; the standard library's loggers (uvicorn's too) write the same way."""

import logging
import sys

import orjson
import structlog
from structlog.typing import EventDict, Processor


def configure_logs() -> None:
    """Set up once per process; repeating it changes nothing."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,  # the request id, also in a worker thread
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_serialise)],
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
                structlog.processors.JSONRenderer(serializer=_serialise),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    logging.getLogger("uvicorn.access").disabled = True  # its lines carry the query string; ours, one per request, do not


def _add_logger_name(_: object, __: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["logger"] = record.name
    return event


def _serialise(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
