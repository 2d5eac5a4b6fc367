"""The embedded engine's published files: what is removed, what stays, and what is said of a pointer
or a file that is damaged.

A publication of two small tables is the real one, without the minute of a build before it.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from dbt_onet.pipeline.build import Published, is_unchanged, published_release, record_publication
from dbt_onet.pipeline.publish import live_files
from dbt_onet.pipeline.publish import sqlite as publish_sqlite
from dbt_onet.pipeline.publish.duckdb import publish
from dbt_onet.pipeline.publish.live_files import UnreadableLiveError, live_file, read_history
from dbt_onet.pipeline.publish.plan import Column, Plan, Table, View
from dbt_onet.pipeline.settings import Settings
from tests.support.warehouse import Warehouse

STAMPS = [
    Column("published_at", "datetime", True),
    *(Column(name, "bigint", True) for name in ("passed_test_count", "warned_test_count")),
]
PLAN = Plan(
    (
        Table(
            "publication", (Column("build_id", "varchar(36)", False), *STAMPS), ("build_id",), ()
        ),
        Table("dim_scale", (Column("scale_id", "varchar(3)", False),), ("scale_id",), ()),
    ),
    (
        View(
            "current_publication",
            "select * from built_publication",
            {"built_publication": "publication"},
        ),
    ),
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A warehouse's folder with a finished build in it."""
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    made = Settings()
    made.dir.mkdir()
    make_build(made)
    return made


def make_build(settings: Settings, scales: int = 2) -> None:
    with duckdb.connect(str(settings.dir / "build.duckdb")) as built:
        built.execute(f"create schema if not exists {settings.build}")
        built.execute(
            f"create or replace table {settings.build}.publication as select 'x' as build_id,"
            " null::timestamp as published_at, null::bigint as passed_test_count, null::bigint as"
            " warned_test_count"
        )
        built.execute(
            f"create or replace table {settings.build}.dim_scale as select range as scale_id from"
            f" range({scales})"
        )


def publish_at(settings: Settings, moment: datetime) -> Path:
    """The file that was made, which is now live."""
    publish(settings, PLAN, str(uuid.uuid4()), moment, 1, 0)
    live = live_file(settings.live_dir)
    assert live
    return live


def files(settings: Settings) -> set[str]:
    own = {live_files.POINTER, live_files.HISTORY}
    return {path.name for path in settings.live_dir.iterdir()} - own


def of(*publications: Path) -> set[str]:
    """The files of the publications that these are the DuckDB files of."""
    return {path.with_suffix(kind).name for path in publications for kind in (".duckdb", ".sqlite")}


def test_copies_of_the_live_file_beside_it_cost_nothing(settings: Settings) -> None:
    first = publish_at(settings, NOW)
    copies = {"backup-a.duckdb", "backup-b.duckdb", "zzz.duckdb", "notes.txt", f"{first.name}.keep"}
    for name in copies:
        shutil.copyfile(first, first.with_name(name))
    second = publish_at(settings, NOW + timedelta(minutes=1))
    assert files(settings) == of(first, second) | copies
    third = publish_at(settings, NOW + timedelta(minutes=2))
    assert files(settings) == of(second, third) | copies


def test_a_clock_that_jumps_costs_nothing(settings: Settings) -> None:
    """A day ahead once, then right again, then a day behind: what is live and the one before it are
    always there."""
    before = publish_at(settings, NOW + timedelta(days=1))
    for moment in (NOW, NOW, NOW - timedelta(days=1), NOW + timedelta(days=2)):
        now = publish_at(settings, moment)
        assert files(settings) == of(before, now)
        with duckdb.connect(str(now), read_only=True) as opened:
            assert opened.execute(
                f"select count(*) from {settings.name}.current_publication"
            ).fetchall() == [(1,)]
        before = now


def test_files_of_another_time_that_no_list_names_stay(settings: Settings) -> None:
    """As an older version left them, or another machine's folder that was copied here."""
    settings.live_dir.mkdir()
    old = [settings.live_dir / f"20250101T00000{n}Z-0000000{n}.duckdb" for n in range(3)]
    for path in old:
        path.write_bytes(b"of another time")
    (settings.live_dir / live_files.POINTER).write_text(old[0].name)
    made = [publish_at(settings, NOW + timedelta(minutes=n)) for n in range(4)]
    assert files(settings) == {*(path.name for path in old), *of(*made[-2:])}


