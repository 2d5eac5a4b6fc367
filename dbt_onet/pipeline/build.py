"""Runs dbt as a whole and publishes when every model was built and every test passed.

Nothing is published from part of the project: each model, seed and data test of the manifest must
have its result, from this run or, where only what lies beside the release has changed, from the one
before it that all of the build still stems from. Unit tests have fixed inputs and say nothing of a
release: the project's own tests run them, on both engines. The pipeline lock, shared with the
loader, keeps a load from completing between two staging views.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pymysql
import structlog
from dbt.cli.main import dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest, ResourceMapping
from dbt_common.invocation import get_invocation_id
from dbt_common.utils.encoding import JSONEncoder
from filelock import FileLock, Timeout
from pydantic import TypeAdapter
from pymysql.constants import ER

from dbt_onet.pipeline.dbt_runner import parse_checksum, project_checksum, run_dbt
from dbt_onet.pipeline.error_messages import disk_advice
from dbt_onet.pipeline.manifest import (
    JOINED,
    ancestors,
    descendants,
    is_joined_test,
    join_tests,
    load_manifest,
)
from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.publish.live_files import UnreadableLiveError, live_file, remove
from dbt_onet.pipeline.publish.plan import Plan, plan_from_manifest
from dbt_onet.pipeline.settings import Settings

log = structlog.get_logger()

RUNS = ("model", "seed", "test")
PUBLICATION = "model.dbt_onet.publication"
"""Whatever is built, this is built anew."""
LAST_BUILD = "last_build.json"
WHOLE = "whole_build"
"""A table in the build, there only while all of it stems from the build whose id it holds."""
BESIDE = {"supplement_rating": slice(1, 3), "llm_answer": slice(3, 5)} | dict.fromkeys(
    ("labor_file", "labor_wage", "labor_projection", "labor_nem", "labor_crosswalk"), slice(5, 6)
)
"""The raw tables that lie beside the release, and which of `_read_inputs` tell of them."""


class BuildError(Exception):
    """The build is not fit to be published; what is live stays. The message says why, in lines for
    a person."""


@dataclass(frozen=True)
class Published:
    """What went live, and all that a later build wants to know of it."""

    build_id: str
    release: str
    published_at: datetime
    passed_tests: int
    warned_tests: int
    inputs: list[str]
    """What it was made from, as `is_unchanged` compares it."""
    outcomes: dict[str, str]
    """What became of each model, seed and test, by dbt's id."""
    plan: Plan


def build(
    settings: Settings,
    on_progress: Callable[[str, int, int], None] | None = None,
    *,
    only_changed: bool = False,
) -> Published:
    """Builds, tests and publishes.

    Args:
        settings: where the warehouse is.
        on_progress: called with the name of each finished node, how many are finished, and how many
            there are.
        only_changed: leave out what does not depend on anything that changed since the last build,
            where that can be told.

    Raises:
        BuildError: no load to build from, another load or build is running, or a model or test
            failed.
    """
    with pipeline_lock(settings), _free_room_on_error(settings):
        _prepare(settings)
        before = _read_whole_build(settings) if only_changed else None
        _clear(settings, anew=before is None)
        # before dbt reads: what comes meanwhile is the next build's
        inputs = _read_inputs(settings)
        changed = [
            table
            for table, of_it in BESIDE.items()
            if before and before.inputs[of_it] != inputs[of_it]
        ]
        selection = (
            ["--select", "publication+", *(f"source:raw.{table}+" for table in changed)]
            if before
            else []
        )
        results, manifest = _run_project(
            settings, selection, {f"source.dbt_onet.raw.{table}" for table in changed}, on_progress
        )
        # a variable of our own would make dbt parse the whole project anew at every build
        build_id = get_invocation_id()
        outcomes = _judge_outcomes(results, manifest, settings, before.outcomes if before else {})
        joined = (node for node in manifest.nodes.values() if JOINED in node.tags)
        _drop_failing_rows(
            settings, {node.alias for node in joined if outcomes.get(node.unique_id) == "pass"}
        )
        passed, warned = (
            sum(key.startswith("test.") and status == verdict for key, status in outcomes.items())
            for verdict in ("pass", "warn")
        )
        # of a partial build the last plan: dbt has compiled only what it built
        artifact = _write_manifest(settings, manifest)
        plan = before.plan if before else plan_from_manifest(artifact)
        published_at = datetime.now(UTC).replace(microsecond=0)
        if settings.engine == "duckdb":
            from dbt_onet.pipeline.publish import (
                # here and below: where MySQL is the engine, DuckDB need not be installed
                duckdb as publish_duckdb,
            )

            publish_duckdb.publish(settings, plan, build_id, published_at, passed, warned)
        else:
            publish_mysql.publish(settings, plan, published_at, passed, warned)
        _query_build(
            settings, f"create table {settings.build}.{WHOLE} as select '{build_id}' as build_id"
        )
        release = str(published_release(settings))
        log.info(
            "published",
            build_id=build_id,
            release=release,
            tests_passed=passed,
            tests_warned=warned,
            depending_on=changed if before else "all",
        )
        return Published(build_id, release, published_at, passed, warned, inputs, outcomes, plan)


