"""Landing a release beside the least it can cost on the same engine: the engine's own bulk reading
of the same files, unpacked."""

from __future__ import annotations

import csv
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb
import pandas as pd
import pymysql
import sqlalchemy as sa

from benchmarks.commands import Engine, MysqlServer, Run, Warehouse, run
from benchmarks.ratios import Measured
from benchmarks.report import Section, seconds, times
from loader.file_registry import FILES, ReleaseFile, columns
from loader.reader import FileReader
from loader.release import open_release
from loader.settings import Settings
from loader.store import open_store

SKILLS = "Skills.txt"


@dataclass(frozen=True)
class File:
    """A registered file of the release, unpacked."""

    registered: ReleaseFile
    path: Path
    names: tuple[str, ...]
    """The raw columns that its fields land in."""
    line_end: str

    @property
    def table(self) -> str:
        """A table per file: two files of a release may share a raw table."""
        return self.registered.name.removesuffix(".txt").lower().replace(" ", "_").replace(",", "")


@dataclass
class Landing:
    """Every repeat on one engine. Seconds."""

    engine: Engine
    loads: list[Run] = field(default_factory=list)
    tables: list[float] = field(default_factory=list)
    """Bare: making empty tables (MySQL; DuckDB makes them while it reads)."""
    bare: list[float] = field(default_factory=list)
    """Bare: reading the files into them."""
    skills: list[float] = field(default_factory=list)
    """Skills alone, through the loader's reader and store."""
    bare_skills: list[float] = field(default_factory=list)
    to_sql: list[float] = field(default_factory=list)


def unpack(source: str, folder: Path) -> list[File]:
    """The release's registered files, written to the folder as they are in the zip."""
    files = []
    with open_release(Settings(), source) as release:
        for registered in FILES:
            if registered.name not in release.files:
                continue
            path = folder / registered.name
            with release.open(registered.name) as packed, path.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
            with path.open("rb") as stream:
                names = columns(FileReader(registered, stream).layout)
            with path.open("rb") as stream:
                line_end = "\r\n" if stream.readline().endswith(b"\r\n") else "\n"
            files.append(File(registered, path, names, line_end))
    return files


def measure(landing: Landing, warehouse: Warehouse, source: str, files: list[File]) -> None:
    """One repeat: the loader into the empty warehouse, then everything that it is compared with,
    each into new tables."""
    # naming it imports the driver before the clock starts
    engine_module = f"loader.store.{landing.engine}:open_{landing.engine}"
    landing.loads.append(run(warehouse, "loader", "loader", ["land", source], [engine_module]))
    skills = [file for file in files if file.registered.name == SKILLS]
    if warehouse.server:
        _bare_mysql(warehouse.server, files, landing.tables, landing.bare)
        _bare_mysql(warehouse.server, skills, [], landing.bare_skills)
    else:
        landing.bare.append(_bare_duckdb(warehouse.dir.parent, files))
        landing.bare_skills.append(_bare_duckdb(warehouse.dir.parent, skills))
    for file in skills:
        with _scratch(warehouse) as settings:
            landing.skills.append(_through_loader(settings, file))
        if warehouse.server:
            landing.to_sql.append(_through_pandas(warehouse.server, file))


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _bare_duckdb(folder: Path, files: list[File]) -> float:
    """From opening a new database file to having closed it: the loader, too, ends with the rows on
    disk."""
    path = folder / f"bare-{secrets.token_hex(4)}.duckdb"

    def load() -> None:
        with duckdb.connect(str(path)) as connection:
            for file in files:
                fields = "{" + ", ".join(f"'{name}': 'varchar'" for name in file.names) + "}"
                connection.execute(
                    f"create table \"{file.table}\" as from read_csv(?, delim = '\\t', header ="
                    f" true, quote = '', escape = '', auto_detect = false, columns = {fields},"
                    " max_line_size = 2000000)",
                    [str(file.path)],
                )

    taken = _timed(load)
    path.unlink()
    return taken


@contextmanager
def _database(server: MysqlServer) -> Iterator[str]:
    name = f"onet_bench_{secrets.token_hex(4)}"
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"create database {name} character set utf8mb4 collate utf8mb4_0900_bin")
        try:
            yield name
        finally:
            cursor.execute(f"drop database {name}")


def _bare_mysql(
    server: MysqlServer, files: list[File], tables: list[float], rows: list[float]
) -> None:
    """One connection, one statement a file, autocommit; mediumtext columns, no keys."""
    with (
        _database(server) as database,
        closing(
            pymysql.connect(
                unix_socket=str(server.socket),
                user="root",
                database=database,
                charset="utf8mb4",
                autocommit=True,
                local_infile=True,
            )
        ) as connection,
        connection.cursor() as cursor,
    ):

        def make() -> None:
            for file in files:
                cursor.execute(
                    f"create table `{file.table}`"
                    f" ({', '.join(f'`{name}` mediumtext' for name in file.names)})"
                )

        def load() -> None:
            for file in files:
                cursor.execute(
                    f"load data local infile %s into table `{file.table}` character set utf8mb4 "
                    "fields terminated by '\\t' escaped by '' lines terminated by %s ignore 1"
                    " lines",
                    (str(file.path), file.line_end),
                )

        tables.append(_timed(make))
        rows.append(_timed(load))


