"""The SQLite file of a publication against the DuckDB file beside it: every view, value by
value."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_onet.pipeline.publish.live_files import live_file
from dbt_onet.pipeline.publish.sqlite import APPLICATION_ID, LAYOUT, connect
from sqlite_functions import FUNCTIONS
from tests.support.labor_files import write_labor_files
from tests.support.warehouse import Engine, Warehouse, make_warehouse

SOME = "('11-1011.00', '15-1251.00', '29-1141.00', '51-4041.00')"
PAIRS = f"from_occupation_code in {SOME}"
PART = {
    "skill_comparison": PAIRS,
    "skill_gap": PAIRS,
    "llm_skill_gap": PAIRS,
    "similarity_matrix": PAIRS,
    "technology_gap": PAIRS,
    "occupation_pay": PAIRS,
    "profile_gap": f"to_occupation_code in {SOME} and from_level in (0, 0.5, 2.12, 3.88, 7)",
}
"""Of the views that have a row for every pair: which rows are compared."""


Files = Callable[[str], tuple[Path, Path]]


def as_served(value: object) -> object:
    """A value of DuckDB as it stands in the SQLite file."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        text = str(value)
        return text.rstrip("0") if "." in text else text  # as many digits as the fraction has
    return value


def both_files(warehouse: Warehouse) -> tuple[Path, Path]:
    live = live_file(warehouse.dir / "live")
    assert live
    return live, live.with_suffix(".sqlite")


@pytest.fixture
def files(published: Callable[[str], Warehouse]) -> Files:
    return lambda release: both_files(published(release))


@pytest.fixture
def served(files: Files) -> Iterator[sqlite3.Connection]:
    with closing(connect(files("sample")[1])) as connection:
        yield connection


pytestmark = pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
SLOW = [pytest.mark.release, pytest.mark.slow]


@pytest.mark.parametrize(
    "release",
    ["sample", pytest.param("29.2", marks=pytest.mark.release), pytest.param("30.3", marks=SLOW)],
)
def test_every_view_has_the_same_rows(
    files: Files,
    release: str,
) -> None:
    path, sqlite_path = files(release)
    with (
        duckdb.connect(str(path), read_only=True) as reference,
        closing(connect(sqlite_path)) as served,
    ):
        views = views_of(reference)
        assert len(views) > 20
        of_sqlite = served.execute("select name from sqlite_schema where type = 'view'").fetchall()
        assert {name for _, name in views} == {name for (name,) in of_sqlite}
        empty = {name for schema, name in views if not compare(reference, served, schema, name)}
    assert not empty & {"skill_gap", "skill_comparison", "profile_gap", "technology_gap", "rating"}