@pytest.mark.parametrize(
    "history", [b"", b"[{", b'[{"build_id": "x", "files": ["../raw.duckdb"]}]', b"\xff\xfe", b"{}"]
)
def test_a_damaged_list_of_publications_removes_nothing(settings: Settings, history: bytes) -> None:
    """And none that names a path leads out of the folder."""
    kept = publish_at(settings, NOW)
    (settings.dir / "raw.duckdb").write_bytes(b"raw")
    (settings.live_dir / live_files.HISTORY).write_bytes(history)
    later = [publish_at(settings, NOW + timedelta(minutes=n)) for n in range(1, 4)]
    assert files(settings) == of(kept, *later[-2:])
    assert (settings.dir / "raw.duckdb").read_bytes() == b"raw"


def test_a_file_that_stands_for_the_live_one_is_not_removed(settings: Settings) -> None:
    """Somebody renamed what is live and left a link; the pointer follows the new name."""
    first = publish_at(settings, NOW)
    first.rename(first.with_name("mine.duckdb"))
    first.symlink_to("mine.duckdb")
    (settings.live_dir / live_files.POINTER).write_text("mine.duckdb\n")
    later = [publish_at(settings, NOW + timedelta(minutes=n)) for n in range(1, 4)]
    assert files(settings) == {"mine.duckdb"} | of(*later[-2:])


def test_a_pointer_put_back_by_hand_is_followed(settings: Settings) -> None:
    """To the publication before: what it names now is current, and stays with the next one."""
    first, second = publish_at(settings, NOW), publish_at(settings, NOW + timedelta(minutes=1))
    (settings.live_dir / live_files.POINTER).write_text(first.name)
    third = publish_at(settings, NOW + timedelta(minutes=2))
    assert files(settings) == of(first, third)
    assert not files(settings) & of(second)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "pointer empty": lambda live: (live / "current").write_bytes(b""),
    "pointer missing": lambda live: (live / "current").unlink(),
    "pointer is no text": lambda live: (live / "current").write_bytes(b"\xff\xfe\x00"),
    "pointer leads elsewhere": lambda live: (live / "current").write_text("../build.duckdb"),
    "pointer names nothing": lambda live: (live / "current").write_text("none.duckdb"),
    "file missing": lambda live: name_of(live).unlink(),
    "file empty": lambda live: name_of(live).write_bytes(b""),
    "file cut": lambda live: os.truncate(name_of(live), 5000),
    "file is no database": lambda live: name_of(live).write_bytes(b"no database" * 1000),
    "file is a folder": lambda live: become_a_folder(name_of(live)),
    "no SQLite file, as an earlier version left it": lambda live: served(live).unlink(),
    "SQLite file empty": lambda live: served(live).write_bytes(b""),
    "SQLite file cut": lambda live: os.truncate(served(live), 5000),
    "SQLite file is no database": lambda live: served(live).write_bytes(b"no database" * 1000),
    "SQLite file is of another build": lambda live: change_build_id(served(live)),
}


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def change_build_id(path: Path) -> None:
    with closing(sqlite3.connect(path)) as changed:
        changed.execute("update publication set build_id = 'another'")
        changed.commit()


def served(live: Path) -> Path:
    return name_of(live).with_suffix(".sqlite")


def name_of(live: Path) -> Path:
    return live / (live / "current").read_text().strip()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_publication_is_published_over(
    settings: Settings, damage: Callable[[Path], object]
) -> None:
    """Nothing that is whole goes before there is a new one."""
    first, second = publish_at(settings, NOW), publish_at(settings, NOW + timedelta(minutes=1))
    damage(settings.live_dir)
    third = publish_at(settings, NOW + timedelta(minutes=2))
    assert third.name in files(settings)
    assert files(settings) <= of(first, second, third) | {"none.duckdb"}
    fourth = publish_at(settings, NOW + timedelta(minutes=3))
    assert files(settings) - of(first, second) == of(third, fourth)


KILL_POINTS = {
    "before the list": ("_write_history", 0),
    "within the list": ("sync", 0),
    "SQLite's file is begun": ("create_table_sql", 1),
    "the files are made": ("sync", 2),
    "one file has its name": ("rename", 1),
    "both files have their names": ("sync", 3),
    "before the switch": ("switch", 0),
    "within the switch": ("sync", 4),
    "after the switch": ("sync", 5),
    "before the old file goes": ("prune", 1),
    "the old file is gone": ("_write_history", 1),
}


