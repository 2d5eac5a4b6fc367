"""Breaks one rule at a time, in a copy of the project, and says whether the tests that should
notice do: `make mutate`.

Each entry of MUTATIONS changes a sign, a bound, a lock or an error that is raised. One that no test
notices is a rule that is not tested. First the same tests are run on the project as it is: those
that fail there would notice anything.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from tests.support import shared
from tests.support.environment import without_settings

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Mutation:
    """`old`, which stands once in the file, becomes `new`; `tests` is what should notice, as
    arguments of pytest."""

    path: str
    old: str
    new: str
    tests: tuple[str, ...]


ORACLE = ("tests/dbt/test_gap_every_pair.py", "-k", "duckdb and sample")
RULES = ("tests/dbt/test_gap_rules.py::test_every_rule_holds", "-k", "duckdb")
FAULTS = ("tests/dbt/test_publication.py", "-k", "each_fault and duckdb")
BUILDS = ("tests/dbt/test_publication.py", "-k", "readers_see and duckdb")
ROWS = ("tests/loader/test_rows.py", "-k", "not mysql and not any_table")
LOADS = ("tests/loader/test_loads.py", "-k", "not mysql and not 29_2")
GAP_API = ("tests/api/test_skill_gap.py", "-k", "duckdb")
GAP, STORE = "dbt_onet/macros/gap.sql", "loader/store/duckdb.py"

MUTATIONS = (
    # the rules of the gap
    Mutation(
        GAP,
        "target.level > 0 and source.level = 0",
        "target.level >= 0 and source.level = 0",
        ORACLE,
    ),
    Mutation(
        GAP, "is_higher() %}target.level > source", "is_higher() %}target.level >= source", ORACLE
    ),
    Mutation(
        GAP,
        "coalesce(target.is_not_relevant, 0) = 0",
        "coalesce(target.is_not_relevant, 0) >= 0",
        ORACLE,
    ),
    Mutation(
        GAP,
        "source.is_suppress_recommended = 1 or target",
        "source.is_suppress_recommended = 1 and target",
        ORACLE,
    ),
    Mutation(GAP, "({{ n }} - 1) as level_welch", "{{ n }} as level_welch", ORACLE),
    Mutation(GAP, "(source.level_variance + target", "(source.level_variance - target", RULES),
    Mutation(
        "dbt_onet/models/marts/fct_occupation_element.sql",
        "standard_error * n >= 1",
        "standard_error * n >= 0",
        RULES,
    ),
    Mutation(
        "dbt_onet/models/intermediate/int_merged_rating.sql",
        "where released.value is null",
        "where true",
        RULES,
    ),
    # what may be published
    Mutation(
        "dbt_onet/macros/typed.sql",
        "when 'N' then {{ to_integer(0) }}",
        "else {{ to_integer(0) }}",
        BUILDS,
    ),
    Mutation("dbt_onet/macros/typed.sql", " where state = 'complete')", ")", FAULTS),
    Mutation(
        "dbt_onet/tests/generic/key.sql", "having count(*) > 1", "having count(*) > 2", FAULTS
    ),
    Mutation(
        "dbt_onet/tests/assert_values_are_within_their_scale.sql",
        "rating.value not between scale.minimum and scale.maximum",
        "rating.value > scale.maximum",
        FAULTS,
    ),
    Mutation("dbt_onet/pipeline/build.py", 'in ("error", "fail")', 'in ("error",)', BUILDS),
    Mutation(
        "dbt_onet/pipeline/build.py",
        " and noted.published.inputs == _inputs(settings)",
        "",
        ("tests/dbt/test_publication.py", "-k", "left_out and duckdb"),
    ),
    # the loader
    Mutation(
        "loader/load.py",
        "if rejected > settings.loader_max_reject_share",
        "if rejected >= settings.loader_max_reject_share",
        ROWS,
    ),
    Mutation("loader/load.py", "if arrived != len(block.line_numbers):", "if False:", LOADS),
    Mutation("loader/load.py", "str(error), _now())\n        raise", "str(error), _now())", ROWS),
    Mutation("loader/reader.py", "!= width - 1", "> width - 1", ROWS),
    Mutation(
        "loader/reader.py", "prepend=-1) - 1 > MAX_LINE_BYTES", "prepend=-1) > MAX_LINE_BYTES", ROWS
    ),
    Mutation(STORE, 'older = "load_id < (select', 'older = "load_id <= (select', LOADS),
    Mutation(STORE, 'path = folder / "pipeline.lock"', 'path = folder / "loader.lock"', LOADS),
    Mutation(
        STORE,
        "error = 'interrupted' where state = 'running'",
        "error = 'interrupted' where false",
        LOADS,
    ),
    # the API
    Mutation(
        "api/auth.py",
        "if len(sent) != 1:",
        "if not sent:",
        ("tests/api/test_auth.py", "-k", "not page"),
    ),
    Mutation(
        "api/auth.py",
        '"/health/live", ',
        '"/health/live", "/publication", ',
        ("tests/api/test_auth.py", "-k", "not page"),
    ),
    Mutation("api/gaps.py", "or 0) >= min_importance", "or 0) > min_importance", GAP_API),
    Mutation("api/queries/skill_gap.py", "gap.level_gap desc", "gap.level_gap", GAP_API),
    Mutation(
        "api/response_cache.py",
        "if build_id != self._build_id:",
        "if not self._build_id:",
        ("tests/api/test_response_cache.py", "-k", "not mysql"),
    ),
    Mutation(
        "api/strict_route.py",
        "and not prepared.has_titles:",
        "and True:",
        ("tests/api/test_response_cache.py", "-k", "not mysql"),
    ),
    Mutation(
        "api/responses.py",
        '{build_id} {__version__} {media_type}"',
        '{build_id} {__version__}"',
        ("tests/api/test_caching.py", "-k", "duckdb"),
    ),
    Mutation(
        "api/parameters.py",
        "lowest <= int(value) <= highest",
        "lowest <= int(value) <= highest + 1",
        ("tests/api/test_problems.py", "tests/api/test_occupations.py", "-k", "duckdb"),
    ),
    Mutation(
        "api/parameters.py",
        "ge=1,\n        le=5,",
        "ge=0,\n        le=5,",
        ("tests/api/test_problems.py", "tests/api/test_skill_gap.py", "-k", "duckdb"),
    ),
)


def copy_tree(folder: Path) -> Path:
    """What git knows of the project, as it is now."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in names.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    return folder