@contextmanager
def _scratch(warehouse: Warehouse) -> Iterator[Settings]:
    """The loader's settings for a warehouse that is thrown away."""
    name = f"onet_bench_{secrets.token_hex(4)}"
    folder = warehouse.dir.parent / name
    if not warehouse.server:
        yield Settings(warehouse_engine="duckdb", warehouse_name=name, warehouse_dir=folder)
        shutil.rmtree(folder)
        return
    yield Settings(
        warehouse_engine="mysql",
        warehouse_name=name,
        warehouse_dir=folder,
        warehouse_user="root",
        warehouse_socket=warehouse.server.socket,
    )
    with warehouse.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"drop database {name}_raw")


def _through_loader(settings: Settings, file: File) -> float:
    """Reading, checking and writing the rows of one file; the raw tables are there before the clock
    starts."""
    with open_store(settings) as store:
        store.prepare()
        load_id = store.begin_load(
            "bench", str(file.path), str(file.path), datetime.now(UTC).replace(tzinfo=None)
        )

        def load() -> None:
            with file.path.open("rb") as stream:
                for block in FileReader(file.registered, stream).blocks():
                    store.write(load_id, file.registered.name, file.registered.table, block)
            store.complete(load_id, [], [], "{}", "[]", datetime.now(UTC).replace(tzinfo=None))

        return _timed(load)


def _through_pandas(server: MysqlServer, file: File) -> float:
    """read_csv and to_sql as most people would write them: text columns, the default method."""
    with _database(server) as database:
        address = sa.URL.create(
            "mysql+pymysql",
            "root",
            database=database,
            query={"unix_socket": str(server.socket), "charset": "utf8mb4"},
        )
        engine = sa.create_engine(address)

        def load() -> None:
            frame = pd.read_csv(
                file.path, sep="\t", dtype=str, quoting=csv.QUOTE_NONE, na_filter=False
            )
            frame.columns = pd.Index(file.names)
            frame.to_sql(file.table, engine, index=False, dtype=sa.Text())

        taken = _timed(load)
        engine.dispose()
        return taken


def section(landings: list[Landing], rows: int, size: int, release: str) -> Section:
    shown = Section(
        f"Landing O*NET {release}: {rows:,} rows, {size / 1e6:.1f} MB of text (seconds: median,"
        " range)",
        ("", *(landing.engine for landing in landings)),
    )

    def row(name: str, value: Callable[[Landing], str]) -> None:
        shown.rows.append((name, *(value(landing) for landing in landings)))

    bare = {landing.engine: _bare(landing) for landing in landings}
    row(
        "python -m loader land, whole process",
        lambda it: seconds([load.whole for load in it.loads]),
    )
    row("  inside, after start and imports", lambda it: seconds([load.inside for load in it.loads]))
    row("bare bulk reading of all files", lambda it: seconds(bare[it.engine]))
    row(
        "  of it making the tables",
        lambda it: seconds(it.tables) if it.tables else "(same statement)",
    )
    row("inside / bare", lambda it: times([load.inside for load in it.loads], bare[it.engine]))
    row(
        "whole process / bare", lambda it: times([load.whole for load in it.loads], bare[it.engine])
    )
    if all(landing.skills for landing in landings):
        row("Skills alone, loader's reader and store", lambda it: seconds(it.skills))
        row("Skills alone, bare", lambda it: seconds(it.bare_skills))
        row(
            "Skills alone, pandas read_csv + to_sql",
            lambda it: seconds(it.to_sql) if it.to_sql else "no dialect",
        )
        row("Skills: loader / bare", lambda it: times(it.skills, it.bare_skills))
        row("Skills: to_sql / loader", lambda it: times(it.to_sql, it.skills) if it.to_sql else "-")
    shown.notes = [
        (
            "The loader starts from the source as named (a zip is inflated as it is read), makes"
            " every raw table of the registry, checks every row, takes SHA-256, adds load_id,"
            " file_name and line_number and, on MySQL, keeps a primary key. Bare reads unpacked"
            " files and does none of it."
        ),
        (
            "Bare DuckDB: `create table as from read_csv`, all varchar, columns given, quotes off,"
            " new file, closed. Bare MySQL: one connection, `LOAD DATA LOCAL INFILE`, mediumtext,"
            " no keys. Making the tables counts on both sides."
        ),
        (
            "Skills alone: raw tables made beforehand for the loader and for bare MySQL; to_sql"
            " (text columns, default method) makes its own."
        ),
    ]
    shown.figures = [
        {
            "engine": landing.engine,
            "whole": [load.whole for load in landing.loads],
            "inside": [load.inside for load in landing.loads],
            "imports": [load.imports for load in landing.loads],
            "bare_tables": landing.tables,
            "bare_rows": landing.bare,
            "skills": landing.skills,
            "bare_skills": landing.bare_skills,
            "skills_to_sql": landing.to_sql,
        }
        for landing in landings
    ]
    return shown


def _bare(landing: Landing) -> list[float]:
    return [
        sum(pair)
        for pair in zip(landing.tables or [0.0] * len(landing.bare), landing.bare, strict=True)
    ]


def ratios(landings: list[Landing]) -> Measured:
    return {
        "land": {
            landing.engine: median(load.inside for load in landing.loads) / median(_bare(landing))
            for landing in landings
        }
    }


def memory(landings: list[Landing]) -> list[tuple[str, str, list[int]]]:
    """(process, engine, peak bytes of each repeat)."""
    return [
        ("loader land", landing.engine, [load.peak for load in landing.loads])
        for landing in landings
    ]
