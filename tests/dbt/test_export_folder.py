"""Where an export may write, what it leaves behind when it fails or is killed, and what a
spreadsheet may open."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import structlog

from api.responses import encode_csv
from csv_safety import FORMULA_STARTS
from dbt_onet.pipeline.build import BuildError, pipeline_lock
from dbt_onet.pipeline.export import bulk_export as export_module
from dbt_onet.pipeline.export import folder as export_folder
from dbt_onet.pipeline.export.bulk_export import export
from tests.support.small_publication import SmallPublication, small_publication
from tests.support.warehouse import Engine, Warehouse, make_warehouse

NURSE, CHIEF = ("29-1141.00", "Registered Nurses", 3), ("11-1011.00", "Chief Executives", None)


@pytest.fixture
def small(
    engine: Engine, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[SmallPublication]:
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    with (
        make_warehouse(engine, tmp_path / "warehouse", server) as warehouse,
        small_publication(warehouse) as made,
    ):
        made.build(NURSE, CHIEF)
        made.publish()
        yield made


@pytest.fixture
def there(small: SmallPublication, tmp_path: Path) -> Path:
    """A folder with an export in it, and nothing beside it but the warehouse."""
    return export(small.settings, tmp_path / "out" / "there")


def everything(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def keep_notes(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("not to be lost")


SOMEBODYS: dict[str, Callable[[Path], object]] = {
    "another file": lambda folder: (folder / "mine.csv").write_text("mine"),
    "another folder": keep_notes,
    "an empty folder": lambda folder: (folder / "later").mkdir(),
    "a hidden file": lambda folder: (folder / ".git").write_text("mine"),
    "a changed file": lambda folder: (folder / "occupation.csv").write_text(
        "occupation_code,title,job_zone\n"
    ),
    "a file changed in its bytes alone": lambda folder: (folder / "occupation.csv").write_bytes(
        (folder / "occupation.csv").read_bytes().replace(b"Chief", b"Cheif")
    ),
    "a link": lambda folder: (folder / "link").symlink_to("/etc"),
    "a manifest of another kind": lambda folder: (folder / "manifest.json").write_text(
        '{"name": "app", "icons": []}'
    ),
    "a manifest that is no JSON": lambda folder: (folder / "manifest.json").write_text("{"),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
}


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_folder_with_anything_else_in_it_is_left_alone(
    small: SmallPublication, there: Path
) -> None:
    for what, change in SOMEBODYS.items():
        folder = there.with_name("changed")
        shutil.copytree(there, folder)
        change(folder)
        before = everything(there.parent)
        with pytest.raises(
            BuildError,
            match=r"changed is no export that may be replaced: .*Nothing was exported or removed",
        ):
            export(small.settings, folder)
        assert everything(there.parent) == before, what
        shutil.rmtree(folder)
    (there.parent / "file").write_text("mine")
    with pytest.raises(BuildError, match="is no folder"):
        export(small.settings, there.parent / "file")
    assert (there.parent / "file").read_text() == "mine"
    with pytest.raises(BuildError, match="is a mount point"):
        export(small.settings, Path("/proc"))


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_new_an_empty_and_an_exported_folder_are_written(
    small: SmallPublication, there: Path
) -> None:
    names = set(everything(there))
    (there / "occupation.csv").unlink()
    small.build(CHIEF)
    small.publish()
    (there.parent / "empty").mkdir()
    (there.parent / "link").symlink_to("there")
    for folder in (
        there,
        there.parent / "empty",
        there.parent / "new" / "below",
        there.parent / "link",
    ):
        export(small.settings, folder)
        assert "Registered Nurses" not in (folder / "occupation.csv").read_text()
    assert set(everything(there)) == names - {
        "skill_gap/from_29.csv.gz",
        "skill_gap/from_29.parquet",
    }
    assert {path.name for path in there.parent.iterdir()} == {"there", "empty", "new", "link"}
    assert (there.parent / "link").is_symlink()


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_folder_beside_it_that_looks_half_done_is_left_alone(
    small: SmallPublication, there: Path
) -> None:
    for name in (
        "there.unfinished",
        ".there.unfinished",
        ".there.12345678.unfinished",
        ".there.12345678.earlier",
    ):
        keep_notes_in = there.parent / name
        keep_notes_in.mkdir()
        keep_notes(keep_notes_in)
    before = {
        name: content
        for name, content in everything(there.parent).items()
        if not name.startswith("there/")
    }
    export(small.settings, there)
    assert {
        name: content
        for name, content in everything(there.parent).items()
        if not name.startswith("there/")
    } == before


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_failing_export_leaves_what_was_there(
    small: SmallPublication, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(there.parent)
    monkeypatch.setattr(
        "dbt_onet.pipeline.export.bulk_export._write_failing_rows", lambda *_: 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        export(small.settings, there)
    assert everything(there.parent) == before


def export_and_die(small: SmallPublication, folder: Path, where: str, calls: int) -> None:
    step, seen = getattr(Path, where), [0]

    def dying(self: Path, *arguments: object, **named: object) -> object:
        if str(folder.parent) in str(self):
            if seen[0] == calls:
                os.kill(os.getpid(), signal.SIGKILL)
            seen[0] += 1
        return step(self, *arguments, **named)

    setattr(Path, where, dying)
    export(small.settings, folder)


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_kill_at_any_step_loses_nothing_and_the_next_export_cleans_up(
    small: SmallPublication, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where, calls in (
        ("mkdir", 1),
        ("unlink", 1),
        ("rename", 0),
        ("rename", 1),
        ("write_text", 0),
    ):
        before = everything(there)
        process = multiprocessing.get_context("fork").Process(
            target=export_and_die, args=(small, there, where, calls)
        )
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        kept = [path for path in there.parent.iterdir() if everything(path) == before]
        assert kept, f"{where} {calls}: the earlier export is lost"
        with monkeypatch.context() as patch:  # one that fails puts it back all the same
            patch.setattr(
                "dbt_onet.pipeline.export.bulk_export._write_failing_rows", lambda *_: 1 / 0
            )
            with pytest.raises(ZeroDivisionError):
                export(small.settings, there)
        assert everything(there) == before
        export(small.settings, there)
        assert [path.name for path in there.parent.iterdir()] == ["there"]


HOSTILE = [
    *(f"{start}HYPERLINK(1)" for start in FORMULA_STARTS),
    *(
        "\\N",
        '"quoted", and more',
        "it's",
        "a\r\nb",
        "{value} %s ? {live}",
        "plain - text",
        "null",
        "",
    ),
]


def test_csv_is_safe_for_spreadsheets_by_the_one_rule_and_parquet_exact(
    small: SmallPublication, tmp_path: Path
) -> None:
    """On either engine, and the same cells as the API's CSV of the same rows. A number below zero
    is no text."""
    rows = [(f"13-10{number:02}.00", text, -number) for number, text in enumerate(HOSTILE, 11)] + [
        NURSE,
        CHIEF,
    ]
    small.build(*rows)
    small.publish()
    folder = export(small.settings, tmp_path / "it's here")
    for name in ("occupation", "skill_gap/from_13"):
        wanted = [row for row in rows if row[0].startswith("13") or name == "occupation"]
        assert sorted(
            duckdb.execute("from read_parquet(?)", [str(folder / f"{name}.parquet")]).fetchall()
        ) == sorted(wanted)
    with (folder / "occupation.csv").open(newline="", encoding="utf-8") as file:
        cells = {row["occupation_code"]: row for row in csv.DictReader(file)}
    as_by_the_api = csv.reader(encode_csv([], rows).decode().splitlines(keepends=True))
    next(as_by_the_api)
    for code, title, zone in as_by_the_api:
        assert (cells[code]["title"], cells[code]["job_zone"]) == (title, zone)
    assert {
        cells[f"13-10{number:02}.00"]["title"][0] for number in range(11, 11 + len(FORMULA_STARTS))
    } == {"'"}


def test_the_manifest_vouches_for_what_is_written(there: Path) -> None:
    manifest = json.loads((there / export_folder.MANIFEST).read_text())
    assert {file["path"] for file in manifest["files"]} == {
        name for name, content in everything(there).items() if content
    } - {"manifest.json"}


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_code_that_is_none_is_no_file_name(small: SmallPublication, tmp_path: Path) -> None:
    """Published by an earlier version, say."""
    for code in ("../x/1.00", "'-4121.00", "%_-1.00"):
        small.build((code, "Nobody", 1))
        small.publish()
        with pytest.raises(BuildError, match="no O\\*NET-SOC code"):
            export(small.settings, tmp_path / "none")
        assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_what_is_missing_or_names_nothing_is_told(small: SmallPublication, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name in ("loop", "nul\0"):
        with pytest.raises((BuildError, OSError), match=r"names no folder|symbolic links"):
            export(small.settings, tmp_path / name)
    (small.settings.dir / "raw.duckdb").rename(tmp_path / "raw")
    with pytest.raises(BuildError, match=r"raw.duckdb is missing. Nothing was exported"):
        export(small.settings, tmp_path / "out")
    (small.settings.dbt_dir / "manifest.json").write_text('{"nodes"')
    with pytest.raises(BuildError, match="is damaged"):
        export(small.settings, tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"loop", "raw", "warehouse"}


def test_a_refusal_is_said_in_words(tmp_path: Path) -> None:
    warehouse = Warehouse("duckdb", tmp_path / "warehouse")
    with small_publication(warehouse) as made:
        made.build(CHIEF)
        made.publish()
    (tmp_path / "home").mkdir()
    keep_notes(tmp_path / "home")
    printed = warehouse.run("dbt", "dbt_onet", "export", str(tmp_path / "home"), code=1)
    assert "no export that may be replaced: it has no manifest.json" in printed
    assert "Traceback" not in printed
    assert (tmp_path / "home" / "notes" / "mine.txt").read_text() == "not to be lost"


def test_only_what_has_rows_is_written(small: SmallPublication, there: Path) -> None:
    manifest = json.loads((there / export_folder.MANIFEST).read_text())
    assert manifest["left_out"] == dict.fromkeys(("failing_row", "rejected_row"), "it has no rows")
    assert all(file["rows"] > 0 for file in manifest["files"])
    small.build()
    small.publish()
    emptied = json.loads((export(small.settings, there) / export_folder.MANIFEST).read_text())
    assert {"occupation", "skill_gap"} <= set(emptied["left_out"])
    assert [file["path"] for file in emptied["files"] if "current" not in file["path"]] == []


def test_a_build_may_run_meanwhile_where_what_is_live_is_a_file(
    small: SmallPublication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On MySQL it waits: two views would be of two publications."""
    impatient = small.settings.model_copy(update={"lock_timeout": 0.0})
    write_views = export_module._write_views
    done = []

    def meanwhile(*arguments: Any) -> None:
        if small.warehouse.server:
            with pytest.raises(BuildError, match="another load or build"), pipeline_lock(impatient):
                pass
        else:
            with pipeline_lock(impatient):
                small.build(("15-1251.00", "Programmers", 4))
                small.publish()
        done.append(True)
        write_views(*arguments)

    monkeypatch.setattr(export_module, "_write_views", meanwhile)
    folder = export(small.settings, tmp_path / "out")
    assert done
    rows = duckdb.execute(f"select occupation_code from '{folder}/occupation.parquet'").fetchall()
    assert rows == [("11-1011.00",), ("29-1141.00",)]
    assert small.codes() == (
        ["11-1011.00", "29-1141.00"] if small.warehouse.server else ["15-1251.00"]
    )


def test_progress_is_told_and_what_is_to_come(
    small: SmallPublication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as logs:
        export(small.settings, tmp_path / "out")
    files = [line["file"] for line in logs if line["event"] == "exported"]
    total = files[0].partition(" of ")[2]
    assert files[-1] == f"{total} of {total}"
    [estimate] = [line for line in logs if line["event"].startswith("exporting")]
    assert {"about_minutes", "about_megabytes", "megabytes_free"} <= estimate.keys()
    pairs = [
        number for number, line in enumerate(logs) if str(line.get("name")).startswith("skill_gap")
    ]
    assert pairs[0] < logs.index(estimate) < pairs[-1]  # the smallest piece is its measure
