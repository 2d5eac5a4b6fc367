"""Which way to go, against numpy straight from the raw files: the ranking of a real release, and
each figure of each move that is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from tests.support import oracle
from tests.support.warehouse import Warehouse

KEPT = 10
"""Of each source at each job-zone step."""

COLUMNS = (
    "from_occupation_code, to_occupation_code, job_zone_step, similarity, weighted_shortfall,"
    " share_of_needs_met, higher_element_count, significant_gap_count, missing_technology_count"
)


def read(release: Path, member: str) -> pd.DataFrame:
    with ZipFile(release) as archive, archive.open(f"{release.stem}/{member}.txt") as file:
        return pd.read_csv(
            file, sep="\t", quoting=3, dtype=str, keep_default_na=False, na_values=["n/a"]
        )


def four_decimals(values: oracle.Array) -> oracle.Array:
    return np.floor(values * 10000 + 0.5) / 10000


def side_by_side(release: Path, members: list[str]) -> oracle.Sides:
    """The domains as one: every element of both."""
    parts = [oracle.read(release, member) for member in members]
    assert all(part.codes == parts[0].codes for part in parts)
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=1)
        for name in vars(parts[0])
        if name not in ("codes", "elements")
    }
    return oracle.Sides(
        parts[0].codes, [element for part in parts for element in part.elements], **joined
    )


def expected_moves(release: Path, members: list[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(from, to) → the columns that follow, for every move that is to be kept."""
    sides = side_by_side(release, members)
    codes = sides.codes
    similarity = four_decimals(np.corrcoef(sides.importance))
    zones = read(release, "Job Zones").set_index("O*NET-SOC Code")["Job Zone"].astype(int)
    zone = np.array([zones[code] for code in codes])
    technologies = (
        read(release, "Technology Skills").groupby("O*NET-SOC Code")["Example"].apply(set).to_dict()
    )
    moves: dict[tuple[str, str], tuple[Any, ...]] = {}
    for gaps in oracle.gaps(sides):
        shortfall = np.where(gaps.higher, gaps.gap, 0)
        weighted = np.einsum("abe,be->ab", shortfall, sides.importance)
        mean = four_decimals(weighted / sides.importance.sum(axis=1))
        met = four_decimals(1 - weighted / (sides.importance * sides.level).sum(axis=1))
        higher = gaps.higher.sum(axis=2)
        significant = (gaps.significant == 1).sum(axis=2)
        for row, source in enumerate(range(gaps.sources.start, gaps.sources.stop)):
            step = zone - zone[source]
            for each in set(step):
                targets = [target for target in np.flatnonzero(step == each) if target != source]
                for target in sorted(
                    targets, key=lambda target: (-similarity[source, target], codes[target])
                )[:KEPT]:
                    here, there = technologies.get(codes[source]), technologies.get(codes[target])
                    moves[codes[source], codes[target]] = (
                        int(each),
                        similarity[source, target],
                        mean[row, target],
                        met[row, target],
                        int(higher[row, target]),
                        int(significant[row, target]),
                        len(there - here) if here and there else None,
                    )
    return moves


@pytest.mark.parametrize(
    ("engine", "release", "members"),
    [
        ("duckdb", "29.2", ["Skills", "Knowledge"]),
        pytest.param("mysql", "29.2", ["Skills", "Knowledge"], marks=pytest.mark.mysql),
        # the engines' rows are compared for it in test_gap_every_pair.py
        ("duckdb", "27.0", ["Skills"]),
    ],
    indirect=["engine"],
)
def test_every_kept_move_agrees_with_the_oracle(
    published: Callable[[str], Warehouse], releases: Path, release: str, members: list[str]
) -> None:
    """27.0 as it is here has no knowledge: skills are all there is to compare, and 735 levels lack
    an error."""
    expected = expected_moves(releases / f"db_{release.replace('.', '_')}_text.zip", members)
    actual = {
        (row[0], row[1]): row[2:]
        for row in published(release).query(f"select {COLUMNS} from {{live}}.occupation_transition")
    }
    assert len(expected) > 40_000
    assert actual.keys() == expected.keys()
    for position, name in enumerate(COLUMNS.split(", ")[2:]):
        wanted, found = (
            [moves[pair][position] for pair in expected] for moves in (expected, actual)
        )
        if name in ("weighted_shortfall", "share_of_needs_met", "similarity"):
            # numpy sums in another order: a figure that lies on the border of two may fall to
            # either side
            differs = np.flatnonzero(np.abs(np.array(wanted) - np.array(found)) > 1e-9)
            assert len(differs) < 10, name
            assert np.max(np.abs(np.array(wanted) - np.array(found))) < 1.001e-4, name
        else:
            assert wanted == found, name


