"""Building and publishing: how much of it is the engine's work, how much dbt's, how much the
publication's."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.commands import ROOT, Run, Warehouse, run
from benchmarks.report import Section, seconds

KINDS = {
    "model": "models",
    "seed": "seeds",
    "test": "data tests, joined",
    "unit_test": "unit tests",
}
STATEMENTS = "dbt.adapters.sql.connections:SQLConnectionManager.add_query"
SLOWEST = 5
OF_PAIRS = (
    "int_occupation_similarity",
    "int_nearest_occupation",
    "fct_occupation_transition",
    "occupation_transition",
)
"""The models whose work grows with the number of pairs of occupations."""


@dataclass(frozen=True)
class Build:
    """One `python -m dbt_onet build`. Seconds."""

    run: Run
    dbt: float
    statements: float
    """Of it, what the engine took for the SQL."""
    publication: float
    nodes: dict[str, float]
    """dbt's own execution time per kind of node."""
    counts: dict[str, int]
    of_pairs: float
    """Of it, that of the models in OF_PAIRS and of the tests on them."""
    slowest: list[tuple[str, float]]
    """The nodes that took longest, with their execution times."""


@dataclass
class Builds:
    """Every repeat on one engine: of a first build and publication, and of a second of the same
    load."""

    engine: str
    first: list[Build] = field(default_factory=list)
    second: list[Build] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)
    """`dbt build` of the same project, once: what all that is taken off dbt spares."""


def measure(builds: Builds, warehouse: Warehouse) -> None:
    """One repeat, in a warehouse that has its raw rows and nothing else."""
    builds.first.append(build(warehouse))
    builds.second.append(build(warehouse))
    if not builds.by_hand:
        builds.by_hand.append(build_by_hand(warehouse))


def build_by_hand(warehouse: Warehouse) -> float:
    """Seconds of `dbt build`: it parses, tests one by one, writes its artifacts, and publishes
    nothing."""
    folder = str(warehouse.dir / "by_hand")
    command = [
        sys.executable,
        "-m",
        "dbt.cli.main",
        "--quiet",
        "build",
        "--exclude-resource-type",
        "unit_test",
    ]
    command += [
        "--project-dir",
        "dbt_onet",
        "--profiles-dir",
        "dbt_onet",
        "--target-path",
        folder,
        "--log-path",
        folder,
    ]
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=warehouse.environment("dbt"), check=True)
    return time.perf_counter() - started


def build(warehouse: Warehouse) -> Build:
    """Builds, tests and publishes what is landed."""
    publish = f"dbt_onet.pipeline.publish.{warehouse.engine}:publish"
    done = run(
        warehouse,
        "dbt",
        "dbt_onet",
        ["build"],
        ["dbt_onet.pipeline.build:run_dbt", STATEMENTS, publish],
    )
    results = json.loads((warehouse.dir / "dbt" / "run_results.json").read_text())["results"]
    nodes = dict.fromkeys(KINDS.values(), 0.0)
    counts = dict.fromkeys(KINDS.values(), 0)
    of_pairs = 0.0
    needs = json.loads((warehouse.dir / "dbt" / "manifest.json").read_text())["parent_map"]
    for result in results:
        kind = KINDS.get(result["unique_id"].split(".")[0])
        if kind is None:  # an exposure: nothing is done for it
            continue
        nodes[kind] += result["execution_time"]
        counts[kind] += 1
        touched = [
            result["unique_id"],
            *(needs.get(result["unique_id"], []) if "test" in kind else []),
        ]
        of_pairs += result["execution_time"] * any(
            node.rpartition(".")[2] in OF_PAIRS for node in touched
        )
    slowest = sorted(
        ((result["unique_id"], result["execution_time"]) for result in results),
        key=lambda pair: -pair[1],
    )
    dbt, statements, publication = (
        done.calls[each] for each in ("dbt_onet.pipeline.build:run_dbt", STATEMENTS, publish)
    )
    return Build(done, dbt, statements, publication, nodes, counts, of_pairs, slowest[:SLOWEST])


def section(all_builds: list[Builds]) -> Section:
    shown = Section("Building and publishing (seconds: median, range)", ("",))
    headings = [""]
    columns = []
    for builds in all_builds:
        for name, made in (("first", builds.first), ("second", builds.second)):
            headings.append(f"{builds.engine}, {name}")
            columns.append(made)
    shown.headings = headings

    def row(name: str, value: Callable[[Build], float]) -> None:
        shown.rows.append((name, *(seconds([value(build) for build in made]) for made in columns)))

    row("python -m dbt_onet build, whole process", lambda build: build.run.whole)
    row("  start and imports", lambda build: build.run.whole - build.run.inside)
    row("  dbt", lambda build: build.dbt)
    row("    its statements, as the engine runs them", lambda build: build.statements)
    row("    dbt's own share: all but these", lambda build: build.dbt - build.statements)
    row("    its nodes", lambda build: sum(build.nodes.values()))
    counts = all_builds[0].first[-1].counts
    for kind in (kind for kind in KINDS.values() if counts[kind]):
        row(f"      {counts[kind]} {kind}", lambda build, kind=kind: build.nodes[kind])  # type: ignore[misc]
    row(
        "    before and after its nodes: parsing, planning, writing files",
        lambda build: build.dbt - sum(build.nodes.values()),
    )
    row("  publication", lambda build: build.publication)
    row(
        "  the rest: lock, databases, plan",
        lambda build: build.run.inside - build.dbt - build.publication,
    )
    shown.rows.append(
        (
            "`dbt build` by hand, which publishes nothing",
            *(seconds(b.by_hand) for b in all_builds for _ in range(2)),
        )
    )
    shown.notes = [
        (
            "By hand, once: dbt parses the project, runs each test by itself and writes all its"
            " files. What ours takes less, dbt was spared."
        ),
        (
            "Nodes: execution_time of dbt's run_results.json, one thread: the engine's SQL with"
            " dbt's compiling and bookkeeping of each node."
        ),
        (
            "First: nothing built or published before, nothing parsed. Second: the same load again;"
            " dbt may reuse its parse, and on MySQL only rows that differ are written."
        ),
    ]
    for builds in all_builds:
        named = ", ".join(
            f"{name.split('.')[2]} {taken:.2f}" for name, taken in builds.second[-1].slowest
        )
        shown.notes.append(f"Slowest nodes of the last second build on {builds.engine}: {named}.")
    shown.figures = [
        {
            "engine": builds.engine,
            "publication_number": name,
            "nodes": builds.first[-1].counts,
            "by_hand": builds.by_hand,
            "repeats": [
                {
                    "whole": build.run.whole,
                    "inside": build.run.inside,
                    "dbt": build.dbt,
                    "statements": build.statements,
                    "publication": build.publication,
                    "node_seconds": build.nodes,
                    "slowest_nodes": build.slowest,
                }
                for build in made
            ],
        }
        for builds in all_builds
        for name, made in (("first", builds.first), ("second", builds.second))
    ]
    return shown


def memory(all_builds: list[Builds]) -> list[tuple[str, str, list[int]]]:
    """(process, engine, peak bytes of each repeat)."""
    return [
        (
            "dbt_onet build",
            builds.engine,
            [build.run.peak for build in builds.first + builds.second],
        )
        for builds in all_builds
    ]
