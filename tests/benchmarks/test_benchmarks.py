"""The bench: the releases that it makes are releases, and a run that falls behind its record says
so. No time is tested."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import growth as growing
from benchmarks import plot as plotting
from benchmarks import ratios
from benchmarks import synthetic_releases as synthetic
from benchmarks.build import OF_PAIRS
from benchmarks.commands import Engine
from benchmarks.report import Section, machine, write
from loader.file_registry import NOT_DATA
from tests.support.release_files import SAMPLE, Release
from tests.support.warehouse import ROOT, make_warehouse

COPIES = 3
FILES = sorted(path for path in SAMPLE.glob("*.txt") if path.name not in NOT_DATA)
CODE = re.compile(r"\d\d-\d{4}\.\d\d")


def _column(release: Release, file: str, heading: str) -> list[str]:
    header, *rows = release.lines(file)
    return [row[header.index(heading)] for row in rows]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return Release(synthetic.copies(FILES, tmp_path_factory.mktemp("grown") / "release", COPIES, 1))


def test_every_copy_of_an_occupation_has_a_code_of_its_own(grown: Release) -> None:
    codes = _column(grown, "Occupation Data.txt", "O*NET-SOC Code")
    assert (
        len(set(codes))
        == len(codes)
        == COPIES * len(_column(Release(SAMPLE), "Occupation Data.txt", "O*NET-SOC Code"))
    )
    assert all(CODE.fullmatch(code) for code in codes)
    tasks = _column(grown, "Task Statements.txt", "Task ID")
    assert len(set(tasks)) == len(tasks)


@pytest.mark.parametrize("every", [1, 2])
def test_every_row_of_a_copy_leads_to_that_copy(tmp_path: Path, every: int) -> None:
    original, made = (
        Release(SAMPLE),
        Release(synthetic.copies(FILES, tmp_path / "release", COPIES, every)),
    )
    chosen = _column(original, "Occupation Data.txt", "O*NET-SOC Code")[::every]
    of = {synthetic.code_of(code, copy): (code, copy) for code in chosen for copy in range(COPIES)}
    for path in FILES:
        header, *rows = made.lines(path.name)
        places = [
            place for place, heading in enumerate(header) if heading.endswith("O*NET-SOC Code")
        ]
        if not places:
            assert [header, *rows] == original.lines(path.name)
            continue
        seen: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            whose = [of[row[place]] for place in places]
            assert len({copy for _, copy in whose}) == 1
            seen[tuple(code for code, _ in whose)] += 1
        expected = Counter(
            tuple(row[place] for place in places) for row in original.lines(path.name)[1:]
        )
        assert seen == {
            codes: count * COPIES for codes, count in expected.items() if set(codes) <= set(chosen)
        }, path.name


def test_a_code_that_has_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match=r"11-1011\.12"):
        synthetic.code_of("11-1011.12", 1)


def test_copies_build_and_pass_every_test(grown: Release, tmp_path: Path) -> None:
    with make_warehouse("duckdb", tmp_path / "warehouse", None) as warehouse:
        warehouse.land(grown.folder, "--release", synthetic.NUMBER)
        warehouse.build()
        assert warehouse.query("select count(*) from {live}.occupation") == [
            (len(grown.lines("Occupation Data.txt")) - 1,)
        ]


def test_a_file_ten_times_as_long_takes_no_more_memory(tmp_path: Path) -> None:
    """On DuckDB, where what a block leaves behind would stay in the loader's own process."""
    peaks = []
    for copies in (600, 6_000):  # 8 and 84 MB
        release = synthetic.many_skills(FILES, tmp_path / str(copies), copies)
        with make_warehouse("duckdb", tmp_path / f"warehouse-{copies}", None) as warehouse:
            load, _ = synthetic.land(warehouse, release)
        peaks.append(load.peak)
    assert peaks[1] - peaks[0] < 60_000_000


def test_skills_many_times_over_are_otherwise_the_same(tmp_path: Path) -> None:
    made, original = (
        Release(synthetic.many_skills(FILES, tmp_path / "release", COPIES)),
        Release(SAMPLE),
    )
    header, *rows = original.lines("Skills.txt")
    assert made.lines("Skills.txt") == [header, *rows * COPIES]
    assert made.lines("Occupation Data.txt") == original.lines("Occupation Data.txt")


