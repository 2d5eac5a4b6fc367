"""The dbt unit tests, one a rule of the gap, on both engines; and that a broken rule is caught."""

from __future__ import annotations

import shutil
from pathlib import Path

from dbt_onet.pipeline.build import load_project
from dbt_onet.pipeline.dbt_runner import run_dbt
from tests.dbt.test_project_rules import UNIT_TESTS
from tests.support.warehouse import ROOT, Warehouse

BROKEN = ("not_relevant_above_zero_is_newly_relevant", "error_is_not_below_one_in_n")


UNIT = ("--select", "test_type:unit")


def test_every_rule_holds(copied: Warehouse) -> None:
    with copied.settings() as settings:
        ran = run_dbt(settings, "test", list(UNIT), manifest=load_project(settings))
    assert [str(each.status) for each in ran.result.results] == ["pass"] * UNIT_TESTS


def test_a_broken_rule_is_caught(copied: Warehouse, tmp_path: Path) -> None:
    """Level 0 and *Not Relevant* confused, as published implementations of this task did; and the
    floor of the error left out."""
    project = tmp_path / "dbt_onet"
    shutil.copytree(
        ROOT / "dbt_onet",
        project,
        ignore=shutil.ignore_patterns("*.py", "__pycache__", "target", "logs"),
    )
    gap = project / "macros" / "gap.sql"
    text = gap.read_text()
    broken = text.replace("and source.level = 0", "and source.is_not_relevant = 1")
    assert broken != text
    gap.write_text(broken)
    fact = project / "models" / "marts" / "fct_occupation_element.sql"
    text = fact.read_text()
    broken = text.replace(">= 1 then", ">= 0 then")
    assert broken != text
    fact.write_text(broken)
    target = tmp_path / "target"
    folders = (
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
        "--target-path",
        str(target),
        "--log-path",
        str(target),
    )
    rules = ("--select", *(f"{rule},test_type:unit" for rule in BROKEN))
    printed = copied.run("dbt", "dbt.cli.main", "test", *rules, *folders, code=1)
    assert f"ERROR={len(BROKEN)} " in printed
    assert all(rule in printed for rule in BROKEN)
