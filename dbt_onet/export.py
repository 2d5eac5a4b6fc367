"""Bulk export: every published view as Parquet and CSV, the rows that did not make it with their reasons, and a manifest with checksums.

CSV is made safe for spreadsheets; Parquet is exact.

Both engines' rows go through one DuckDB, sorted, with types that do not depend on the engine: the same build gives the same bytes.
A view that pairs all occupations (meta `export: by_major_group` beside its description) comes as a folder with a file for each
major group that one comes from, its CSV packed: tens of millions of rows are then written in pieces that fit into memory. One that
is a rule laid out as rows, and no data (meta `export: none`), is named in the manifest with the reason.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from csv_safety import escape_formula_sql
from dbt_onet.build import BuildError, pipeline_lock, published_release
from dbt_onet.export_folder import MANIFEST, folder_for_export
from dbt_onet.export_source import Source, open_source
from dbt_onet.settings import Settings

log = structlog.get_logger()

LICENSE = {
    "name": "CC BY 4.0",
    "address": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": "This export includes information from the O*NET Database by the U.S. Department of Labor, Employment and Training "
    "Administration (USDOL/ETA), used under the CC BY 4.0 license. O*NET is a trademark of USDOL/ETA. The information has been modified: "
    "gaps between occupations, their uncertainty and their flags are derived from it here. USDOL/ETA has not approved, endorsed or tested "
    "these modifications.",
}

_REJECTED = "select load_id, file_name, line_number, reason, content from {raw}.raw_reject"


@dataclass
class _Writer:
    """Writes selects of the source as files, and remembers what it wrote."""

    folder: Path
    source: Source
    files: list[dict[str, Any]] = field(default_factory=list)

    def write(self, name: str, statement: str, *values: object, packed: bool = False) -> None:
        """`name.parquet` and `name.csv` (`.csv.gz` where packed) with the statement's rows, sorted by all columns."""
        self.write_relation(name, *self.source.fetch(statement, *values), packed=packed)

    def write_relation(self, name: str, relation: str, values: Sequence[object] = (), *, packed: bool = False) -> None:
        duck = self.source.duck
        duck.execute(f"create or replace temp table sorted as select * from {relation} order by all", values)  # noqa: S608
        ((rows,),) = duck.execute("select count(*) from sorted").fetchall()
        columns = duck.execute("describe sorted").fetchall()
        names = ((f'"{column}"', kind == "VARCHAR") for column, kind, *_ in columns)
        safe = ", ".join(f"{escape_formula_sql(column)} as {column}" if is_text else column for column, is_text in names)
        for suffix, what, form in (
            ("parquet", "sorted", "format parquet, compression zstd"),
            ("csv.gz" if packed else "csv", f"(select {safe} from sorted)", f"format csv, header{', compression gzip' * packed}"),  # noqa: S608
        ):
            path = self.folder / f"{name}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            duck.execute(f"copy {what} to ? ({form})", [str(path)])
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            self.files.append({"path": f"{name}.{suffix}", "rows": rows, "bytes": path.stat().st_size, "sha256": digest})
        log.info("exported", name=name, rows=rows)


def export(settings: Settings, folder: Path | None = None) -> Path:
    """Writes what is published into the folder (default: one named after the build, under `export/` of the warehouse) and returns it.

    Holds the pipeline lock, so that no publication comes between two views. An earlier export in the folder is replaced
    when all is written.

    Raises:
        BuildError: nothing is published, another load or build is running, or the folder is or holds what no export wrote.
    """
    with pipeline_lock(settings):
        manifest_path = settings.dbt_dir / "manifest.json"
        if not published_release(settings) or not manifest_path.exists():
            raise BuildError(f"nothing of `{settings.name}` has been published from here yet: run `make build` first.")
        try:
            manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        except ValueError:
            raise BuildError(f"{manifest_path} is damaged. Nothing was exported: run `python -m dbt_onet build` first.") from None
        with closing(open_source(settings)) as source:
            columns = ("build_id", "onet_release", "published_at")
            [values] = source.rows(f"select {', '.join(columns)} from {{live}}.current_publication")  # noqa: S608
            publication: dict[str, Any] = dict(zip(columns, map(str, values), strict=True))
            folder = folder or settings.dir / "export" / f"{publication['onet_release']}-{publication['build_id'][:8]}"
            with folder_for_export(folder) as unfinished:
                writer = _Writer(unfinished, source)
                left_out = _write_views(writer, manifest)
                writer.write("rejected_row", _REJECTED)
                _write_failing_rows(writer, manifest)
                files = sorted(writer.files, key=lambda file: str(file["path"]))
                index = {**publication, "license": LICENSE, "left_out": left_out, "files": files}
                (unfinished / MANIFEST).write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder


def _write_views(writer: _Writer, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Every view that is live; returns those that are left out, with the reason."""
    left_out = {}
    views = [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["fqn"][1] == "serving"]
    there = writer.source.names("live")
    for view in sorted(views, key=lambda node: str(node["name"])):
        name, meta = view["name"], view["config"]["meta"]
        if name not in there:
            left_out[name] = "not published yet: it is newer than the last publication"
        elif meta.get("export") == "none":
            left_out[name] = meta["export_reason"]
        elif meta.get("export") == "by_major_group":
            groups = writer.source.rows("select distinct left(occupation_code, 2) from {live}.occupation order by 1")
            for (group,) in groups:
                if not re.fullmatch("[0-9]{2}", group, re.ASCII):  # it names a file
                    raise BuildError(f"an occupation of this publication has no O*NET-SOC code but one like {group!r}: build again.")
                statement = f"select * from {{live}}.{name} where from_occupation_code like {{value}}"  # noqa: S608
                writer.write(f"{name}/from_{group}", statement, f"{group}-%", packed=True)
        else:
            writer.write(name, f"select * from {{live}}.{name}")  # noqa: S608
    return left_out


def _write_failing_rows(writer: _Writer, manifest: Mapping[str, Any]) -> None:
    """The rows that data tests found, as the last build that ran each kept them: test, what it is about, its severity, the row as JSON."""
    there = writer.source.names("build")
    found = []
    for _, test in sorted(manifest["nodes"].items()):
        if test["resource_type"] != "test" or not test.get("relation_name") or test["alias"] not in there:
            continue
        attached = test.get("attached_node") or next(iter(test["depends_on"]["nodes"]), "")
        subject = ".".join(part for part in (attached.split(".", 2)[-1], test.get("column_name") or "") if part)
        columns, rows = writer.source.table("build", test["alias"])
        found += [
            (test["name"], subject, test["config"]["severity"].lower(), json.dumps(dict(zip(columns, row, strict=True)), default=str))
            for row in rows
        ]
    duck = writer.source.duck
    duck.execute("create or replace temp table failing (test varchar, subject varchar, severity varchar, content varchar)")
    if found:
        duck.executemany("insert into failing values (?, ?, ?, ?)", found)
    writer.write_relation("failing_row", "failing")
