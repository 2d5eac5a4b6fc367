"""Bulk export: every published view as Parquet and CSV, the rows that did not make it with their
reasons, and a manifest with checksums.

CSV is made safe for spreadsheets; Parquet is exact.

Both engines' rows go through one DuckDB, sorted, with types that do not depend on the engine: the
same build gives the same bytes. A view that pairs all occupations (meta `export: by_major_group`
beside its description) comes as a folder with a file for each major group that one comes from, its
CSV packed: tens of millions of rows are then written in pieces that fit into memory. One that is a
rule laid out as rows, and no data (meta `export: none`), is named in the manifest with the reason;
so is one without rows.

The smallest piece of each such view is written first: how large it is and how long it took says
what the whole will be.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from csv_safety import escape_formula_sql
from dbt_onet.pipeline.build import BuildError, pipeline_lock, published_release
from dbt_onet.pipeline.export.folder import MANIFEST, folder_for_export
from dbt_onet.pipeline.export.source import Source, open_source
from dbt_onet.pipeline.settings import Settings

log = structlog.get_logger()

LICENSE = {
    "name": "CC BY 4.0",
    "address": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": (
        "This export includes information from the O*NET Database by the U.S. Department of Labor,"
        " Employment and Training Administration (USDOL/ETA), used under the CC BY 4.0 license."
        " O*NET is a trademark of USDOL/ETA. The information has been modified: gaps between"
        " occupations, their uncertainty and their flags are derived from it here. USDOL/ETA has"
        " not approved, endorsed or tested these modifications. Wages and projections, where there"
        " are any: U.S. Bureau of Labor Statistics. This service uses the ESCO classification of"
        " the European Commission, adapted: its codes are looked up by occupation."
    ),
}

_REJECTED = "select load_id, file_name, line_number, reason, content from {raw}.raw_reject"


@dataclass
class _Writer:
    """Writes selects of the source as files, and remembers what it wrote."""

    folder: Path
    source: Source
    total: int
    """How many relations there are to write."""
    files: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0

    def write(self, name: str, statement: str, *values: object, packed: bool = False) -> None:
        """`name.parquet` and `name.csv` (`.csv.gz` where packed) with the statement's rows, sorted
        by all columns."""
        self.write_relation(name, *self.source.fetch(statement, *values), packed=packed)

    def write_relation(
        self, name: str, relation: str, values: Sequence[object] = (), *, packed: bool = False
    ) -> None:
        duck = self.source.duck
        duck.execute(
            f"create or replace temp table sorted as select * from {relation} order by all",  # noqa: S608
            values,
        )
        ((rows,),) = duck.execute("select count(*) from sorted").fetchall()
        self.done += 1
        if not rows:
            return
        columns = duck.execute("describe sorted").fetchall()
        names = ((f'"{column}"', kind == "VARCHAR") for column, kind, *_ in columns)
        safe = ", ".join(
            f"{escape_formula_sql(column)} as {column}" if is_text else column
            for column, is_text in names
        )
        for suffix, what, form in (
            ("parquet", "sorted", "format parquet, compression zstd"),
            (
                "csv.gz" if packed else "csv",
                f"(select {safe} from sorted)",  # noqa: S608
                f"format csv, header{', compression gzip' * packed}",
            ),
        ):
            path = self.folder / f"{name}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            duck.execute(f"copy {what} to ? ({form})", [str(path)])
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            self.files.append(
                {
                    "path": f"{name}.{suffix}",
                    "rows": rows,
                    "bytes": path.stat().st_size,
                    "sha256": digest,
                }
            )
        log.info("exported", name=name, rows=rows, file=f"{self.done} of {self.total}")


def export(settings: Settings, folder: Path | None = None) -> Path:
    """Writes what is published into the folder (default: one named after the build, under `export/`
    of the warehouse) and returns it.

    Holds the pipeline lock while it reads the raw rows and the build; on MySQL until the end, so
    that no publication comes between two views. The embedded engine's publication is a file that
    never changes: a load or a build may run meanwhile. An earlier export in the folder is replaced
    when all is written.

    Raises:
        BuildError: nothing is published, another load or build is running, there is no room, or the
            folder is or holds what no export wrote.
    """
    with _lock(settings) as lock, ExitStack() as stack:
        manifest = _read_manifest(settings)
        source = stack.enter_context(closing(open_source(settings)))
        columns = ("build_id", "onet_release", "published_at")
        [values] = source.rows(f"select {', '.join(columns)} from {{live}}.current_publication")  # noqa: S608
        publication: dict[str, Any] = dict(zip(columns, map(str, values), strict=True))
        folder = folder or _default_folder(settings, publication)
        views, left_out = _choose_views(source, manifest)
        groups = _count_groups(source)
        grouped = [view for view in views if views[view]]
        total = len(views) - len(grouped) + len(grouped) * len(groups) + 2
        with folder_for_export(folder) as unfinished:
            writer = _Writer(unfinished, source, total)
            writer.write("rejected_row", _REJECTED)
            _write_failing_rows(writer, manifest)
            if source.release_rooms():
                lock.close()
            _write_views(writer, views, groups)
            written = {
                str(file["path"]).partition(".")[0].partition("/")[0] for file in writer.files
            }
            empty = {*views, "rejected_row", "failing_row"} - written
            left_out |= dict.fromkeys(empty, "it has no rows")
            files = sorted(writer.files, key=lambda file: str(file["path"]))
            told = dict(sorted(left_out.items()))
            index = {**publication, "license": LICENSE, "left_out": told, "files": files}
            (unfinished / MANIFEST).write_text(
                json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
    return folder


@contextmanager
def _lock(settings: Settings) -> Iterator[ExitStack]:
    """The pipeline lock, to be closed as soon as it may. Who cannot write here needs none: nobody
    lets a build of theirs wait for it."""
    with ExitStack() as held:
        try:
            held.enter_context(pipeline_lock(settings))
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            log.info("the warehouse can only be read here", folder=str(settings.dir))
        yield held


def _read_manifest(settings: Settings) -> Mapping[str, Any]:
    path = settings.dbt_dir / "manifest.json"
    if not published_release(settings) or not path.exists():
        raise BuildError(
            f"nothing of `{settings.name}` has been published from here yet: run `make build`"
            " first."
        )
    try:
        manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise BuildError(
            f"{path} is damaged. Nothing was exported: run `python -m dbt_onet build` first."
        ) from None
    return manifest


def _default_folder(settings: Settings, publication: Mapping[str, Any]) -> Path:
    if not os.access(settings.dir, os.W_OK):
        raise BuildError(
            f"{settings.dir} can only be read. Name a folder to export to: `make export FOLDER=…`."
        )
    return settings.dir / "export" / f"{publication['onet_release']}-{publication['build_id'][:8]}"


def _choose_views(
    source: Source, manifest: Mapping[str, Any]
) -> tuple[dict[str, bool], dict[str, str]]:
    """The live views to write, and whether in groups; and those that are left out, with the
    reason."""
    views, left_out = {}, {}
    nodes = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "serving"
    ]
    there = source.names("live")
    for node in sorted(nodes, key=lambda node: str(node["name"])):
        name, meta = node["name"], node["config"]["meta"]
        if name not in there:
            left_out[name] = "not published yet: it is newer than the last publication"
        elif meta.get("export") == "none":
            left_out[name] = meta["export_reason"]
        else:
            views[name] = meta.get("export") == "by_major_group"
    return views, left_out


def _count_groups(source: Source) -> dict[str, int]:
    """The major groups with their occupations, the smallest first."""
    text = (
        "select left(occupation_code, 2), count(*) from {live}.occupation group by"
        " left(occupation_code, 2)"
    )
    groups = {str(group): int(count) for group, count in source.rows(text)}
    for group in groups:
        if not re.fullmatch("[0-9]{2}", group, re.ASCII):  # it names a file
            raise BuildError(
                f"an occupation of this publication has no O*NET-SOC code but one like {group!r}:"
                " build again."
            )
    return dict(sorted(groups.items(), key=lambda each: (each[1], each[0])))


def _write_views(writer: _Writer, views: Mapping[str, bool], groups: Mapping[str, int]) -> None:
    to_come: list[tuple[str, str]] = []
    seconds = size = 0.0
    for name, in_groups in views.items():
        if not in_groups:
            writer.write(name, f"select * from {{live}}.{name}")  # noqa: S608
            continue
        left = list(groups)
        while left:
            group = left.pop(0)
            started = time.monotonic()
            if written := _write_group(writer, name, group):
                times = sum(groups[each] for each in left) / groups[group]
                seconds += (time.monotonic() - started) * times
                size += written * times
                break
        to_come += [(name, group) for group in left]
    if to_come:
        _tell_what_is_to_come(writer.folder, seconds, size)
    for name, group in to_come:
        _write_group(writer, name, group)


def _write_group(writer: _Writer, view: str, group: str) -> int:
    """How many bytes that are; 0 where it has no rows."""
    statement = f"select * from {{live}}.{view} where from_occupation_code like {{value}}"  # noqa: S608
    before = sum(file["bytes"] for file in writer.files)
    writer.write(f"{view}/from_{group}", statement, f"{group}-%", packed=True)
    written: int = sum(file["bytes"] for file in writer.files) - before
    return written


def _tell_what_is_to_come(folder: Path, seconds: float, size: float) -> None:
    """By what the first pieces took. Raises BuildError where there is no room for the others."""
    room = shutil.disk_usage(folder).free
    about = {"about_minutes": round(seconds / 60, 1), "about_megabytes": round(size / 1e6)}
    log.info("exporting all pairs of occupations", **about, megabytes_free=round(room / 1e6))
    if size > room:
        raise BuildError(
            f"an export needs about {size / 1e9:.1f} GB more in {folder.parent}, and"
            f" {room / 1e9:.1f} GB are free there. Nothing was exported: make room, or name another"
            " folder."
        )


def _write_failing_rows(writer: _Writer, manifest: Mapping[str, Any]) -> None:
    """The rows that data tests found, as the last build that ran each kept them: test, what it is
    about, its severity, the row as JSON."""
    there = writer.source.names("build")
    found = []
    for _, test in sorted(manifest["nodes"].items()):
        if (
            test["resource_type"] != "test"
            or not test.get("relation_name")
            or test["alias"] not in there
        ):
            continue
        attached = test.get("attached_node") or next(iter(test["depends_on"]["nodes"]), "")
        subject = ".".join(
            part for part in (attached.split(".", 2)[-1], test.get("column_name") or "") if part
        )
        columns, rows = writer.source.table("build", test["alias"])
        found += [
            (
                test["name"],
                subject,
                test["config"]["severity"].lower(),
                json.dumps(dict(zip(columns, row, strict=True)), default=str),
            )
            for row in rows
        ]
    duck = writer.source.duck
    duck.execute(
        "create or replace temp table failing (test varchar, subject varchar, severity varchar,"
        " content varchar)"
    )
    if found:
        duck.executemany("insert into failing values (?, ?, ?, ?)", found)
    writer.write_relation("failing_row", "failing")
