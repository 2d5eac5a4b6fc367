"""The page that walks through it, docs/employer.md: its commands run, and print what it says."""

from __future__ import annotations

import re
import subprocess

import pytest
from pydantic_settings import BaseSettings
from typer.testing import CliRunner

from dbt_employer.pipeline.cli import app as build_app
from dbt_employer.pipeline.settings import EmployerSettings as BuildSettings
from loader.cli import app as loader_app
from loader.employer.inputs import INPUTS
from loader.employer.settings import EmployerSettings as LoadSettings
from loader.settings import Settings
from tests.employer.employer_warehouse import FIRST_LOOK, PAGE, EmployerWarehouse
from tests.employer.test_right_values import EXPECTED

WIDE = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
EXAMPLES = re.findall(r"```console\n\$ (.*)\n((?:(?!```).*\n)+)```", PAGE)


@pytest.mark.parametrize("command", [command for command, _ in EXAMPLES])
def test_what_is_printed_is_what_the_page_says(
    built_employer: EmployerWarehouse, command: str
) -> None:
    """On DuckDB after the page's own `make employer`, on MySQL after its two commands."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=built_employer.outputs.parent, capture_output=True, text=True
    )
    assert done.stdout == dict(EXAMPLES)[command]


def test_the_first_look_is_what_the_tests_run() -> None:
    assert f"```\nmake build ONET_SOURCE=sample\n{FIRST_LOOK}\n```" in PAGE
    assert len(EXAMPLES) == 5


def test_the_files_are_those_that_the_loader_knows() -> None:
    rows = dict(re.findall(r"^\| `(\w+)(?:\.json)?` \| (.*) \|$", PAGE, re.M))
    for table in INPUTS:
        if not table.is_lookup:
            required, _, optional = rows[table.name].partition("[")
            assert set(re.findall("`(\\w+)`", required)) == set(table.required)
            assert set(re.findall("`(\\w+)`", optional)) == set(table.optional)
    assert f"```\n{EXPECTED}```" in PAGE


@pytest.mark.parametrize(
    ("settings", "prefix", "inherited"),
    [(LoadSettings, "", set(Settings.model_fields)), (BuildSettings, "EMPLOYER_", set())],
)
def test_every_setting_is_on_the_page(
    settings: type[BaseSettings], prefix: str, inherited: set[str]
) -> None:
    for name in set(settings.model_fields) - inherited:
        assert f"`{prefix}{name.upper()}`" in PAGE


def test_its_options_exist() -> None:
    helps = {
        "employer": CliRunner().invoke(loader_app, ["employer", "--help"], env=WIDE).output,
        "dbt_employer": CliRunner().invoke(build_app, ["--help"], env=WIDE).output,
    }
    for option in ("--snapshot", "--force", "--forget", "--forget-all"):
        assert option in PAGE
        assert option in helps["employer"]
    for command in ("stage", "spark-outputs", "remove"):
        assert command in PAGE
        assert command in helps["dbt_employer"]
