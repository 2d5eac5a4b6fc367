"""`python -m benchmarks.paused_build`: `python -m dbt_onet build` that stops before it publishes,
says so, and goes on at a line on standard input.

Its last line is when publication began and ended, on the clock that all processes share.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any

from dbt_onet.pipeline.cli import main
from dbt_onet.pipeline.settings import Settings

BUILT = "built"


def hold(engine: str) -> None:
    """Puts a gate before that engine's publication, and a clock around it."""
    module = importlib.import_module(f"dbt_onet.pipeline.publish.{engine}")
    publish = module.publish

    def held(*args: Any, **kwargs: Any) -> None:
        print(BUILT, flush=True)
        sys.stdin.readline()
        began = time.perf_counter()
        publish(*args, **kwargs)
        print(json.dumps([began, time.perf_counter()]), flush=True)

    module.publish = held  # type: ignore[attr-defined]


if __name__ == "__main__":
    hold(Settings().engine)
    sys.argv = ["dbt_onet", "build"]
    main()
