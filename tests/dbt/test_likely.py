"""The order `likely`: its figures against numpy, its need of projections, and a person's
transitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest

from api.schemas.transitions import ProfileTransitionsResponse, TransitionsResponse
from benchmarks.moves.likely import job_shares, likely_scores, word_similarity
from benchmarks.moves.occupations import read_occupations
from dbt_onet.pipeline.export.source import open_source
from dbt_onet.pipeline.settings import Settings
from tests.support import oracle
from tests.support.labor_warehouse import built_labor
from tests.support.live_warehouse import served
from tests.support.mysql_server import MysqlServer
from tests.support.release_files import SAMPLE
from tests.support.warehouse import Engine, Warehouse

NURSE = "29-1141.00"
MOVES = (
    "select * from {live}.occupation_transition order by from_occupation_code, to_occupation_code"
)


@pytest.fixture(scope="module")
def labor(engine: Engine, request: pytest.FixtureRequest) -> Warehouse:
    """The sample with labour-market files; of the five compared, projections name three."""
    return built_labor(
        engine, request.getfixturevalue("mysql_server") if engine == "mysql" else None
    )


@pytest.fixture(scope="module")
def rows(labor: Warehouse) -> list[tuple[Any, ...]]:
    """Read before the API opens the file in this process."""
    columns = (
        "from_occupation_code, to_occupation_code, similarity, word_similarity, related_index,"
        " to_job_share, likely_score"
    )
    return labor.query(f"select {columns} from {{live}}.occupation_transition")


@pytest.fixture
def client(labor: Warehouse, rows: list[tuple[Any, ...]]) -> Iterator[httpx.Client]:
    ours = {k: v for k, v in labor.environment("api").items() if k.startswith("WAREHOUSE_")}
    with served(ours) as url, httpx.Client(base_url=url) as client:
        yield client


def test_the_score_is_the_sum_of_its_published_parts(rows: list[tuple[Any, ...]]) -> None:
    scored = [row for row in rows if row[6] is not None]
    assert {row[1] for row in scored} == {"11-1011.00", NURSE, "29-1171.00"}
    assert {row[1] for row in rows if row[5] is None} == {"11-3013.00", "15-1251.00"}
    for *_, similarity, words, place, jobs, score in scored:
        listed = 0 if place is None else 0.05 / np.log2(1 + place)
        expected = similarity + 1.5 * words + listed + 0.08 * np.log(1 + jobs / 1000)
        assert score == pytest.approx(expected, abs=2.5e-4)
    assert len({row[4] for row in scored}) > 1


# the engines' rows are compared below
@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_every_part_agrees_with_numpy(labor: Warehouse, rows: list[tuple[Any, ...]]) -> None:
    with closing(open_source(Settings(engine="duckdb", dir=labor.dir, name=labor.name))) as source:
        occupations = read_occupations(source)
    index, scores = occupations.index, likely_scores(occupations)
    alike, jobs = word_similarity(occupations), job_shares(occupations)
    assert len(rows) == len(index) * (len(index) - 1)
    assert any(0 < row[3] < 1 for row in rows)
    for source_code, target, _, words, _, share, score in rows:
        pair = index[source_code], index[target]
        assert words == pytest.approx(alike[pair], abs=1e-4)
        if score is None:
            assert np.isnan(jobs[pair[1]])
        else:
            assert share == jobs[pair[1]]
            assert score == pytest.approx(scores[pair], abs=2.5e-4)


def test_engines_agree_with_labor_data(mysql_server: MysqlServer) -> None:
    duckdb, mysql = (
        [
            warehouse.query(MOVES),
            warehouse.query("select * from {live}.transition_target order by 1"),
        ]
        for warehouse in (built_labor("duckdb", None), built_labor("mysql", mysql_server))
    )
    assert duckdb[0]
    assert duckdb == mysql


def test_the_orders_are_those_of_their_figures(
    rows: list[tuple[Any, ...]], client: httpx.Client
) -> None:
    of_nurse = [row for row in rows if row[0] == NURSE]
    for order, column in (("similarity", 2), ("likely", 6)):
        answer = client.get(f"/occupations/{NURSE}/transitions", params={"order": order})
        TransitionsResponse.model_validate_json(answer.content, strict=True)
        ranked = sorted(
            (row for row in of_nurse if row[column] is not None), key=lambda r: (-r[column], r[1])
        )
        body = answer.json()
        assert body["order"] == order
        names = ("similarity", "word_similarity", "related_index", "to_job_share", "likely_score")
        told = [
            (each["to"]["code"], *(each[name] for name in names)) for each in body["transitions"]
        ]
        assert told == [row[1:] for row in ranked]
    plain = client.get(f"/occupations/{NURSE}/transitions").json()
    assert plain["order"] == "similarity"


def test_without_projections_likely_says_what_it_needs(
    published: Callable[[str], Warehouse],
) -> None:
    warehouse = published("sample")
    ours = {k: v for k, v in warehouse.environment("api").items() if k.startswith("WAREHOUSE_")}
    with served(ours) as url, httpx.Client(base_url=url) as client:
        asked = client.get(f"/occupations/{NURSE}/transitions", params={"order": "likely"})
        person = client.post("/transitions?order=likely", json={"profile": a_profile()})
        plain = client.get(f"/occupations/{NURSE}/transitions").json()
    for answer in (asked, person):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-loaded"
        assert "projections" in answer.json()["detail"]
    assert {each["likely_score"] for each in plain["transitions"]} == {None}


def a_profile() -> dict[str, float]:
    """Levels for all skills and knowledge of the sample, by no rule."""
    elements = oracle.read(SAMPLE, "Skills", "Knowledge").elements
    return {element: (7 * position % 13) / 2 for position, element in enumerate(elements)}


def test_a_person_s_transitions_agree_with_numpy(
    labor: Warehouse, rows: list[tuple[Any, ...]], client: httpx.Client
) -> None:
    profile = a_profile()
    sides = oracle.read(SAMPLE, "Skills", "Knowledge")
    place = {code: position for position, code in enumerate(sides.codes)}
    stated = np.array(list(profile.values()))
    columns = [sides.elements.index(element) for element in profile]
    answer = client.post("/transitions", json={"profile": profile})
    ProfileTransitionsResponse.model_validate_json(answer.content, strict=True)
    body = answer.json()
    assert {each["to"]["code"] for each in body["transitions"]} == {row[0] for row in rows}
    for each in body["transitions"]:
        row = place[each["to"]["code"]]
        level, importance = sides.level[row, columns], sides.importance[row, columns]
        lacks = np.maximum(level - stated, 0) @ importance
        assert each["similarity"] == pytest.approx(np.corrcoef(stated, level)[0, 1], abs=1e-4)
        assert each["weighted_shortfall"] == pytest.approx(lacks / importance.sum(), abs=1e-4)
        assert each["share_of_needs_met"] == pytest.approx(
            1 - lacks / (importance @ level), abs=1e-4
        )
        assert each["higher_element_count"] == (level > stated).sum()
    likeness = [each["similarity"] for each in body["transitions"]]
    assert likeness == sorted(likeness, reverse=True)
    likely = client.post("/transitions?order=likely&limit=2", json={"profile": profile}).json()
    scores = [each["likely_score"] for each in likely["transitions"]]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    for each in likely["transitions"]:
        jobs = 0.08 * np.log(1 + each["to_job_share"] / 1000)
        assert each["likely_score"] == pytest.approx(each["similarity"] + jobs, abs=1.5e-4)


@pytest.mark.parametrize(
    ("profile", "named"),
    [
        ({"2.A.1.a": 3}, "profile"),
        (dict.fromkeys(a_profile(), 3.0), "profile"),
        (a_profile() | {"9.Z.9": 2}, "profile.9.Z.9"),
    ],
)
def test_a_profile_that_cannot_be_ranked(
    client: httpx.Client, profile: dict[str, float], named: str
) -> None:
    answer = client.post("/transitions", json={"profile": profile})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-parameter")
    assert [error["parameter"] for error in answer.json()["errors"]] == [named]
