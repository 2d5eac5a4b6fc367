"""dbt in this process, less what it does beside its work."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from typing import Any

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.events.types import NodeFinished
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager, get_event_manager

from dbt_onet.pipeline.compiled_sql import reuse_compiled_sql
from dbt_onet.pipeline.settings import PROJECT_DIR, Settings


def run_dbt(
    settings: Settings,
    command: str,
    options: list[str],
    on_progress: Callable[[str, int, int], None] | None = None,
    manifest: Manifest | None = None,
) -> dbtRunnerResult:
    """Runs one of dbt's commands, with its files under `settings.dbt_dir`; it parses the project
    where no manifest is given.

    It keeps no log: a sixth of a build would go into that, and run_results.json and the SQL under
    `run/` say as much.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    finished = 0

    def progress(event: Any) -> None:
        nonlocal finished
        if on_progress and event.info.name == "NodeFinished":
            finished += 1
            on_progress(event.data.node_info.node_name, finished, 0)

    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    silent = ["--log-level", "none", "--log-level-file", "none"]
    own = [
        "--target-path",
        str(settings.dbt_dir.resolve()),
        "--log-path",
        str(settings.dbt_dir.resolve()),
    ]
    if command in ("build", "run", "test"):  # see _write_manifest in build.py
        own.append("--no-write-json")
    arguments = [*silent, *command.split(), *folders, *own, "--target", settings.engine, *options]
    # the docs show a model's Jinja, unit tests put their rows into it
    plain = command in ("compile", "run") or "unit_test" in options
    known = (
        reuse_compiled_sql(settings, parse_checksum(settings), manifest)
        if manifest and plain
        else nullcontext()
    )
    try:
        with known, _limit_events():
            ran = dbtRunner(manifest, callbacks=[progress]).invoke(arguments)
        if isinstance(ran.result, RunExecutionResult):
            ran.result.write(str(settings.dbt_dir / "run_results.json"))
        return ran
    finally:
        # dbt-duckdb keeps the build open in this process, and the raw file with it
        if settings.engine == "duckdb":
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager

            DuckDBConnectionManager.close_all_connections()


class _LimitedEventManager(EventManager):  # type: ignore[misc]  # dbt is not typed
    """Of the twenty-odd events of each node only the one that is listened to, and what may be an
    error: each costs half a millisecond."""

    def fire_event(
        self,
        e: Any,
        level: Any = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        if force_warn_or_error_handling or isinstance(e, NodeFinished):
            super().fire_event(e, level, node, force_warn_or_error_handling)


@contextmanager
def _limit_events() -> Iterator[None]:
    before = get_event_manager()
    ctx_set_event_manager(_LimitedEventManager())
    try:
        yield
    finally:
        ctx_set_event_manager(before)


def project_checksum() -> str:
    """Of everything that decides what is built: this folder and the versions of what runs it."""
    digest = hashlib.sha256()
    written_by_dbt = {"target", "logs"}  # where somebody runs it by hand
    for path in sorted(PROJECT_DIR.rglob("*")):
        if (
            path.suffix in (".sql", ".yml", ".csv", ".md", ".py")
            and path.relative_to(PROJECT_DIR).parts[0] not in written_by_dbt
        ):
            digest.update(f"{path.relative_to(PROJECT_DIR)}\n".encode() + path.read_bytes())
    for package in ("dbt-core", "dbt-mysql", "dbt-onet-mysql"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def parse_checksum(settings: Settings) -> str:
    """Of everything that decides what the project is parsed and compiled to."""
    packages = [
        version(package) for package in ("dbt-adapters", "dbt-common", f"dbt-{settings.engine}")
    ]
    return " ".join([project_checksum(), sys.version, *packages])