def _run_project(
    settings: Settings,
    selection: list[str],
    changed: set[str],
    on_progress: Callable[[str, int, int], None] | None,
) -> tuple[dict[str, Outcome], Manifest]:
    """Builds and tests all that is selected: what became of each node, and the manifest with what
    was compiled.

    Generic tests run joined. Where a model cannot be built, all runs again with each test for
    itself, which stops at the first cause; where joined tests find rows, the tests that they stand
    for run, keep their rows, and tell.
    """
    options = ["--exclude-resource-type", "unit_test", *selection]
    manifest = load_project(settings)
    joined = join_tests(
        manifest, descendants(manifest, {PUBLICATION, *changed}) if selection else None
    )
    results = _collect_outcomes(
        settings,
        run_dbt(settings, "build", [*options, "--exclude", f"tag:{JOINED}"], on_progress, manifest),
    )
    found = {key: results.pop(key) for key in joined if key in results}
    if any(each.status == "error" for each in [*results.values(), *found.values()]):
        manifest = load_project(settings)
        return (
            _collect_outcomes(settings, run_dbt(settings, "build", options, on_progress, manifest)),
            manifest,
        )
    for key, each in found.items():
        if each.status == "pass":
            results |= {member: Outcome.passed(manifest, member) for member in joined[key].members}
    not_built = {key for key, each in results.items() if each.status == "skipped"}
    # what found rows, or was skipped because something else did
    told = [
        member
        for key, each in found.items()
        if each.status != "pass"
        for member in joined[key].members
    ]
    suspects = {
        member for member in told if not not_built & set(manifest.nodes[member].depends_on.nodes)
    }
    if suspects:
        manifest = load_project(settings)
        names = [manifest.nodes[key].name for key in sorted(suspects)]
        own = _collect_outcomes(
            settings,
            run_dbt(
                settings,
                "test",
                ["--select", *names, "--indirect-selection", "empty"],
                on_progress,
                manifest,
            ),
        )
        if not any(each.status in ("fail", "error") for each in [*results.values(), *own.values()]):
            raise BuildError(
                "nothing was published: tests that found rows together find none alone. Something"
                " else writes to the build."
            )
        results = drop_consequences(manifest, results | own)
    return results, manifest


@dataclass(frozen=True)
class Outcome:
    """What became of one node."""

    name: str
    status: str
    message: str
    failures: int
    relation_name: str

    @classmethod
    def passed(cls, manifest: Manifest, key: str) -> Outcome:
        return cls(manifest.nodes[key].name, "pass", "", 0, "")


def _collect_outcomes(settings: Settings, result: dbtRunnerResult) -> dict[str, Outcome]:
    """By unique id. Raises BuildError where dbt itself stopped."""
    if result.exception:
        raise _make_build_error(settings, f"dbt stopped: {result.exception}")
    return {
        each.node.unique_id: Outcome(
            each.node.name,
            str(each.status),
            str(each.message),
            each.failures or 0,
            str(getattr(each.node, "relation_name", "")),
        )
        for each in getattr(result.result, "results", [])
    }