def views_of(reference: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    text = "select schema_name, view_name from duckdb_views() where not internal order by view_name"
    return reference.execute(text).fetchall()


def compare(
    reference: duckdb.DuckDBPyConnection,
    served: sqlite3.Connection,
    schema: str,
    view: str,
) -> int:
    """The number of rows that were compared: names of columns, types and values, in any order."""
    narrowed = f"where {PART[view]}" if view in PART else ""
    wanted = reference.execute(f"select * from {schema}.{view} {narrowed}")
    found = served.execute(f"select * from {view} {narrowed}")
    assert [each[0] for each in found.description] == [each[0] for each in wanted.description]
    rows = sorted(repr(tuple(map(as_served, row))) for row in wanted.fetchall())
    found_rows = sorted(map(repr, found.fetchall()))
    assert len(found_rows) == len(rows), view
    differing = [pair for pair in zip(rows, found_rows, strict=True) if pair[0] != pair[1]]
    assert not differing, f"{view}: {len(differing)} rows differ, first {differing[0]}"
    return len(rows)


def test_the_file_says_what_it_is(served: sqlite3.Connection) -> None:
    """By its header, and with the keys that the tables have on a server."""

    def pragma(name: str) -> Any:
        return served.execute(f"pragma {name}").fetchall()[0][0]

    assert pragma("application_id") == APPLICATION_ID
    assert pragma("user_version") == LAYOUT
    assert pragma("journal_mode") == "delete"
    assert pragma("integrity_check") == "ok"
    assert served.execute("pragma foreign_key_check").fetchall() == []
    keys = served.execute("pragma foreign_key_list('fct_occupation_element')").fetchall()
    assert {(row[2], row[3]) for row in keys} == {
        ("dim_occupation", "occupation_code"),
        ("dim_element", "element_id"),
    }
    assert served.execute("select count(*) from sqlite_stat1").fetchall()[0][0] > 10
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        served.execute("delete from publication")


LOOK_UPS = {
    "a pair": "skill_gap where from_occupation_code = ? and to_occupation_code = ?",
    "a comparison": "skill_comparison where from_occupation_code = ? and to_occupation_code = ?",
    "technologies": "technology_gap where from_occupation_code = ? and to_occupation_code = ?",
    "moves": "occupation_transition where from_occupation_code = ? and to_occupation_code = ?",
    "a profile": "profile_gap where to_occupation_code = ? and from_level = ?",
    "titles": "occupation_title where occupation_code = ?",
    "a title": "occupation_title where normalized_title = ?",
    "tasks": "occupation_task where occupation_code = ?",
    "codes": "occupation_code where occupation_code = ?",
    "a code": "occupation_code where code_id = ?",
    "ratings": "rating where occupation_code = ?",
    "wages": "occupation_wage where occupation_code = ?",
}


@pytest.mark.parametrize("look_up", LOOK_UPS.values(), ids=LOOK_UPS)
def test_what_endpoints_look_up_scans_no_table_of_occupations(
    served: sqlite3.Connection,
    look_up: str,
) -> None:
    """Small tables may be scanned: the few technology categories, the t distribution, vintages."""
    values = ["x"] * look_up.count("?")
    plan = served.execute(f"explain query plan select * from {look_up}", values)
    steps = [row[3] for row in plan]
    scanned = {step.split()[1] for step in steps if step.startswith("SCAN")}
    assert not scanned, steps


def test_a_library_without_the_functions_gets_them(
    files: Files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if it had none of them: the same gaps, to the last digit."""
    text = f"select * from skill_comparison where {PAIRS}"
    path = files("sample")[1]
    with closing(connect(path)) as usual:
        wanted = usual.execute(text).fetchall()
    for name, (arguments, function, _) in FUNCTIONS.items():
        monkeypatch.setitem(FUNCTIONS, name, (arguments, function, ""))
    with closing(connect(path)) as bare:
        assert bare.execute(text).fetchall() == wanted
        texts = "select concat('a', null, 1), char_length('Ä1'), lower('ÄB'), sqrt(-1), floor(-1.5)"
        assert bare.execute(texts).fetchall() == [("a1", 2, "äb", None, -2)]
    assert len(wanted) > 100


def test_the_command_line_tool_opens_it(files: Files) -> None:
    """Which any machine may have in any version; it needs nothing of this project."""
    tool = shutil.which("sqlite3")
    if not tool:
        pytest.skip("no sqlite3 on the PATH")
    command = [tool, "-readonly", str(files("sample")[1])]
    asked = [*command, ".tables", "select count(*) from occupation"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert "current_publication" in done.stdout
    assert int(done.stdout.splitlines()[-1]) > 5


def test_pay_codes_and_levels_of_a_model_are_the_same(tmp_path: Path, engine: Engine) -> None:
    """What no release has: files of the labour market, and levels that a language model gave."""
    with make_warehouse(engine, tmp_path / "warehouse", None) as warehouse:
        warehouse.land("sample")
        warehouse.run("loader", "loader", "labor", str(write_labor_files(tmp_path / "files")))
        warehouse.build()
        scored = "'m' as model, '1' as prompt_version, 0.9 as confidence"
        columns = "occupation_code, element_id, level + 0.25 as level"
        some = "from {build}.fct_occupation_element where level between 1 and 5"
        asked = "timestamp '2026-01-02 03:04:05.678' as asked_at"
        warehouse.change_build(
            f"insert into {{build}}.fct_llm_rating by name select {columns}, {scored}, {asked}"
            f" {some}",
            "insert into {build}.fct_llm_occupation_element by name "
            f"select * exclude (level_n, level_standard_error, level_error), {scored} {some}",
        )
        warehouse.publish()
        path, sqlite_path = both_files(warehouse)
        with (
            duckdb.connect(str(path), read_only=True) as reference,
            closing(connect(sqlite_path)) as served,
        ):
            views = views_of(reference)
            empty = {name for schema, name in views if not compare(reference, served, schema, name)}
    assert not empty
