"""`loader score`: what a model is told, what is kept of its answers, how a run goes on, and what
the warehouse makes of it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from loader.errors import LoaderError
from loader.llm.score import ScoringResult, list_scoring_tasks, open_llm_client, score
from tests.support.landing import land_here, settings_for
from tests.support.live_warehouse import until
from tests.support.llm_endpoint import Answering, Endpoint, saying, serve, text
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT, Engine, Warehouse

PAIRS = 13 * 8
"""Occupations and skills of the sample."""


def judged(request: dict[str, Any]) -> str:
    """A level that depends on the prompt alone, with more decimals than O*NET has."""
    return saying(
        round(hashlib.sha256(request["messages"][1]["content"].encode()).digest()[0] / 255 * 7, 3)
    )


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """The sample with two tasks for one occupation, the second the more important."""
    made = sample_copy(tmp_path / "release")
    tasks = [
        ["11-1011.00", "1", "Answer the owners.", "Core", "9"],
        ["11-1011.00", "2", "Decide what comes next.", "Supplemental", "9"],
    ]
    dated = ["02/2025", "Analyst"]
    head = ["O*NET-SOC Code", "Task ID"]
    made.write(
        "Task Statements.txt",
        [
            [*head, "Task", "Task Type", "Incumbents Responding", "Date", "Domain Source"],
            *([*task, *dated] for task in tasks),
        ],
    )
    measured = ["N", "Standard Error", "Lower CI Bound", "Upper CI Bound", "Recommend Suppress"]
    ratings = [
        ["11-1011.00", task, "IM", "n/a", value, *["n/a"] * 5, *dated]
        for task, value in (("1", "2.50"), ("2", "4.50"))
    ]
    made.write(
        "Task Ratings.txt",
        [
            [*head, "Scale ID", "Category", "Data Value", *measured, "Date", "Domain Source"],
            *ratings,
        ],
    )
    return made


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serve(Endpoint(judged)) as serving:
        yield serving


Run = Callable[..., ScoringResult]


@pytest.fixture
def run(warehouse: Warehouse, endpoint: Endpoint) -> Run:
    """One run in this process; extra is settings by their field names."""

    def once(
        domain: str = "skills",
        occupations: tuple[str, ...] = (),
        limit: int | None = None,
        **extra: Any,
    ) -> ScoringResult:
        there = {
            "openai_base_url": endpoint.url,
            "openai_api_key": endpoint.key,
            "llm_model": "fake-1",
            "llm_rate": 1000,
        }
        settings = settings_for(warehouse, **(there | extra))
        left, _ = list_scoring_tasks(settings, domain, occupations, limit)
        with closing(open_llm_client(settings, sleep=lambda _: None)) as client:
            return score(settings, client, left)

    return once


def answers(warehouse: Warehouse, columns: str) -> list[tuple[Any, ...]]:
    return warehouse.raw(f"select {columns} from {{raw}}.llm_answer order by prompt_hash, attempt")


def test_the_prompt_has_onets_words_and_no_rating(warehouse: Warehouse, release: Release) -> None:
    settings = settings_for(warehouse, llm_model="fake-1")
    land_here(warehouse, release.folder)
    before, _ = list_scoring_tasks(settings, "skills")
    assert len({question.digest for question in before}) == PAIRS
    one = next(
        each.prompt
        for each in before
        if (each.prompt.onetsoc_code, each.prompt.element_id) == ("11-1011.00", "2.A.1.a")
    )
    for said in (
        "Chief Executives",
        "Sets the course of an organization",
        "Reading Comprehension",
        "- 4: Invented example of reading",
    ):
        assert said in one.text
    assert one.text.index("Decide what comes next.") < one.text.index("Answer the owners.")
    lines = release.lines("Skills.txt")
    release.write(
        "Skills.txt",
        [lines[0], *([*line[:4], "1.11", "7", "0.0100", *line[7:]] for line in lines[1:])],
    )
    land_here(warehouse, release.folder)
    after, _ = list_scoring_tasks(settings, "skills")
    assert [question.digest for question in after] == [question.digest for question in before]
    other, _ = list_scoring_tasks(
        settings.model_copy(update={"llm_model": "fake-2"}), "skills", limit=5
    )
    assert not {question.digest for question in other} & {question.digest for question in before}


def test_every_answer_is_kept_and_a_repeated_run_asks_nothing(
    warehouse: Warehouse, release: Release, endpoint: Endpoint, run: Run
) -> None:
    land_here(warehouse, release.folder)
    done = run(limit=6)
    assert (done.accepted, done.prompt_tokens, done.completion_tokens) == (6, 600, 120)
    [kept] = answers(
        warehouse,
        "prompt, parameters, raw_text, level, prompt_tokens, latency_ms, attempt, state,"
        " prompt_version",
    )[:1]
    assert [{"role": message["role"]} for message in json.loads(kept[0])] == [
        {"role": "system"},
        {"role": "user"},
    ]
    assert json.loads(kept[1])["response_format"]["type"] == "json_schema"
    assert float(kept[3]) == round(json.loads(kept[2])["level"], 2)
    assert kept[4:5] + kept[6:] == (100, 1, "accepted", "1")
    assert kept[5] >= 0
    assert run(limit=6).asked == 0
    assert run(limit=12).asked == 6, "the next six"
    assert len({row[0] for row in answers(warehouse, "prompt_hash")}) == 12
    once = run(occupations=("11-1011.00",)).asked
    assert run(occupations=("11-1011.00",)).asked == 0
    assert len(endpoint.asked) == 12 + once


def test_answers_that_cannot_be_taken_are_retried_then_put_aside(
    warehouse: Warehouse, release: Release, endpoint: Endpoint, run: Run
) -> None:
    land_here(warehouse, release.folder)
    bad = {
        "no JSON object": text("I would rather say four."),
        "outside 0 to 7": text(saying(7.01)),
        "the level is not a number": text(saying("high")),
        "the confidence 2 is outside": text(saying(confidence=2)),
        "the justification is not": text(saying(justification="")),
        "refused: no": lambda handler: handler.complete(None, refusal="no"),
        "cut off": lambda handler: handler.complete("{", "length"),
    }
    for number, (said, fault) in enumerate(bad.items(), 1):
        endpoint.asked.clear()
        endpoint.faults.append(fault)
        assert (run(limit=number, llm_concurrency=1).accepted, len(endpoint.asked)) == (1, 2), said
    errors = [row[0] for row in answers(warehouse, "error") if row[0]]
    assert [sum(said in error for error in errors) for said in bad] == [1] * len(bad)
    assert [request["seed"] for request in endpoint.asked] == [1, 2]
    endpoint.faults.extend([text("no")] * 3)
    done = run(limit=len(bad) + 1, llm_concurrency=1)
    assert (done.accepted, done.quarantined, done.rejected) == (0, 1, 3)
    assert run(limit=len(bad) + 2).accepted == 1, "another pair: the one put aside stays so"
    assert sorted(row[0] for row in answers(warehouse, "state")).count("quarantined") == 1


def trouble(status: int) -> Callable[[Answering], None]:
    return lambda handler: handler.send(status, b"<html>")


def test_trouble_that_passes_costs_no_pair(
    warehouse: Warehouse, release: Release, endpoint: Endpoint, run: Run
) -> None:
    land_here(warehouse, release.folder)
    endpoint.faults.extend(
        [
            trouble(429),
            trouble(500),
            trouble(503),
            trouble(200),
            lambda handler: handler.send(200, {"choices": []}),
        ]
    )
    done = run(limit=3)
    assert (done.accepted, done.asked, len(endpoint.asked)) == (3, 3, 8)


def test_trouble_that_does_not_pass_is_kept_and_asked_again(
    warehouse: Warehouse, release: Release, endpoint: Endpoint, run: Run
) -> None:
    land_here(warehouse, release.folder)
    endpoint.faults.extend([trouble(500)] * 8)
    with pytest.raises(LoaderError, match="HTTP 500, after 8 attempts"):
        run(limit=1, llm_concurrency=1)
    assert answers(warehouse, "state, attempt") == [("failed", 1)]
    assert run(limit=1).accepted == 1
    assert answers(warehouse, "state, attempt") == [("failed", 1), ("accepted", 2)]
    with pytest.raises(LoaderError, match="refuses the key"):
        run(limit=2, openai_api_key="planted-other")


def test_a_server_without_schemas_is_asked_without(
    warehouse: Warehouse, release: Release, endpoint: Endpoint, run: Run
) -> None:
    land_here(warehouse, release.folder)
    endpoint.has_schemas = False
    endpoint.say = lambda request: f"Let me think {{about it}}.\n```json\n{judged(request)}\n```"
    assert run(limit=5, llm_concurrency=1).accepted == 5
    assert [
        "response_format" in json.loads(row[0]) for row in answers(warehouse, "parameters")
    ] == [False] * 5
    endpoint.has_schemas = True
    assert run(limit=5).asked == 0, (
        "the hash does not depend on how the answer's form was asked for"
    )


def test_a_killed_run_goes_on_where_it_was(
    warehouse: Warehouse, release: Release, endpoint: Endpoint, run: Run
) -> None:
    land_here(warehouse, release.folder)
    endpoint.before_closed = 12
    there = {
        "OPENAI_BASE_URL": endpoint.url,
        "OPENAI_API_KEY": endpoint.key,
        "LLM_MODEL": "fake-1",
        "LLM_RATE": "1000",
        "LLM_CONCURRENCY": "3",
    }
    command = [sys.executable, "-m", "loader", "score", "--limit", "40"]
    process = subprocess.Popen(command, cwd=ROOT, env=warehouse.environment("loader") | there)
    until(lambda: endpoint.waiting == 3, 60)
    process.kill()
    process.wait()
    kept = len(answers(warehouse, "prompt_hash"))
    assert kept == 12, "what was answered is written before the next is asked"
    endpoint.open.set()
    endpoint.asked.clear()
    assert run(limit=40).accepted == 28
    assert len(endpoint.asked) == 28
    assert len(set(answers(warehouse, "prompt_hash"))) == 40


def test_a_dry_run_prints_and_asks_nothing(
    warehouse: Warehouse, release: Release, endpoint: Endpoint
) -> None:
    land_here(warehouse, release.folder)
    printed = warehouse.run(
        "loader", "loader", "score", "--dry-run", "--occupation", "11-1011", LLM_MODEL="fake-1"
    )
    assert printed.count("Occupation: Chief Executives") == 8
    assert "8 pairs to ask, 0 settled before" in printed
    assert "set LLM_MODEL" in warehouse.run("loader", "loader", "score", code=1)
    assert endpoint.asked == []


@pytest.mark.long
def test_from_the_model_to_the_views(
    warehouse: Warehouse, release: Release, engine: Engine, run: Run
) -> None:
    """Agreement against pandas and scipy; gaps from the levels that the model gave; nothing of it
    among O*NET's ratings."""
    land_here(warehouse, release.folder)
    run()
    warehouse.build()
    assert warehouse.query("select count(*) from {core}.fct_llm_rating") == [(PAIRS,)]
    assert warehouse.query("select distinct rating_source from {core}.fct_rating") == [("release",)]
    levels = {
        (row[0], row[1]): float(row[2])
        for row in answers(warehouse, "onetsoc_code, element_id, level")
    }
    pair = "where from_occupation_code = '11-1011.00' and to_occupation_code = '15-1252.00'"
    gaps = {
        row[0]: (float(row[1]), row[2], row[3])
        for row in warehouse.query(
            "select element_id, level_gap, gap_standard_error, to_importance from"
            f" {{live}}.llm_skill_gap {pair}"
        )
    }
    both = {
        element: (levels["11-1011.00", element], levels["15-1252.00", element])
        for _, element in levels
    }
    higher = {
        element: round(target - source, 2)
        for element, (source, target) in both.items()
        if target > source
    }
    assert gaps == {element: (gap, None, None) for element, gap in higher.items()}
    assert warehouse.query(f"select count(*) from {{live}}.skill_gap {pair}") == [(0,)]
    _agrees_with_pandas(warehouse, levels)
    printed = warehouse.run("dbt", "dbt_onet", "agreement")
    assert "fake-1 is NO better than always answering the element's mean level." in printed