def drop_consequences(manifest: Manifest, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """The outcomes of tests without the failures that follow from another's: of what is built from
    all that this other test is about. dbt would not have built it, nor run its tests."""
    about = {
        key: set(manifest.nodes[key].depends_on.nodes)
        for key, each in outcomes.items()
        if each.status == "fail"
    }
    built_from = {node: ancestors(manifest, node) for nodes in about.values() for node in nodes}
    follows = {
        key
        for key in about
        for cause in about
        if cause != key and any(about[cause] <= built_from[node] for node in about[key])
    }
    return {key: each for key, each in outcomes.items() if key not in follows}


def _write_manifest(settings: Settings, manifest: Manifest) -> dict[str, Any]:
    """dbt's manifest.json without its macros, and its content. dbt takes a second over it, and
    writes four more files that nobody reads."""
    nothing = ResourceMapping({})
    writable = dataclasses.replace(manifest.writable_manifest(), macros=nothing, docs=nothing)
    artifact: dict[str, Any] = writable.to_dict(omit_none=False, context={"artifact": True})
    (settings.dbt_dir / "manifest.json").write_text(json.dumps(artifact, cls=JSONEncoder))
    return artifact


def load_project(settings: Settings) -> Manifest:
    """The parsed project, without anything that a run compiled."""

    def parse() -> Manifest:
        result = run_dbt(settings, "parse", ["--no-write-json"])  # the build writes the manifest
        if not isinstance(result.result, Manifest):
            raise _make_build_error(settings, f"dbt stopped: {result.exception}")
        return result.result

    return load_manifest(settings, parse_checksum(settings), parse)


def _drop_failing_rows(settings: Settings, tables: set[str]) -> None:
    """Rows that a test kept when it last failed, now that it passed together with others and has
    not replaced them itself."""
    there = _query_build(
        settings,
        f"select table_name from information_schema.tables where table_schema = '{settings.build}'",  # noqa: S608
    )
    for name in sorted({name for (name,) in there} & tables):
        _query_build(settings, f"drop table {settings.build}.{name}")


@contextmanager
def pipeline_lock(settings: Settings) -> Iterator[None]:
    """Holds the one lock of loads and builds; waits for `lock_timeout` seconds.

    Raises:
        BuildError: still taken after that.
    """
    message = (
        f"another load or build of `{settings.name}` is running; waited {settings.lock_timeout:.0f}"
        " s for it. Try again when it is done."
    )
    if settings.engine == "duckdb":
        settings.dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.dir / "pipeline.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.info("waiting for another load or build", lock=lock.lock_file)
            try:
                lock.acquire(timeout=settings.lock_timeout)
            except Timeout:
                raise BuildError(message) from None
        try:
            yield
        finally:
            lock.release()
        return
    with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
        name = f"{settings.name}.pipeline"
        for wait in (0.0, settings.lock_timeout):
            cursor.execute("select get_lock(%s, %s)", [name, wait])
            if cursor.fetchall()[0][0] == 1:
                break
            if wait == 0:
                log.info("waiting for another load or build", lock=name)
        else:
            raise BuildError(message)
        yield  # the server frees the lock with the connection


def _prepare(settings: Settings) -> None:
    nothing = (
        f"nothing has been loaded into `{settings.name}` yet: run `python -m loader land` first."
    )
    if settings.engine == "mysql":
        publish_mysql.create_databases(settings)
        with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "select table_collation from information_schema.tables where table_schema = %s and"
                " table_name = 'raw_load'",
                [settings.raw],
            )
            found = cursor.fetchall()
            if not found:
                raise BuildError(nothing)
            if found[0][0] != publish_mysql.COLLATION:  # the loader converts this table last
                raise BuildError(
                    f"`{settings.raw}` was landed by an earlier version, in collation"
                    f" {found[0][0]}: run `python -m loader land`, which converts it to"
                    f" {publish_mysql.COLLATION}."
                )
    elif not (settings.dir / "raw.duckdb").exists():
        raise BuildError(nothing)


def _clear(settings: Settings, *, anew: bool) -> None:
    """What is built from here on is no whole build until its end."""
    if settings.engine == "duckdb" and anew:
        _remove_build(settings)
    else:
        _query_build(settings, f"drop table if exists {settings.build}.{WHOLE}")


def _remove_build(settings: Settings) -> None:
    """Nobody reads the embedded build but dbt, and a half-built one helps nobody. The folder is for
    what did not fit into memory."""
    for name in ("build.duckdb", "build.duckdb.wal", "build.duckdb.tmp"):
        remove(settings.dir / name)


@contextmanager
def _free_room_on_error(settings: Settings) -> Iterator[None]:
    """Whatever finds no room, an engine, dbt's own files or what is kept of the project: what is
    half built goes at once."""
    try:
        yield
    except Exception as error:
        told = f"errno {error.errno}" if isinstance(error, OSError) else str(error)
        if settings.engine == "duckdb" and disk_advice(told, settings):
            _remove_build(settings)
        raise


