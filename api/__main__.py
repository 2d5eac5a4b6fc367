"""`python -m api`: serve on API_HOST and API_PORT, with as many processes as WEB_CONCURRENCY says."""

import gc
import importlib
import os
import signal
from contextlib import nullcontext
from tempfile import TemporaryDirectory

import uvicorn
from pydantic import ValidationError

from api import server
from api.logs import configure_logs, printable
from api.patience import PatientProtocol
from api.settings import Settings


def _leave(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def _read_settings() -> Settings:
    """What cannot be accepted is said by the variable's name, and without what the variable says: it may be a password."""
    try:
        return Settings()
    except ValidationError as error:
        said = []
        for each in error.errors(include_input=False, include_url=False):
            name = f"{each['loc'][0]}: ".upper() if each["loc"] else ""
            said.append(f"api: {name}{each['msg'].removeprefix('Value error, ')}")
        raise SystemExit("\n".join(printable(each) for each in said)) from None


def _import_quickly(module: str) -> None:
    """What an import makes stays: to look through all of it for rubbish, again and again, would be a tenth of the start."""
    gc.disable()
    importlib.import_module(module)
    gc.enable()


def main() -> None:
    settings = _read_settings()
    configure_logs()
    # uvicorn raises the signal that stopped it once more at its end: without this the process would be gone before the folder is.
    signal.signal(signal.SIGTERM, _leave)
    if settings.web_concurrency == 1:  # else this process only watches over those that serve
        _import_quickly("api.app")
    with TemporaryDirectory(prefix="onet-metrics-") if settings.web_concurrency > 1 else nullcontext() as folder:
        if folder:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # where the processes share their figures
        # Our own middleware writes the line per request, and the log set-up is ours too: uvicorn's would be a second, unstructured one.
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
                http=PatientProtocol,
            )
        )


if __name__ == "__main__":
    main()