def test_some_levels_are_moved_and_stay_within_their_bounds(tmp_path: Path) -> None:
    made, original = Release(synthetic.moved_levels(FILES, tmp_path / "release")), Release(SAMPLE)
    moved = 0
    for path in FILES:
        header, *rows = made.lines(path.name)
        for row, before in zip(rows, original.lines(path.name)[1:], strict=True):
            if row == before:
                continue
            now, then = dict(zip(header, row, strict=True)), dict(zip(header, before, strict=True))
            assert (path.name, now["Scale ID"]) == ("Skills.txt", "LV")
            assert {heading for heading in header if now[heading] != then[heading]} == {
                "Data Value"
            }
            assert abs(Decimal(now["Data Value"]) - Decimal(then["Data Value"])) == synthetic.STEP
            assert (
                Decimal(now["Lower CI Bound"])
                <= Decimal(now["Data Value"])
                <= Decimal(now["Upper CI Bound"])
            )
            moved += 1
    assert moved


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "ratios.json"
    common = {
        "what": "something",
        "unit": "x",
        "aim": {"duckdb": 2.0, "mysql": 2.0},
        "recorded": {"duckdb": 2.5},
    }
    path.write_text(
        json.dumps({"less": common | {"better": "lower"}, "more": common | {"better": "higher"}})
    )
    return path


@pytest.mark.parametrize(
    ("measured", "is_behind", "is_met"),
    [
        ({"less": {"duckdb": 2.9}}, False, False),
        ({"less": {"duckdb": 3.1}}, True, False),
        ({"less": {"duckdb": 1.0}}, False, True),
        ({"more": {"duckdb": 2.1}}, False, True),
        ({"more": {"duckdb": 1.9}}, True, False),
        ({"more": {"duckdb": 9.0}}, False, True),
        ({"less": {"mysql": 99.0}}, False, False),  # not recorded yet
    ],
)
def test_a_run_behind_its_record_says_so_loudly(
    kept: Path, measured: ratios.Measured, is_behind: bool, is_met: bool
) -> None:
    [ratio] = ratios.compare(measured, kept)
    assert ratio.is_met == is_met
    said = io.StringIO()
    code = ratios.judge(Console(file=said, force_terminal=True), [ratio])
    assert (code, "BEHIND ITS RECORD" in said.getvalue(), "\x1b[" in said.getvalue()) == (
        (3, True, True) if is_behind else (0, False, False)
    )
    assert ("BEHIND" in ratios.section([ratio]).rows[0]) == is_behind


def test_a_run_is_recorded(kept: Path) -> None:
    before = json.loads(kept.read_text())
    ratios.record({"less": {"mysql": 3.14159}, "more": {"duckdb": 0.0123456}}, kept)
    after = json.loads(kept.read_text())
    assert after["less"] == before["less"] | {"recorded": {"duckdb": 2.5, "mysql": 3.14}}
    assert after["more"] == before["more"] | {"recorded": {"duckdb": 0.0123}}


def test_every_kept_ratio_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.report.OUT", tmp_path / "out")
    told = json.loads(ratios.KEPT.read_text())
    compared = ratios.compare(
        {name: dict.fromkeys(each["aim"], 1.0) for name, each in told.items()}
    )
    assert {ratio.name for ratio in compared} == set(told)
    engines: tuple[Engine, ...] = ("duckdb", "mysql")
    sizes = [
        growing.GrowthResult(engine, copies, copies * 1000, 1, 2, 3, 4, 5, 6, 7)
        for engine in engines
        for copies in growing.COPIES
    ]
    sections: list[Section] = [growing.section(sizes, 4), ratios.section(compared)]
    assert growing.ratios(sizes) == {
        name: dict.fromkeys(engines, 1 / 2) for name in told if name.startswith("growth")
    }
    assert (
        plotting.draw(write(machine(None) | {"release": "99.1"}, sections))
        .read_bytes()
        .startswith(b"\x89PNG")
    )


@pytest.mark.parametrize("model", OF_PAIRS)
def test_what_counts_as_work_on_pairs_is_a_model(model: str) -> None:
    assert list((ROOT / "dbt_onet" / "models").rglob(f"{model}.sql"))