def _make_build_error(settings: Settings, reason: str) -> BuildError:
    """What to raise for a build that failed; where the disk is full, its room is free again at
    once."""
    advice = disk_advice(reason, settings)
    if advice and settings.engine == "duckdb":
        _remove_build(settings)
    return BuildError(f"{reason}\n{advice}" if advice else reason)


def _query_build(settings: Settings, statement: str) -> Sequence[Sequence[Any]]:
    if settings.engine == "duckdb":
        import duckdb

        with duckdb.connect(str(settings.dir / "build.duckdb")) as built:
            return built.execute(statement).fetchall()
    with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _read_whole_build(settings: Settings) -> Published | None:
    """The last build, where all tables of the build still are its own and nothing but what lies
    beside the release changed."""
    noted = _read_note(settings)
    if not noted or noted.published.inputs[0] != _read_inputs(settings)[0]:
        return None
    unreadable: type[Exception] = pymysql.MySQLError
    if settings.engine == "duckdb":
        import duckdb

        unreadable = duckdb.Error
    try:
        [[whole]] = _query_build(settings, f"select build_id from {settings.build}.{WHOLE}")  # noqa: S608
    except unreadable:  # no mark, no build, or a file that a crash has left: all is built anew
        return None
    return noted.published if whole == noted.published.build_id else None


@dataclass(frozen=True)
class Note:
    """What is kept of the last build that was published."""

    project: str
    documented: bool
    published: Published


def _read_note(settings: Settings) -> Note | None:
    """What `remember` noted; None where that is of another project, of an older version, or not
    there."""
    try:
        noted = TypeAdapter(Note).validate_json((settings.dbt_dir / LAST_BUILD).read_bytes())
    except (OSError, ValueError):
        return None
    return noted if noted.project == project_checksum() else None


def _judge_outcomes(
    outcomes: dict[str, Outcome], manifest: Manifest, settings: Settings, before: dict[str, str]
) -> dict[str, str]:
    """What became of each node; raises BuildError unless the whole project was built and tested,
    what did not run now `before`."""
    nodes = manifest.nodes.values()
    wanted = {
        node.unique_id
        for node in nodes
        if node.resource_type in RUNS and node.config.enabled and not is_joined_test(node)
    }
    failed = [
        f"  {each.name}: {each.status}"
        + (
            f", {each.failures} rows, kept in {each.relation_name}"
            if each.failures
            else f": {each.message}"
        )
        for each in outcomes.values()
        if each.status in ("error", "fail")
    ]
    if failed:
        where = (
            settings.dir / "build.duckdb"
            if settings.engine == "duckdb"
            else f"database {settings.build}"
        )
        raise _make_build_error(
            settings,
            "\n".join(
                [
                    "nothing was published; what is live stays. Failed:",
                    *failed,
                    f"Look into {where}.",
                ]
            ),
        )
    told = before | {key: each.status for key, each in outcomes.items()}
    if missing := sorted(key for key in wanted if told.get(key) not in ("success", "pass", "warn")):
        raise BuildError(
            f"nothing was published: not all of the project ran ({len(missing)} left out, first"
            f" {missing[0]})."
        )
    return {key: told[key] for key in wanted}


def published_release(settings: Settings) -> str | None:
    """The O*NET release that is live, as its own view says; None before the first publication."""
    rows = _live_rows(settings, "current_publication", "onet_release")
    return str(rows[0][0]) if rows else None


def published_agreement(settings: Settings) -> Sequence[Sequence[Any]]:
    """Model, cut, its value, pairs, the figures and the verdict of `llm_agreement`: whole models
    first, then job zones, then elements."""
    columns = (
        "model, cut_by, coalesce(element_id, cast(job_zone as char(20))), pair_count,"
        " mean_absolute_error, mean_absolute_error_of_mean, bias, rank_correlation,"
        " share_within_error, is_better_than_mean"
    )
    order = "case cut_by when 'model' then 1 when 'job_zone' then 2 else 3 end"
    rest = (
        f"where cut_by <> 'element_and_job_zone' order by model, prompt_version, {order}, job_zone"
        " is null, job_zone, element_id"
    )
    return _live_rows(settings, "llm_agreement", columns, rest)


