"""`python -m api`: serve on API_HOST and API_PORT, with as many processes as WEB_CONCURRENCY
says."""

import argparse
import gc
import importlib
import os
import signal
from contextlib import nullcontext
from tempfile import TemporaryDirectory

import uvicorn

from api import server
from api.http_protocol import BoundedHttpProtocol
from api.logging_config import configure_logging
from api.settings import Settings, load_settings


def _exit_on_signal(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def _import_without_gc(module: str) -> None:
    """What an import makes stays: to look through all of it for rubbish, again and again, would be
    a tenth of the start."""
    gc.disable()
    importlib.import_module(module)
    gc.freeze()  # nor is it looked through while requests wait
    gc.enable()


def main() -> None:
    variables = ", ".join(name.upper() for name in Settings.model_fields)
    arguments = argparse.ArgumentParser(
        prog="python -m api",
        description=(
            "Serves what is published; exit code 1 where a setting or the port is in the way."
        ),
        epilog=f"Environment variables (what they mean is in docs/settings.md): {variables}.",
    )
    arguments.add_argument(
        "--check", action="store_true", help="look at the settings and the port, and serve nothing"
    )
    only_check = arguments.parse_args().check
    settings = load_settings()
    server.require_port(settings.api_host, settings.api_port)
    if only_check:
        return
    configure_logging()
    # uvicorn raises the signal that stopped it once more at its end: without this the process would
    # be gone before the folder is.
    signal.signal(signal.SIGTERM, _exit_on_signal)
    if settings.web_concurrency == 1:  # else this process only watches over those that serve
        _import_without_gc("api.app")
    with (
        TemporaryDirectory(prefix="onet-metrics-")
        if settings.web_concurrency > 1
        else nullcontext()
    ) as folder:
        if folder:
            # where the processes share their metrics
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        # Our own middleware writes the line per request, and the log set-up is ours too: uvicorn's
        # would be a second, unstructured one.
        server.run(
            uvicorn.Config(
                "api.app:app",  # by name: each process makes its own
                host=settings.api_host,
                port=settings.api_port,
                workers=settings.web_concurrency,
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=10,
                http=BoundedHttpProtocol,
            )
        )


if __name__ == "__main__":
    main()
