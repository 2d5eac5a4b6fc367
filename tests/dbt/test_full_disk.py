"""A disk that is full or may not be written, under publication, build and export: words, nothing
left over, what is live stays."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import pytest

from dbt_onet.pipeline.build import BuildError
from dbt_onet.pipeline.error_messages import explain_error
from dbt_onet.pipeline.export.bulk_export import export
from dbt_onet.pipeline.publish.duckdb import publish
from dbt_onet.pipeline.publish.live_files import live_file, read_history
from dbt_onet.pipeline.settings import Settings
from tests.support.small_publication import NOW, SmallPublication, small_publication
from tests.support.warehouse import ROOT, Warehouse

ROWS = [(f"11-{number:04}.00", uuid.UUID(int=number * 2**90).hex, 1) for number in range(9000)]
FEW = ROWS[:3]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for little, whose mount the test may change."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "onet-test", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root can mount a disk of its own")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallPublication]:
    """On the machine's disk, but for what is linked elsewhere."""
    with small_publication(Warehouse("duckdb", tmp_path / "warehouse")) as made:
        made.build(*FEW)
        yield made


def fill(disk: Path) -> Path:
    """A file that takes what room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(b"x" * 4096)
            except OSError:
                return ballast


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_full_disk_under_a_publication_leaves_nothing_and_stops_no_later_one(
    small: SmallPublication, disk: Path
) -> None:
    """From no room at all to room for nearly all of it: each time it fails elsewhere."""
    small.settings.live_dir.symlink_to(disk)
    small.publish()
    before, live = files(disk), live_file(small.settings.live_dir)
    history = read_history(disk)
    small.build(*ROWS)
    ballast = fill(disk)
    full, failures = ballast.stat().st_size, 0
    kinds = set[str]()
    for room in (0, 4_096, 8_192, 65_536, 262_144, 524_288, 1_048_576, 4_194_304):
        os.truncate(ballast, full - room)
        try:
            publish(small.settings, small.plan, str(uuid.uuid4()), NOW, 1, 0)
        except (OSError, duckdb.Error, sqlite3.Error) as error:
            kinds.add(type(error).__module__)
            failures += 1
            message = explain_error(error, small.settings)
            assert message is not None
            assert "A disk is full" in message
            assert "make room, then run this again" in message
            assert files(disk) == before | {"ballast"}, room
            assert live_file(small.settings.live_dir) == live
            assert read_history(disk) == history
        else:
            break
    assert failures > 2
    assert "sqlite3" in kinds, "the SQLite file, too, once was what found no room"
    assert len(small.codes()) == len(ROWS)


def test_a_disk_that_may_not_be_written_is_told_in_words(
    small: SmallPublication, disk: Path, tmp_path: Path
) -> None:
    (disk / "live").mkdir()
    small.settings.live_dir.symlink_to(disk / "live")
    small.publish()
    before = files(disk / "live")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(OSError, match="Read-only") as refused:
        small.publish()
    message = explain_error(refused.value, small.settings)
    assert message is not None
    assert "Read-only file system" in message
    assert "writable" in message
    assert files(disk / "live") == before
    assert small.codes() == [code for code, *_ in FEW]
    with pytest.raises(OSError, match="Read-only"):
        export(small.settings, disk / "out")


def test_a_full_disk_under_an_export_leaves_nothing_beside_it(
    small: SmallPublication, disk: Path
) -> None:
    small.publish()
    folder = export(small.settings, disk / "out")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    small.build(*ROWS)
    small.publish()
    fill(disk)
    with pytest.raises((OSError, duckdb.Error)) as refused:
        export(small.settings, folder)
    assert "A disk is full" in str(explain_error(refused.value, small.settings))
    assert files(disk) == {"ballast", "out"}
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def run_with_limit(warehouse: Warehouse, limit: int, *command: str) -> str:
    """What a command says for which no file may grow beyond the limit; it must fail."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=warehouse.environment("dbt") | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("limit", [20_000, 2_000_000])
def test_a_build_without_room_says_so(limit: int, landed_sample: Warehouse) -> None:
    printed = run_with_limit(landed_sample, limit, "dbt_onet", "build")
    assert "Traceback" not in printed
    assert "A disk is full" in printed
    assert not list(landed_sample.dir.glob("build.duckdb*")), (
        "what is half built frees its room at once"
    )


@pytest.fixture(scope="module")
def landed_sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse("duckdb", tmp_path_factory.mktemp("landed"))
    warehouse.land("sample")
    return warehouse


def test_what_an_engine_left_beside_a_build_is_no_obstacle(tmp_path: Path) -> None:
    """A killed one leaves a folder with what did not fit into memory."""
    from dbt_onet.pipeline.build import _clear

    settings = Settings(dir=tmp_path)
    (tmp_path / "build.duckdb.tmp").mkdir()
    for name in ("build.duckdb", "build.duckdb.wal", "build.duckdb.tmp/spilt", "build.duckdb.mine"):
        (tmp_path / name).write_bytes(b"no database")
    _clear(settings, anew=True)
    assert files(tmp_path) == {"build.duckdb.mine"}, "which somebody else put there"


def test_a_warehouse_that_can_only_be_read_is_exported_to_another_place(
    small: SmallPublication, disk: Path, tmp_path: Path
) -> None:
    small.publish()
    shutil.copytree(small.settings.dir, disk / "warehouse")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    settings = small.settings.model_copy(update={"dir": disk / "warehouse"})
    folder = export(settings, tmp_path / "out")
    rows = duckdb.execute(f"select occupation_code from '{folder}/occupation.parquet'").fetchall()
    assert rows == [(code,) for code, *_ in FEW]
    with pytest.raises(BuildError, match=r"can only be read. Name a folder"):
        export(settings)


def test_an_export_without_room_says_how_much_it_needs(small: SmallPublication, disk: Path) -> None:
    """By the first pieces, before all others are written."""
    sizes = dict.fromkeys(range(12, 24), 20) | {11: 1}
    small.build(
        *(
            (f"{group}-{number:04}.00", "".join(uuid.uuid4().hex for _ in range(190)), 1)
            for group, size in sizes.items()
            for number in range(size)
        )
    )
    small.publish()
    fill(disk)
    os.truncate(disk / "ballast", (disk / "ballast").stat().st_size - 3_200_000)
    with pytest.raises(
        BuildError, match=r"needs about .* GB more in .* are free there. Nothing was exported"
    ):
        export(small.settings, disk / "out")
    assert files(disk) == {"ballast"}
