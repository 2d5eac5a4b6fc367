"""Rankings against real job changes: figures worked out by hand, and those of the real files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks.moves import metrics, units
from benchmarks.moves import source_files as files
from benchmarks.moves.__main__ import compare
from benchmarks.moves.occupations import read_occupations
from benchmarks.moves.rankings import OURS, tf_idf
from dbt_onet.pipeline.export.source import Source, open_source
from dbt_onet.pipeline.settings import Settings
from tests.support.warehouse import Warehouse, make_warehouse

SHARED = Path(__file__).parents[3] / "shared"

REAL = {
    # NDCG@10, P@10, cover, excess
    OURS: (0.291, 0.199, 0.17, 0.342),
    "skills only": (0.225, 0.159, 0.13, 0.262),
    "cosine of levels": (0.278, 0.184, 0.16, 0.322),
    "cosine of level x importance": (0.282, 0.197, 0.17, 0.330),
    "shared technologies (Jaccard)": (0.194, 0.125, 0.11, 0.218),
    "shared detailed activities (Jaccard)": (0.242, 0.160, 0.14, 0.278),
    "Career Changers Matrix": (0.267, 0.177, 0.15, 0.312),
    "Related Occupations": (0.334, 0.212, 0.18, 0.392),
    "words of tasks (TF-IDF)": (0.336, 0.216, 0.18, 0.391),
    "words of alternate titles (TF-IDF)": (0.335, 0.213, 0.19, 0.394),
    "popularity of the destination": (0.358, 0.261, 0.20, 0.204),
}
"""What another evaluation of the same files found."""


def a_truth(movers: list[list[int]]) -> metrics.Truth:
    counts = np.array(movers, dtype=float)
    size = len(counts)
    groups = np.array(["11"] * size)
    few = units.Units(list(range(size)), groups, np.eye(size), counts, counts * 100, 1.0)
    return metrics.make_truth(few)


def test_a_code_stands_for_itself_or_for_what_no_other_code_names() -> None:
    listed = ["11-2021", "11-2022", "15-1131", "15-1132", "15-1133", "15-1134"]
    assert files.soc_codes("15-1131", listed, {"15-1131"}) == ["15-1131"]
    assert files.soc_codes("11-2020", listed, {"15-1131"}) == ["11-2021", "11-2022"]
    assert files.soc_codes("15-113X", listed, {"15-1131", "15-1134"}) == ["15-1132", "15-1133"]
    assert files.soc_codes("none", listed, set()) == []


def test_ndcg_and_cover_of_a_list_worked_by_hand() -> None:
    """12 destinations: the one with 30 movers stands second, the one with 10 is not listed."""
    movers = [[0] * 13 for _ in range(13)]
    movers[0][1], movers[0][2] = 30, 10
    truth = a_truth(movers)
    assert list(truth.sources) == [0]
    score = np.tile(np.arange(13.0), (13, 1))
    score[0, 1] = 11.5
    found = metrics.figures(score, truth, np.ones(13))
    discount = 1 / np.log2(3)
    assert found.ndcg == pytest.approx([30 * discount / (30 + 10 * discount)])
    assert found.cover == pytest.approx([0.75])
    assert found.distinct == 10
    assert found.zone_step == pytest.approx([0])


def test_popularity_leaves_out_the_source_and_excess_what_sizes_explain() -> None:
    truth = a_truth([[0, 30, 10], [40, 0, 0], [0, 20, 0]])
    assert truth.popularity[0].tolist() == [4000, 2000, 0]
    # of 40 who left 0, all that came to 1 or 2 from elsewhere came to 1: 40 are expected there
    assert truth.excess[0].tolist() == [0, 0, 10]


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    likeness = tf_idf(["welder tack", "welder truck", "truck clerk tack", "truck desk", "truck"])
    assert likeness[0, 1] > likeness[1, 3] > 0
    assert likeness[0, 4] == 0


def test_missing_files_are_named_with_the_way_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(files.VARIABLE, str(tmp_path))
    (tmp_path / files.CENSUS).touch()
    with pytest.raises(files.MovesMissingError, match=files.EDGES) as raised:
        files.moves_folder()
    assert "IPUMS" in str(raised.value)
    monkeypatch.delenv(files.VARIABLE)
    with pytest.raises(files.MovesMissingError, match="not set"):
        files.moves_folder()


@pytest.fixture(scope="module")
def moves() -> files.Moves:
    """The real moves, which are no part of the project: ONET_MOVES, or `../shared/moves`."""
    folder = Path(os.environ.get(files.VARIABLE, SHARED / "moves"))
    if not (folder / files.EDGES).exists():
        pytest.skip(f"no job changes in {folder}: set {files.VARIABLE}")
    return files.read_moves(folder)


@pytest.fixture(scope="module")
def real(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """29.2 with the real labour-market files: ONET_LABOR, or `../shared/labor`."""
    labor = Path(os.environ.get("ONET_LABOR", SHARED / "labor"))
    if not labor.exists():
        pytest.skip(f"no labour-market files in {labor}: set ONET_LABOR")
    with make_warehouse("duckdb", tmp_path_factory.mktemp("moves"), None) as warehouse:
        warehouse.land(str(releases / "db_29_2_text.zip"))
        warehouse.run("loader", "loader", "labor", str(labor))
        warehouse.build()
        yield warehouse


@pytest.fixture
def source(real: Warehouse) -> Iterator[Source]:
    settings = Settings(engine="duckdb", dir=real.dir, name=real.name)
    with closing(open_source(settings)) as source:
        yield source


@pytest.mark.slow
def test_real_figures_are_those_of_another_evaluation(source: Source, moves: files.Moves) -> None:
    occupations = read_occupations(source)
    made = units.make_units(moves, occupations)
    truth = metrics.make_truth(made)
    assert (len(made.codes), len(truth.sources), round(made.kept, 2)) == (511, 166, 0.94)
    found = compare(made, occupations, truth, moves.changers)
    for name, expected in REAL.items():
        each = found[name]
        means = (each.ndcg.mean(), each.precision.mean(), each.cover.mean(), each.excess.mean())
        # The other evaluation does not say how it cuts titles into words: 0.011 of their precision
        # is the most that differs.
        assert means == pytest.approx(expected, abs=0.012), name
    zone = np.round(made.mean(occupations.job_zone[:, None])[:, 0])
    assert metrics.real_zone_step(truth, zone) == pytest.approx(-0.03, abs=0.005)
    assert metrics.ceiling(truth) == pytest.approx(0.57, abs=0.01)