def _live_rows(
    settings: Settings, view: str, columns: str, rest: str = ""
) -> Sequence[Sequence[Any]]:
    """From a live view; nothing where it is not published. Raises UnreadableLiveError where that
    cannot be told."""
    text = f"select {columns} from {settings.name}.{view} {rest}"  # noqa: S608
    if settings.engine == "duckdb":
        import duckdb

        path = live_file(settings.live_dir)
        if path is None:
            return []
        try:
            with duckdb.connect(str(path), read_only=True) as published:
                return published.execute(text).fetchall()
        except duckdb.Error as error:
            raise UnreadableLiveError(path, str(error).splitlines()[0]) from error
    with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from information_schema.views where table_schema = %s and table_name"
            " = %s",
            [settings.name, view],
        )
        if not cursor.fetchall()[0][0]:
            return []
        try:
            cursor.execute(text)
        except pymysql.MySQLError as error:
            if error.args[0] not in (ER.NO_SUCH_TABLE, ER.VIEW_INVALID, ER.BAD_FIELD_ERROR):
                raise
            raise UnreadableLiveError(f"{settings.name}.{view}", error.args[-1]) from error
        return cursor.fetchall()


def is_unchanged(settings: Settings, *, documented: bool) -> bool:
    """Whether a build would only repeat what is live: made by this very project from the same rows,
    as `remember` noted.

    Args:
        settings: where the warehouse is.
        documented: whether the docs of that build must be there too.
    """
    noted = _read_note(settings)
    if not noted or (
        documented and not (noted.documented and (settings.docs_dir / "index.html").exists())
    ):
        return False
    with pipeline_lock(settings):
        try:
            live = _live_rows(settings, "current_publication", "build_id")
            if settings.engine == "duckdb":
                _check_served(settings, live)
        except UnreadableLiveError as error:
            log.warning("built anew", reason=str(error))
            return False
        return [row[0] for row in live] == [
            noted.published.build_id
        ] and noted.published.inputs == _read_inputs(settings)


def _check_served(settings: Settings, live: Sequence[Sequence[Any]]) -> None:
    """Looks into what the API reads of the embedded engine: the SQLite file beside the live one.

    Raises:
        UnreadableLiveError: it is missing, as where an earlier version published, is no database,
            or not of the build that `live` names.
    """
    from dbt_onet.pipeline.publish import sqlite as publish_sqlite

    path = live_file(settings.live_dir)
    if path is None:
        return
    path = path.with_suffix(publish_sqlite.SUFFIX)
    try:
        with closing(publish_sqlite.connect(path)) as served:
            found = served.execute("select build_id from current_publication").fetchall()
    except sqlite3.Error as error:
        raise UnreadableLiveError(path, error) from error
    if found != list(live):
        raise UnreadableLiveError(path, "it is of another publication than the file beside it")


def record_publication(settings: Settings, published: Published, *, documented: bool) -> None:
    """Notes which project made a publication, and from what."""
    note = Note(project_checksum(), documented, published)
    (settings.dbt_dir / LAST_BUILD).write_bytes(TypeAdapter(Note).dump_json(note))


def record_docs(settings: Settings) -> None:
    """Notes that the build of the last note has its docs now."""
    if noted := _read_note(settings):
        record_publication(settings, noted.published, documented=True)


def last_plan(settings: Settings) -> Plan | None:
    """What the last build published; None where that was another project."""
    noted = _read_note(settings)
    return noted.published.plan if noted else None


def _read_inputs(settings: Settings) -> list[str]:
    """What a build would read now: the newest complete load, and how much lies beside it since
    when.

    A load is known by its time, too: numbers begin again where raw was lost.
    """
    text = (
        "select (select max(concat(lpad(cast(load_id as char(12)), 12, '0'), ' ', cast(finished_at"
        " as char(40)))) from {raw}.raw_load where state = 'complete'), (select count(*) from"
        " {raw}.supplement_rating), (select max(fetched_at) from {raw}.supplement_rating), (select"
        " count(*) from {raw}.llm_answer), (select max(asked_at) from {raw}.llm_answer), (select"
        " max(concat(lpad(cast(load_id as char(12)), 12, '0'), ' ', cast(landed_at as char(40))))"
        " from {raw}.labor_file)"
    )
    if settings.engine == "duckdb":
        import duckdb

        with duckdb.connect(str(settings.dir / "raw.duckdb"), read_only=True) as raw:
            rows: Sequence[Sequence[Any]] = raw.execute(text.format(raw="main")).fetchall()
    else:
        with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
            cursor.execute(text.format(raw=settings.raw))
            rows = cursor.fetchall()
    return [str(each) for each in rows[0]]
