"""`python -m api`: serve on API_HOST and API_PORT, with as many processes as WEB_CONCURRENCY says."""

import os
from tempfile import TemporaryDirectory

import uvicorn

from api.logs import configure_logs
from api.patience import PatientProtocol
from api.settings import Settings


def main() -> None:
    settings = Settings()
    configure_logs()
    with TemporaryDirectory(prefix="onet-metrics-") as folder:
        if settings.web_concurrency > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # where the processes share their figures
        # Our own middleware writes the line per request, and the log set-up is ours too: uvicorn's would be a second, unstructured one.
        uvicorn.run(
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


if __name__ == "__main__":
    main()
