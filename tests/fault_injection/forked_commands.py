"""What is killed: the project's own commands, each in a process forked from a server that has
imported everything and opened nothing.

Forking saves the seconds of imports, in which a kill proves nothing; moments are then spread over
the work itself.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.commands import ROOT

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "loader.cli",
        "loader.store.duckdb",
        "loader.store.mysql",
        "dbt_onet.pipeline.cli",
        "dbt_onet.pipeline.build",
    ]
)


LOG = "victims.log"
"""Beside the warehouse: what they said. `editions.require_words` looks through it."""


def land(environment: dict[str, str], folder: Path, number: str) -> None:
    _become(environment)
    from loader.cli import app

    app(["land", str(folder), "--release", number, "--force"])


def build(environment: dict[str, str]) -> None:
    _become(environment)
    from dbt_onet.pipeline.cli import app

    app(["build"])


def publish(environment: dict[str, str]) -> None:
    """The last step of `dbt_onet build` alone, for a build that has passed its tests."""
    _become(environment)
    from dbt_onet.pipeline.build import pipeline_lock
    from dbt_onet.pipeline.publish import duckdb as publish_duckdb
    from dbt_onet.pipeline.publish import mysql as publish_mysql
    from dbt_onet.pipeline.publish.plan import plan_from_manifest
    from dbt_onet.pipeline.settings import Settings

    settings = Settings()
    manifest = json.loads((settings.dbt_dir / "manifest.json").read_text())
    with pipeline_lock(settings):
        plan = plan_from_manifest(manifest)
        if settings.engine == "duckdb":
            publish_duckdb.publish(settings, plan, str(uuid.uuid4()), datetime.now(UTC), 1, 0)
        else:
            publish_mysql.publish(settings, plan, datetime.now(UTC).replace(microsecond=0), 1, 0)


def _become(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    log = os.open(
        Path(os.environ["WAREHOUSE_DIR"]).parent / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND
    )
    for stream in (1, 2):
        os.dup2(log, stream)
    # they live as long as the process
    sys.stdout, sys.stderr = (open(stream, "w", closefd=False) for stream in (1, 2))  # noqa: SIM115


def started(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process


def timed(target: Callable[..., None], *arguments: object) -> float:
    """Seconds of a run that nobody disturbs; RuntimeError where it fails."""
    before = time.monotonic()
    process = started(target, *arguments)
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{target.__name__} failed by itself, with exit code {process.exitcode}")
    return time.monotonic() - before


def kill_at_random(
    chance: random.Random, seconds: float, target: Callable[..., None], *arguments: object
) -> bool:
    """SIGKILL at a moment of the given span; whether it was still running."""
    process = started(target, *arguments)
    process.join(chance.uniform(0, seconds))
    alive = process.is_alive()
    process.kill()
    process.join()
    if not alive and process.exitcode:
        raise RuntimeError(f"{target.__name__} failed by itself, with exit code {process.exitcode}")
    return alive
