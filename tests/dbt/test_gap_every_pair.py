"""`skill_gap` against the oracle: every ordered pair of a real release, every figure; and the
engines' tables against each other.

The view is reduced by the engine to two numbers per pair: sums, over the pair's rows, of its flags
and of its figures, each under random weights per element and per figure, which no error survives.
The oracle's figures are reduced the same way, so that both engines' rows are compared with it, and
through it with each other, without moving tens of millions of rows. All sums are whole numbers
below 2^53: exact in doubles, whatever the order of addition.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.support import oracle
from tests.support.release_files import SAMPLE
from tests.support.warehouse import Warehouse

FLAGS = (
    "is_missing + 2 * is_newly_relevant + 4 * is_higher + 8 * coalesce(is_significant, 2) + 32 *"
    " is_low_precision"
)
# In hundredths, but the error in ten-thousandths, as it is rounded; an importance that is not
# published counts as -1.
FIGURES = (
    "(level_gap + 1009 * from_level + 2003 * to_level + 4001 * coalesce(from_importance, -1) + 8009"
    " * coalesce(to_importance, -1)) * 100 + 16001 * round(coalesce(gap_standard_error, -1) *"
    " 10000)"
)


@contextmanager
def joined_by_hash(warehouse: Warehouse) -> Iterator[str]:
    """Schema to read `skill_gap` from, whole.

    On MySQL a copy whose fact has no key: the same text of the view over the same rows, but the
    server then joins the two sides by hash, which is four times quicker for all pairs, as it is
    much slower for one.
    """
    if not warehouse.server:
        yield "{live}"
        return
    copy, core = f"{warehouse.name}_copy", f"{warehouse.name}_core"
    with warehouse.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"create database {copy} collate utf8mb4_0900_bin")
        try:
            cursor.execute(
                "select table_name from information_schema.tables where table_schema = %s", [core]
            )
            for (table,) in cursor.fetchall():
                if table == "fct_occupation_element":
                    cursor.execute(f"create table {copy}.{table} as select * from {core}.{table}")
                else:
                    cursor.execute(f"create table {copy}.{table} like {core}.{table}")
                    cursor.execute(f"insert into {copy}.{table} select * from {core}.{table}")
            cursor.execute(
                "select table_name, view_definition from information_schema.views "
                # the second reads the first
                "where table_schema = %s and table_name in ('skill_comparison', 'skill_gap') order"
                " by table_name",
                [warehouse.name],
            )
            for view, text in cursor.fetchall():
                copied = text.replace(f"`{core}`", f"`{copy}`").replace(
                    f"`{warehouse.name}`", f"`{copy}`"
                )
                cursor.execute(f"create view {copy}.{view} as {copied}")
            yield copy
        finally:
            cursor.execute(f"drop database {copy}")


def reduced_by_engine(
    warehouse: Warehouse,
    domain: str,
    sides: oracle.Sides,
    weights: oracle.Array,
    sources: list[str],
) -> list[oracle.Array]:
    """Number of rows, flags and figures, each of shape (sources, targets); 0 where the view has no
    row."""
    weight = " union all ".join(
        f"select '{element}' as element_id, {weight} as weight"
        for element, weight in zip(sides.elements, weights, strict=True)
    )
    place = {code: position for position, code in enumerate(sides.codes)}
    answer = [np.zeros((len(sides.codes), len(sides.codes)), dtype=np.int64) for _ in range(3)]
    with joined_by_hash(warehouse) as schema:
        # some at a time: MySQL keeps the groups of one statement in memory
        for start in range(0, len(sources), 100):
            some = ", ".join(f"'{code}'" for code in sources[start : start + 100])
            rows = warehouse.query(
                f"select from_occupation_code, to_occupation_code, count(*), sum(cast({FLAGS} as"
                f" double) * weight), sum(cast({FIGURES} as double) * weight) from"
                f" {schema}.skill_gap as gap inner join ({weight}) as element_weight on"
                f" gap.element_id = element_weight.element_id where domain = '{domain}' and"
                f" from_occupation_code in ({some}) group by from_occupation_code,"
                " to_occupation_code"
            )
            source, target = (np.array([place[row[i]] for row in rows]) for i in (0, 1))
            for position, grid in enumerate(answer):
                grid[source, target] = [int(row[position + 2]) for row in rows]
    return answer


def files_of(request: pytest.FixtureRequest, release: str) -> Path:
    """What the oracle reads: the bundled sample's folder, or the release's zip."""
    if release == "sample":
        return SAMPLE
    folder: Path = request.getfixturevalue("releases")
    return folder / f"db_{release.replace('.', '_')}_text.zip"


def reduced_by_oracle(sides: oracle.Sides, weights: oracle.Array) -> list[oracle.Array]:
    size = len(sides.codes)
    answer = [np.zeros((size, size), dtype=np.int64) for _ in range(3)]

    def hundredths(values: oracle.Array) -> oracle.Array:
        return np.round(np.where(np.isnan(values), -1, values) * 100).astype(np.int64)

    level, importance = hundredths(sides.level), hundredths(sides.importance)
    for gaps in oracle.gaps(sides):
        these = gaps.sources
        row = gaps.known & (gaps.missing | gaps.newly_relevant | gaps.higher)
        significant = np.where(np.isnan(gaps.significant), 2, gaps.significant).astype(np.int64)
        flags = (
            gaps.missing
            + 2 * gaps.newly_relevant
            + 4 * gaps.higher
            + 8 * significant
            + 32 * gaps.low_precision
        )
        error = np.round(
            np.where(np.isnan(gaps.standard_error), -1, np.round(gaps.standard_error, 4)) * 10000
        ).astype(np.int64)
        figures = (
            hundredths(gaps.gap)
            + 1009 * level[these, None, :]
            + 2003 * level[None, :, :]
            + 16001 * error
        )
        figures += 4001 * importance[these, None, :] + 8009 * importance[None, :, :]
        for grid, values in zip(
            answer,
            (row.sum(axis=2), (flags * row) @ weights, (figures * row) @ weights),
            strict=True,
        ):
            grid[these] = values
    return answer


MYSQL, RELEASE = pytest.mark.mysql, pytest.mark.release


@pytest.mark.parametrize(
    ("engine", "release", "member", "domain"),
    [
        ("duckdb", "sample", "Skills", "skills"),
        ("duckdb", "sample", "Knowledge", "knowledge"),
        pytest.param("mysql", "sample", "Skills", "skills", marks=MYSQL),
        pytest.param("mysql", "sample", "Knowledge", "knowledge", marks=MYSQL),
        pytest.param("duckdb", "29.2", "Skills", "skills", marks=RELEASE),
        pytest.param("mysql", "29.2", "Skills", "skills", marks=[MYSQL, RELEASE]),
        pytest.param("duckdb", "29.2", "Knowledge", "knowledge", marks=[RELEASE, pytest.mark.slow]),
        pytest.param("duckdb", "27.0", "Skills", "skills", marks=RELEASE),
        pytest.param("duckdb", "30.1", "Abilities", "abilities", marks=RELEASE),
        pytest.param(
            "duckdb", "30.3", "Essential Skills + Transferable Skills", "skills", marks=RELEASE
        ),
    ],
    indirect=["engine"],
)
def test_every_pair_agrees_with_the_oracle(
    request: pytest.FixtureRequest,
    published: Callable[[str], Warehouse],
    release: str,
    member: str,
    domain: str,
) -> None:
    sides = oracle.read(files_of(request, release), *member.split(" + "))
    weights = np.random.default_rng(20250201).integers(
        1, 2**16, len(sides.elements), dtype=np.int64
    )
    expected = reduced_by_oracle(sides, weights)
    warehouse = published(release)
    # MySQL takes many minutes for all sources; each 24th against every target is a share that no
    # rule hides from, EVERY_PAIR=1 asks for all
    sources = sides.codes[:: 24 if warehouse.server and not os.environ.get("EVERY_PAIR") else 1]
    asked = np.isin(sides.codes, sources)[:, None]
    actual = reduced_by_engine(warehouse, domain, sides, weights, sources)
    assert (expected[0] != 0).mean() > 0.2, "the oracle itself is empty"
    for name, wanted, found in zip(
        ("number of rows", "flags", "figures"), expected, actual, strict=True
    ):
        differs = np.argwhere((wanted != found) & asked)
        pairs = [(sides.codes[a], sides.codes[b]) for a, b in differs[:3]]
        assert not len(differs), f"{name}: differs for {len(differs)} pairs, first {pairs}"


@pytest.mark.parametrize(
    ("release", "member", "domain"),
    [
        ("sample", "Skills", "skills"),
        pytest.param("29.2", "Skills", "skills", marks=RELEASE),
        pytest.param("29.2", "Knowledge", "knowledge", marks=RELEASE),
    ],
)
def test_every_element_of_some_sources_is_compared_as_the_oracle_does(
    request: pytest.FixtureRequest,
    published: Callable[[str], Warehouse],
    release: str,
    member: str,
    domain: str,
) -> None:
    """What `skill_comparison` has and `skill_gap` has not: elements that are no gap, the margin,
    the verdict. Some sources, all targets."""
    sides = oracle.read(files_of(request, release), member)
    compared = 0
    for gaps in oracle.gaps(sides, sources_at_once=1):
        source = gaps.sources.start
        if release != "sample" and source % 400:
            continue
        rows = published(release).query(
            "select to_occupation_code, element_id, level_gap, gap_margin, is_significant, verdict"
            f" from {{live}}.skill_comparison where domain = '{domain}' and from_occupation_code ="
            f" '{sides.codes[source]}' order by to_occupation_code, element_id"
        )
        target, element = np.nonzero(gaps.known[0])
        places = list(zip(target, element, strict=True))
        assert [(row[0], row[1]) for row in rows] == [
            (sides.codes[t], sides.elements[e]) for t, e in places
        ]
        at = (0, target, element)
        higher, margin, significant = gaps.higher[at], gaps.margin[at], gaps.significant[at]
        assert np.array_equal([float(row[2]) for row in rows], gaps.gap[at])
        # rounded to four decimals by the engine, and by no other rule than that of its own doubles
        assert np.allclose(
            [np.nan if row[3] is None else row[3] for row in rows],
            margin,
            rtol=0,
            atol=5.1e-5,
            equal_nan=True,
        )
        assert np.array_equal(
            [np.nan if row[4] is None else row[4] for row in rows], significant, equal_nan=True
        )
        by_rule = np.select(
            [~higher, np.isnan(margin), significant == 1],
            ["met", "higher_without_error", "clearly_higher"],
            default="too_close_to_tell",
        )
        assert [row[5] for row in rows] == by_rule.tolist()
        compared += len(rows)
    assert compared > (500 if release == "sample" else 50_000)


@pytest.mark.release
def test_known_figures_of_29_2(published: Callable[[str], Warehouse]) -> None:
    """What was counted once by hand from the raw files."""
    warehouse = published("29.2")
    assert warehouse.query(
        "select scale_id, count(*), sum(value) from {core}.fct_rating "
        "where element_id like '2.A%' or element_id like '2.B%' group by scale_id order by 1"
    ) == [("IM", 30765, Decimal("79763.02")), ("LV", 30765, Decimal("73107.82"))]
    assert warehouse.query(
        "select sum(case when level = 0 then 1 else 0 end), sum(is_not_relevant),"
        " sum(is_suppress_recommended), count(*) from {core}.fct_occupation_element where domain ="
        " 'skills'"
    ) == [(2295, 3302, 124, 30765)]
    assert warehouse.query("select count(*), sum(is_rated_skills) from {live}.occupation") == [
        (1016, 879)
    ]
    nurses = (
        "from {live}.skill_gap where from_occupation_code = '29-1141.00' and to_occupation_code ="
        " '29-1171.00' and domain = 'skills'"
    )
    assert warehouse.query(f"select coalesce(sum(is_missing), 0), sum(is_higher) {nurses}") == [
        (0, 17)
    ]


@pytest.mark.slow
@pytest.mark.release
def test_the_gaps_in_skills_of_30_3_are_those_of_30_1(
    published: Callable[[str], Warehouse],
) -> None:
    """30.3 only split the file: the same ratings, and so the same gaps, of some sources to all
    targets."""
    sides = (
        "select occupation_code, element_id, level, level_error, importance from"
        " {core}.fct_occupation_element where domain = 'skills' "
    )
    gaps = (
        "select from_occupation_code, to_occupation_code, element_id, from_level, to_level,"
        " level_gap, from_importance, to_importance, is_missing, is_newly_relevant, is_higher,"
        " gap_standard_error, is_significant, is_low_precision, from_anchor, to_anchor from"
        " {live}.skill_gap where domain = 'skills' and from_occupation_code in ('15-1252.00',"
        " '29-1141.00') "
    )
    for text in (
        f"{sides} order by occupation_code, element_id",
        f"{gaps} order by from_occupation_code, to_occupation_code, element_id",
    ):
        before, after = published("30.1").query(text), published("30.3").query(text)
        assert len(before) > 15_000
        assert before == after


@pytest.mark.slow
@pytest.mark.release
def test_errors_that_are_not_published_leave_significance_unknown(
    published: Callable[[str], Warehouse],
) -> None:
    """27.0 lacks N, error and bounds on 1,470 rows, half of them levels."""
    warehouse = published("27.0")
    assert warehouse.query(
        "select count(*) from {core}.fct_rating where n is null and standard_error is null and"
        " lower_bound is null"
    ) == [(1470,)]
    assert warehouse.query(
        "select count(*) from {core}.fct_occupation_element where level_error is null"
    ) == [(735,)]


@pytest.mark.parametrize(
    "release",
    [
        "sample",
        *(pytest.param(number, marks=RELEASE) for number in ("29.2", "27.0", "30.1", "30.3")),
    ],
)
def test_engines_agree_row_for_row(
    on_both_engines: Callable[[str], tuple[Warehouse, Warehouse]], release: str
) -> None:
    """All rows of what the gap is computed from, and all gaps of one occupation to all others."""
    both = on_both_engines(release)
    texts = [
        "select * from {core}.dim_occupation order by occupation_code",
        "select * from {core}.dim_element order by element_id",
        "select * from {core}.dim_scale order by scale_id",
        "select * from {core}.fct_rating order by occupation_code, element_id, scale_id",
        "select * from {core}.fct_occupation_element order by occupation_code, element_id",
        (
            "select * from {live}.skill_gap where from_occupation_code = '29-1141.00' order by"
            " to_occupation_code, element_id"
        ),
        (
            "select * from {live}.skill_comparison where from_occupation_code = '29-1141.00' order"
            " by to_occupation_code, element_id"
        ),
    ]
    for text in texts:
        duckdb_rows, mysql_rows = (warehouse.query(text) for warehouse in both)
        assert duckdb_rows, text
        assert duckdb_rows == mysql_rows, text