@pytest.mark.parametrize("point", KILL_POINTS.values(), ids=KILL_POINTS)
def test_a_kill_at_any_step_leaves_a_whole_publication_and_nothing_to_clean(
    settings: Settings, point: tuple[str, int]
) -> None:
    before = [publish_at(settings, NOW), publish_at(settings, NOW)][-1]
    foreign = settings.live_dir / "backup.duckdb"
    shutil.copyfile(before, foreign)
    process = multiprocessing.get_context("fork").Process(
        target=publish_and_die, args=(settings, *point)
    )
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    live = live_file(settings.live_dir)
    assert live
    with duckdb.connect(str(live), read_only=True) as opened:
        assert opened.execute(f"select count(*) from {settings.core}.dim_scale").fetchall() == [
            (2,)
        ]
    with closing(publish_sqlite.connect(live.with_suffix(".sqlite"))) as opened:
        assert opened.execute("select count(*) from dim_scale").fetchall() == [(2,)]
    after = publish_at(settings, NOW + timedelta(minutes=2))
    assert files(settings) == of(live, after) | {foreign.name}


def publish_and_die(settings: Settings, name: str, calls: int) -> None:
    """Kills itself at the given call of a step, the first is 0."""
    owners: dict[str, object] = {"create_table_sql": publish_sqlite, "rename": Path}
    owner = owners.get(name, live_files)
    step, seen = getattr(owner, name), [0]

    def dying(*arguments: object) -> object:
        if seen[0] == calls:
            os.kill(os.getpid(), signal.SIGKILL)
        seen[0] += 1
        return step(*arguments)

    setattr(owner, name, dying)
    publish(settings, PLAN, str(uuid.uuid4()), NOW + timedelta(minutes=1), 1, 0)


def test_what_a_publication_is_about_to_make_is_recorded_first(settings: Settings) -> None:
    """Several files of one publication go together, half made ones and the engine's own beside them
    too."""
    publish_at(settings, NOW)
    made = live_files.PublicationFiles("of-two-files", ("one.duckdb", "one.sqlite"))
    live_files.begin(settings.live_dir, made)
    for name in (
        "one.duckdb",
        "one.sqlite",
        "one.duckdb.tmp",
        "one.duckdb.tmp.wal",
        "one.sqlite.tmp-journal",
        "one.sqlite2",
    ):
        (settings.live_dir / name).write_bytes(b"half")
    (settings.live_dir / "one.duckdb.tmp.tmp").mkdir()
    (settings.live_dir / "one.duckdb.tmp.tmp" / "spilt").write_bytes(b"half")
    assert read_history(settings.live_dir)[-1] == made
    after = publish_at(settings, NOW + timedelta(minutes=1))
    assert {name for name in files(settings) if name.startswith("one")} == {"one.sqlite2"}
    live_files.begin(settings.live_dir, made)
    (settings.live_dir / "one.duckdb").write_bytes(b"whole")
    (settings.live_dir / "one.sqlite").write_bytes(b"whole")
    live_files.switch(settings.live_dir, "one.sqlite")
    live_files.prune(settings.live_dir)
    assert files(settings) == of(after) | {"one.duckdb", "one.sqlite", "one.sqlite2"}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_publication_is_built_anew_and_told_in_words(
    settings: Settings,
    damage: Callable[[Path], object],
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    """`build --if-changed` asks `is_unchanged`; whoever asks for rows is told what to do."""
    publish_at(settings, NOW)
    settings.dbt_dir.mkdir()
    record_publication(settings, Published("x", "29.2", NOW, 1, 0, [], {}, PLAN), documented=False)
    damage(settings.live_dir)
    assert not is_unchanged(settings, documented=False)
    assert "built anew" in capsys.readouterr().out
    if "SQLite" in request.node.callspec.id:
        return  # the DuckDB file answers
    with pytest.raises(
        UnreadableLiveError,
        match=r"what is live cannot be read.*`make build` builds and publishes it again",
    ):
        published_release(settings)


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_command_says_so_without_a_traceback(settings: Settings, engine: str) -> None:
    publish_at(settings, NOW)
    (settings.live_dir / live_files.POINTER).unlink()
    printed = Warehouse("duckdb", settings.dir, name="onet").run(
        "dbt", "dbt_onet", "published", code=1
    )
    assert "current: it is missing" in printed
    assert "Traceback" not in printed