def run(tree: Path, tests: Sequence[str]) -> tuple[int, str]:
    """pytest's exit code (1: a test failed), and what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = without_settings() | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def judge(mutation: Mutation, trees: Queue[Path]) -> str:
    """`caught`, `NOT CAUGHT`, or what is wrong with the mutation itself."""
    tree = trees.get()
    file = tree / mutation.path
    text = file.read_text()
    started = time.monotonic()
    try:
        if text.count(mutation.old) != 1:
            verdict = f"DOES NOT APPLY: stands there {text.count(mutation.old)} times"
        else:
            file.write_text(text.replace(mutation.old, mutation.new))
            code, printed = run(tree, mutation.tests)
            verdict = {0: "NOT CAUGHT", 1: "caught"}.get(
                code, f"BROKEN: pytest ended with {code}\n{printed[-2000:]}"
            )
            if code == 1:
                failed = [
                    line.split()[1]
                    for line in printed.splitlines()
                    if line.startswith(("FAILED", "ERROR")) and len(line.split()) > 1
                ]
                verdict += f" by {failed[0].rsplit('/', 1)[-1]}" if failed else ""
    finally:
        file.write_text(text)
        trees.put(tree)
    print(  # noqa: T201
        f"{verdict}  ({time.monotonic() - started:.0f} s)  {mutation.path}: {mutation.old!r} ->"
        f" {mutation.new!r}",
        flush=True,
    )
    return verdict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="how many at once")
    parser.add_argument(
        "--only",
        action="append",
        metavar="TEXT",
        help="only the mutations whose path or old text has this; repeatable",
    )
    parser.add_argument(
        "--trust", action="store_true", help="do not run the tests on the project as it is first"
    )
    options = parser.parse_args()
    wanted = options.only or [""]
    chosen = [
        mutation
        for mutation in MUTATIONS
        if any(text in f"{mutation.path}: {mutation.old}" for text in wanted)
    ]
    ours = shared.begin()  # what is built from code that no mutation touched is built once
    try:
        with tempfile.TemporaryDirectory(prefix="onet-mutations-") as folder:
            trees: Queue[Path] = Queue()
            for number in range(options.jobs):
                trees.put(copy_tree(Path(folder) / str(number)))
            if not options.trust:
                for tests in dict.fromkeys(mutation.tests for mutation in chosen):
                    code, printed = run(trees.queue[0], tests)
                    if code:
                        print(  # noqa: T201
                            f"{' '.join(tests)}: fails on the project as it is\n{printed[-4000:]}"
                        )
                        return 2
            with ThreadPoolExecutor(options.jobs) as workers:
                verdicts = list(workers.map(lambda mutation: judge(mutation, trees), chosen))
    finally:
        if ours:
            shared.end()
    caught = sum(verdict.startswith("caught") for verdict in verdicts)
    print(f"{caught} of {len(chosen)} caught")  # noqa: T201
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
