"""The bulk export: whole, the same bytes from the same build and from either engine, and honest
about what did not make it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from tests.support.release_files import sample_copy
from tests.support.warehouse import Warehouse


def exported(warehouse: Warehouse, folder: Path) -> dict[str, Any]:
    printed = warehouse.run("dbt", "dbt_onet", "export", str(folder))
    assert str(folder) in printed
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return manifest


def test_every_view_is_there_row_by_row(
    published: Callable[[str], Warehouse], tmp_path: Path
) -> None:
    warehouse = published("sample")
    manifest = exported(warehouse, tmp_path / "export")
    of_pairs = ("skill_gap", "technology_gap", "similarity_matrix")
    for name in ("occupation", "rating", "occupation_transition", *of_pairs):
        wanted = {tuple(map(str, row)) for row in warehouse.query(f"select * from {{live}}.{name}")}
        for suffix in ("parquet", "csv*"):
            pattern = str(
                tmp_path
                / "export"
                / (f"{name}/*.{suffix}" if name in of_pairs else f"{name}.{suffix}")
            )
            options = "" if suffix == "parquet" else ", all_varchar = true, nullstr = ''"
            function = "read_parquet" if suffix == "parquet" else "read_csv"
            rows = duckdb.execute(f"select * from {function}('{pattern}'{options})").fetchall()
            assert len(rows) == len(wanted) > 0, name
            if suffix == "parquet":
                assert {tuple(map(str, row)) for row in rows} == wanted, name
    views = {file["path"].partition(".")[0].partition("/")[0] for file in manifest["files"]} | set(
        manifest["left_out"]
    )
    everything = {
        name
        for (name,) in warehouse.query(
            "select table_name from information_schema.tables where table_schema = '"
            + warehouse.name
            + "'"
        )
    }
    assert views == everything | {"rejected_row", "failing_row"}
    rules = [name for name, reason in manifest["left_out"].items() if reason != "it has no rows"]
    assert rules == ["occupation_pay", "profile_gap", "skill_comparison"]
    assert all(file["rows"] for file in manifest["files"])


def test_the_manifest_vouches_for_every_byte(
    published: Callable[[str], Warehouse], tmp_path: Path
) -> None:
    warehouse = published("sample")
    manifest = exported(warehouse, tmp_path / "one")
    there = {
        path.relative_to(tmp_path / "one").as_posix()
        for path in (tmp_path / "one").rglob("*")
        if path.is_file()
    }
    assert {file["path"] for file in manifest["files"]} == there - {"manifest.json"}
    for file in manifest["files"]:
        content = (tmp_path / "one" / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            file["bytes"],
            file["sha256"],
        ), file["path"]
    assert manifest["onet_release"] == "sample"
    assert "CC BY 4.0" in manifest["license"]["attribution"]
    assert exported(warehouse, tmp_path / "two") == manifest
    assert (tmp_path / "two" / "manifest.json").read_bytes() == (
        tmp_path / "one" / "manifest.json"
    ).read_bytes()


def test_both_engines_write_the_same_bytes(
    on_both_engines: Callable[[str], tuple[Warehouse, Warehouse]], tmp_path: Path
) -> None:
    """But for the publication itself, which has its own id and time."""
    one, other = (
        exported(warehouse, tmp_path / warehouse.engine) for warehouse in on_both_engines("sample")
    )
    for manifest in (one, other):
        manifest["files"] = [
            file for file in manifest["files"] if not file["path"].startswith("current_publication")
        ]
    assert len(one["files"]) > 40
    assert one["files"] == other["files"]
    assert one["left_out"] == other["left_out"]


def test_rows_that_did_not_make_it_are_told_with_reasons(copied: Warehouse, tmp_path: Path) -> None:
    """A line that cannot be landed, then a value that no test lets pass: what is live is exported,
    and beside it what was wrong."""
    warehouse = copied
    release = sample_copy(tmp_path / "release")
    lines = release.lines("Skills.txt")
    release.write("Skills.txt", [*lines, ["too", "short"]])
    landing = ("loader", "land", str(release.folder), "--release", "99.1")
    warehouse.run("loader", *landing, LOADER_MAX_REJECT_SHARE="1")
    release.replace_value("Skills.txt", 3, "Data Value", "9.75")
    warehouse.run("loader", *landing, LOADER_MAX_REJECT_SHARE="1")
    warehouse.failing_build()
    exported(warehouse, tmp_path / "export")

    def rows(name: str) -> list[tuple[Any, ...]]:
        return duckdb.execute(
            f"select * from read_parquet('{tmp_path / 'export' / name}.parquet')"
        ).fetchall()

    assert [(file, line, content) for _, file, line, _, content in rows("rejected_row")] == [
        ("Skills.txt", len(lines) + 1, "too\tshort")
    ] * 2
    assert all(reason for _, _, _, reason, _ in rows("rejected_row"))
    # the warning that nobody has reviewed this release is kept too, where its test was run
    failing = [row for row in rows("failing_row") if row[2] == "error"]
    assert {test for test, *_ in failing} == {"assert_values_are_within_their_scale"}
    assert {json.loads(content)["value"] for *_, content in failing} == {"9.75"}


def test_nothing_published_is_said(warehouse: Warehouse) -> None:
    assert "make build" in warehouse.run("dbt", "dbt_onet", "export", code=1)
