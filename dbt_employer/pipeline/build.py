"""Runs the employer's dbt project as a whole, publishes it when every test passed, and writes the
outputs.

No value of a row reaches a message: dbt's own are left in `run_results.json`, in a folder of the
owner's alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import structlog
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.invocation import get_invocation_id

from dbt_employer.pipeline.database import (
    create_databases,
    drop_build,
    drop_everything,
    drop_old_publications,
    has_raw,
    is_onet_published,
    onet_file,
    query,
)
from dbt_employer.pipeline.outputs import remove_outputs, write_outputs
from dbt_employer.pipeline.settings import (
    PROJECT_DIR,
    EmployerSettings,
    employer_warehouse,
    onet_warehouse,
)
from dbt_onet.pipeline.build import BuildError, pipeline_lock
from dbt_onet.pipeline.export.source import open_source
from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.publish.plan import plan_from_manifest
from dbt_onet.pipeline.settings import PROJECT_DIR as ONET_PROJECT_DIR
from dbt_onet.pipeline.settings import Settings

log = structlog.get_logger()

RUNS = ("model", "seed", "test")
NOTE = "employer_build.json"
JUDGED = (
    "employee",
    "plan",
    "claim",
    "company",
    "company_lookup",
    "title_map",
    "target_occupation",
)
SHOWN_FAULTS = 5


@dataclass(frozen=True)
class Note:
    """What decides whether rows that were judged before stay judged."""

    project: str
    forget_count: int


def build(*, full_refresh: bool = False) -> None:
    """Builds, tests, publishes and writes the outputs. Claims and plans that were judged by this
    very project are not judged again.

    Args:
        full_refresh: judge every row anew.

    Raises:
        BuildError: nothing to build from, another load or build is running, or a model or test
            failed. What was published and
            written stays.
    """
    os.umask(0o077)
    settings, options, onet = employer_warehouse(), EmployerSettings(), onet_warehouse()
    if not has_raw(settings):
        raise BuildError(
            f"no employer's data has been loaded into `{settings.name}`: run `python -m loader "
            "employer FOLDER` first"
        )
    with pipeline_lock(settings):
        create_databases(settings)
        note = Note(_project_checksum(), _forget_count(settings))
        before = _read_note(settings)
        if full_refresh or note != before:
            drop_build(settings)
            (settings.dbt_dir / NOTE).unlink(missing_ok=True)
        result = _run_dbt(settings, onet, options)
        if result.exception:  # before what it wrote is read: that may be half written
            raise BuildError(f"dbt stopped: {result.exception}")
        manifest = json.loads((settings.dbt_dir / "manifest.json").read_text(encoding="utf-8"))
        passed, warned = _verdict(settings, result, manifest)
        _write_note(settings, note)
        plan, published_at = plan_from_manifest(manifest), datetime.now(UTC).replace(microsecond=0)
        if settings.engine == "duckdb":
            from dbt_onet.pipeline.publish import (
                duckdb as publish_duckdb,  # where MySQL is the engine, DuckDB need not be installed
            )

            build_id, counts = get_invocation_id(), (passed, warned)
            config = {"memory_limit": options.memory, "temp_directory": str(settings.dir / "tmp")}
            publish_duckdb.publish(
                settings, plan, build_id, published_at, *counts, with_sqlite=False, config=config
            )
        else:
            publish_mysql.publish(settings, plan, published_at, passed, warned)
        if before is None or note.forget_count != before.forget_count:
            drop_old_publications(settings)
        log.info(
            "published",
            name=settings.name,
            build_id=get_invocation_id(),
            tests_passed=passed,
            tests_warned=warned,
        )
        write_outputs(lambda: open_source(settings), settings.dir / "tmp", options)


def remove() -> None:
    """Removes all that was built, published and written of an employer; the loader removes the raw
    rows."""
    settings, options = employer_warehouse(), EmployerSettings()
    if has_raw(settings):
        raise BuildError(
            "raw rows are still there: `python -m loader employer --forget-all` removes them and "
            "all else"
        )
    drop_everything(settings)
    remove_outputs(options.outputs)
    log.info("removed", name=settings.name, outputs=str(options.outputs))


def _run_dbt(settings: Settings, onet: Settings, options: EmployerSettings) -> dbtRunnerResult:
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ["EMPLOYER_ONET_FILE"] = (
        str(onet_file(onet) or "") if settings.engine == "duckdb" else ""
    )
    os.environ["EMPLOYER_AS_OF"] = options.as_of.isoformat() if options.as_of else ""
    settings.dbt_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    own = [
        "--target-path",
        str(settings.dbt_dir.resolve()),
        "--log-path",
        str(settings.dbt_dir.resolve()),
    ]
    silent = ["--log-level", "none", "--log-level-file", "none"]
    published = ["--vars", json.dumps({"onet_is_published": is_onet_published(onet)})]
    try:
        return dbtRunner().invoke(
            [
                *silent,
                "build",
                *folders,
                *own,
                *published,
                "--target",
                settings.engine,
                "--exclude-resource-type",
                "unit_test",
            ]
        )
    finally:
        if (
            settings.engine == "duckdb"
        ):  # dbt-duckdb keeps the build open in this process, and the raw file with it
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager

            DuckDBConnectionManager.close_all_connections()


def _verdict(
    settings: Settings, result: dbtRunnerResult, manifest: dict[str, Any]
) -> tuple[int, int]:
    """How many tests passed and warned; raises BuildError unless the whole project was built and
    tested."""
    outcomes = {each.node.unique_id: each for each in getattr(result.result, "results", [])}
    failed = [each for each in outcomes.values() if str(each.status) in ("error", "fail")]
    if failed:
        lines = [
            f"  {each.node.name}: "
            + (f"{each.failures} rows" if each.failures else str(each.status))
            for each in failed
        ]
        if any(each.node.name == "assert_error_share_is_low" for each in failed):
            lines += _first_faults(settings)
        where = settings.dbt_dir / "run_results.json"
        raise BuildError(
            "\n".join(
                [
                    "nothing was published; what is live and in the outputs stays. Failed:",
                    *lines,
                    f"See {where}.",
                ]
            )
        )
    wanted = {
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in RUNS and node["config"].get("enabled", True)
    }
    if missing := sorted(
        key
        for key in wanted
        if key not in outcomes or str(outcomes[key].status) not in ("success", "pass", "warn")
    ):
        raise BuildError(
            f"nothing was published: not all of the project ran ({len(missing)} left out, first "
            f"{missing[0]})."
        )
    tests = [str(each.status) for key, each in outcomes.items() if key.startswith("test.")]
    return tests.count("pass"), tests.count("warn")


def _first_faults(settings: Settings) -> list[str]:
    """File, line, field and reason of the first rows that are set aside."""
    faults = []
    for table in JUDGED:
        rows = query(
            settings,
            "build",
            f"select file_name, line_number, errors from {{room}}.int_{table}_row where status = "
            "'error' "
            f"order by load_id desc, line_number limit {SHOWN_FAULTS}",
        )
        faults += [
            f"    {name}, line {line}: {', '.join(filter(None, errors.split(';')))}"
            for name, line, errors in rows
        ]
    return ["  More rows are errors than EMPLOYER_MAX_ERROR_SHARE allows. The first:", *faults]


def _forget_count(settings: Settings) -> int:
    [[count]] = query(
        settings,
        "raw",
        "select count(*) from {room}.raw_load where kind = 'forget' and state = 'complete'",
    )
    return int(count)


def _read_note(settings: Settings) -> Note | None:
    try:
        return Note(**json.loads((settings.dbt_dir / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write_note(settings: Settings, note: Note) -> None:
    (settings.dbt_dir / NOTE).write_text(json.dumps(asdict(note)), encoding="utf-8")


def _project_checksum() -> str:
    """Of everything that decides how a row is judged: both projects' files and the version of what
    runs them."""
    digest = hashlib.sha256(version("dbt-core").encode())
    shared = [ONET_PROJECT_DIR / "macros", ONET_PROJECT_DIR / "seeds"]
    for folder in (PROJECT_DIR, *shared):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".sql", ".yml", ".csv") and not {"target", "logs"} & set(
                path.relative_to(folder).parts
            ):
                digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
