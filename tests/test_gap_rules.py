"""The dbt unit tests, one a rule of the gap, on both engines; and that a broken rule is caught."""

from __future__ import annotations

import shutil
from pathlib import Path

from test_project_rules import UNIT_TESTS
from warehouse import ROOT, Warehouse


def unit_tests(warehouse: Warehouse, project: Path, folder: Path, code: int = 0) -> str:
    folders = ("--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(folder), "--log-path", str(folder))
    return warehouse.run("dbt", "dbt.cli.main", "test", "--select", "test_type:unit", *folders, code=code)


def test_every_rule_holds(copied: Warehouse, tmp_path: Path) -> None:
    printed = unit_tests(copied, ROOT / "dbt_onet", tmp_path)
    assert f"PASS={UNIT_TESTS} " in printed


def test_a_broken_rule_is_caught(copied: Warehouse, tmp_path: Path) -> None:
    """Level 0 and *Not Relevant* confused, as published implementations of this task did; and the floor of the error left out."""
    project = tmp_path / "dbt_onet"
    shutil.copytree(ROOT / "dbt_onet", project, ignore=shutil.ignore_patterns("*.py", "__pycache__", "target", "logs"))
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
    printed = unit_tests(copied, project, tmp_path / "target", code=1)
    assert "not_relevant_above_zero_is_newly_relevant" in printed
    assert "error_is_not_below_one_in_n" in printed