@pytest.mark.release
def test_figures_of_a_move_are_those_of_its_gaps(published: Callable[[str], Warehouse]) -> None:
    """What a reader would count by hand in the other views comes to the same."""
    warehouse = published("29.2")
    pair = "from_occupation_code = '29-1141.00' and to_occupation_code = '29-1171.00'"
    gaps = (
        f"from {{live}}.skill_gap where {pair} and domain in ('skills', 'knowledge') and"
        " is_higher = 1"
    )
    ((higher, significant),) = warehouse.query(f"select count(*), sum(is_significant) {gaps}")
    ((missing,),) = warehouse.query(f"select count(*) from {{live}}.technology_gap where {pair}")
    names = "higher_element_count, significant_gap_count, missing_technology_count"
    assert warehouse.query(f"select {names} from {{live}}.occupation_transition where {pair}") == [
        (higher, significant, missing)
    ]
    assert missing > 0


@pytest.mark.release
def test_the_whole_matrix_agrees_with_the_oracle(
    published: Callable[[str], Warehouse], releases: Path
) -> None:
    sides = side_by_side(releases / "db_29_2_text.zip", ["Skills", "Knowledge"])
    wanted = four_decimals(np.corrcoef(sides.importance))
    found = np.ones_like(wanted)
    place = {code: index for index, code in enumerate(sides.codes)}
    # a source at a time where the engine would otherwise lay out 770,000 rows
    warehouse = published("29.2")
    sources = sides.codes if warehouse.engine == "duckdb" else sides.codes[::20]
    names = ", ".join(f"'{code}'" for code in sources)
    rows = warehouse.query(
        "select from_occupation_code, to_occupation_code, similarity from"
        f" {{live}}.similarity_matrix where from_occupation_code in ({names})"
    )
    assert len(rows) == len(sources) * (len(sides.codes) - 1)
    for source, target, similarity in rows:
        found[place[source], place[target]] = similarity
    picked = [place[code] for code in sources]
    difference = np.abs(wanted[picked] - found[picked])
    # numpy sums in another order: a figure that lies on the border of two may fall to either side
    assert np.count_nonzero(difference > 1e-9) < 10
    assert difference.max() < 1.001e-4


@pytest.mark.parametrize("release", ["sample", pytest.param("29.2", marks=pytest.mark.release)])
def test_engines_agree_on_the_matrix_and_it_has_the_moves(
    on_both_engines: Callable[[str], tuple[Warehouse, Warehouse]], release: str
) -> None:
    source = "from_occupation_code = '29-1141.00'"
    text = f"select * from {{live}}.similarity_matrix where {source} order by to_occupation_code"
    kept = "select to_occupation_code, similarity from {live}.occupation_transition"
    rows, others = (warehouse.query(text) for warehouse in on_both_engines(release))
    assert rows
    assert rows == others
    matrix = {row[2]: row[4] for row in rows}
    for warehouse in on_both_engines(release):
        moves = warehouse.query(f"{kept} where {source}")
        assert moves
        assert all(matrix[target] == similarity for target, similarity in moves)


def test_only_whole_profiles_are_compared(published: Callable[[str], Warehouse]) -> None:
    """In the sample five occupations are rated in both domains; of each the other four are kept."""
    rows = published("sample").query(
        "select from_occupation_code, count(*) from {live}.occupation_transition group by 1 order"
        " by 1"
    )
    whole = ["11-1011.00", "11-3013.00", "15-1251.00", "29-1141.00", "29-1171.00"]
    assert rows == [(code, 4) for code in whole]


@pytest.mark.parametrize("release", ["sample", pytest.param("29.2", marks=pytest.mark.release)])
def test_engines_agree_on_every_move(
    on_both_engines: Callable[[str], tuple[Warehouse, Warehouse]], release: str
) -> None:
    text = (
        "select * from {live}.occupation_transition order by from_occupation_code,"
        " to_occupation_code"
    )
    duckdb_rows, mysql_rows = (warehouse.query(text) for warehouse in on_both_engines(release))
    assert duckdb_rows
    assert duckdb_rows == mysql_rows
