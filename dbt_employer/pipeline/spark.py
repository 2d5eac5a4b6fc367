"""To Spark and back: the sources as Parquet for a cluster to read, and the outputs from what it
built.

The cluster itself runs `dbt build --target spark`, in an environment of its own
(`requirements/spark.txt`).
"""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import structlog

from dbt_employer.pipeline.database import has_raw, is_onet_published
from dbt_employer.pipeline.outputs import write_outputs
from dbt_employer.pipeline.settings import EmployerSettings, employer_warehouse, onet_warehouse
from dbt_onet.pipeline.build import BuildError, pipeline_lock
from dbt_onet.pipeline.export.source import Source, open_source

log = structlog.get_logger()

RAW = (
    *("raw_load", "raw_load_file", "raw_reject", "company_enrichment"),
    *(
        "employees",
        "plans",
        "claims",
        "companies",
        "company_lookup",
        "title_map",
        "target_occupations",
    ),
)
ONET = ("occupation", "occupation_title", "occupation_rating", "rating", "current_publication")
NOTE = "staged.json"


def stage(folder: Path) -> None:
    """Writes the raw tables and what O*NET has published as Parquet, a folder a table; personal
    data, its owner's alone.

    Raises:
        BuildError: nothing was loaded, or another load or build is running.
    """
    os.umask(0o077)
    settings, onet = employer_warehouse(), onet_warehouse()
    if not has_raw(settings):
        raise BuildError(
            f"no employer's data has been loaded into `{settings.name}`: run `python -m loader "
            "employer FOLDER` first"
        )
    is_published = is_onet_published(onet)
    with (
        pipeline_lock(settings),
        closing(
            _RawFile(settings.dir / "raw.duckdb")
            if settings.engine == "duckdb"
            else open_source(settings)
        ) as source,
    ):
        for table in RAW:
            _write(source, f"select * from {{raw}}.{table}", folder / "employer_raw" / table)
    if is_published:
        with closing(open_source(onet)) as source:
            for view in ONET:
                _write(source, f"select * from {{live}}.{view}", folder / "onet" / view)
    (folder / NOTE).write_text(json.dumps({"onet_is_published": is_published}), encoding="utf-8")
    log.info("staged", folder=str(folder), onet_is_published=is_published)


def _write(source: Source, statement: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    relation, values = source.fetch(statement)
    path = str(folder / "part.parquet")
    copy = f"copy (select * from {relation}) to ? (format parquet, compression zstd)"
    source.duck.execute(copy, [*values, path])


def write_spark_outputs(spark_dir: Path, staged: Path) -> None:
    """The outputs, from the files that Spark built: the same bytes as from the other engines."""
    os.umask(0o077)
    settings = employer_warehouse()
    write_outputs(
        lambda: _Spark(spark_dir / "warehouse" / f"{settings.build}.db", staged),
        spark_dir / "tmp",
        EmployerSettings(),
    )


class _Views:
    """What `dbt_onet.pipeline.export.source.Source` asks for, of views in an own DuckDB, a schema a
    room."""

    def __init__(self) -> None:
        self.duck = duckdb.connect(config={"threads": 1})
        self._rooms = {"raw": "raw", "build": "build"}

    def _text(self, statement: str) -> str:
        return statement.format(**self._rooms)

    def release_rooms(self) -> bool:
        return True  # files of their own, which nobody writes to

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.duck.execute(self._text(statement)).fetchall()

    def table(self, room: str, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        answer = self.duck.execute(self._text(f'select * from {{{room}}}."{name}"'))
        return [column[0] for column in answer.description or ()], answer.fetchall()

    def names(self, room: str) -> set[str]:
        return {
            name
            for (name,) in self.duck.execute(
                "select view_name from duckdb_views() where schema_name = ?", [room]
            ).fetchall()
        }

    def fetch(self, statement: str, *values: object) -> tuple[str, list[object]]:
        return f"({self._text(statement)})", list(values)

    def close(self) -> None:
        self.duck.close()


class _RawFile(_Views):
    """The loader's file: nothing need be built or published."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.duck.execute(f"attach '{_quoted(path)}' as raw_file (read_only)")
        self._rooms["raw"] = "raw_file.main"


class _Spark(_Views):
    """Spark's tables and the staged raw ones, read from their files."""

    def __init__(self, build: Path, staged: Path) -> None:
        super().__init__()
        for room, folder in (("build", build), ("raw", staged / "employer_raw")):
            self.duck.execute(f"create schema {room}")
            for table in sorted(path for path in folder.iterdir() if any(path.glob("*.parquet"))):
                self.duck.execute(
                    f"create view {room}.{table.name} as select * from "
                    f"read_parquet('{_quoted(table)}/*.parquet')"
                )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