def _agrees_with_pandas(warehouse: Warehouse, levels: dict[tuple[str, str], float]) -> None:
    published = pd.DataFrame(
        warehouse.query(
            "select rating.occupation_code, rating.element_id, occupation.job_zone, rating.value,"
            " rating.n, rating.standard_error from {core}.fct_rating as rating inner join"
            " {core}.dim_occupation as occupation using (occupation_code) where scale_id = 'LV' and"
            " (element_id like '2.A%' or element_id like '2.B%')"
        ),
        columns=["code", "element_id", "job_zone", "level", "n", "error"],
    ).astype({"level": float, "n": float, "error": float, "job_zone": float})
    published["mean"] = published.groupby("element_id")["level"].transform("mean")
    published["scored"] = [
        levels[key] for key in zip(published["code"], published["element_id"], strict=True)
    ]
    floored = published["error"].clip(lower=1 / published["n"])
    published["within"] = ((published["scored"] - published["level"]).abs() <= floored).where(
        floored.notna()
    )
    columns = (
        "cut_by, element_id, job_zone, pair_count, mean_absolute_error,"
        " mean_absolute_error_of_mean, bias, rank_correlation, share_within_error,"
        " is_better_than_mean"
    )
    rows = warehouse.query(f"select {columns} from {{live}}.llm_agreement")
    zones = published["job_zone"].nunique(dropna=False)
    assert [sum(row[0] == cut for row in rows) for cut in ("model", "element", "job_zone")] == [
        1,
        8,
        zones,
    ]
    for cut, element, zone, *figures in rows:
        some = published
        if "element" in cut:
            some = some[some["element_id"] == element]
        if "job_zone" in cut:
            some = some[some["job_zone"].isna() if zone is None else some["job_zone"] == zone]
        off = some["scored"] - some["level"]
        of_mean = (some["mean"] - some["level"]).abs().mean()
        varies = some["scored"].nunique() > 1 and some["level"].nunique() > 1
        correlation = stats.spearmanr(some["scored"], some["level"]).statistic if varies else np.nan
        expected = [
            len(some),
            off.abs().mean(),
            of_mean,
            off.mean(),
            correlation,
            some["within"].mean(),
            float(off.abs().mean() < of_mean),
        ]
        actual = [np.nan if figure is None else float(figure) for figure in figures]
        assert actual == pytest.approx(expected, abs=1.01e-4, nan_ok=True), (cut, element, zone)
