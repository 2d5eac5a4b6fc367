"""An employer's own data in the containers: `.ci/compose` starts them and runs this before what
changes the stack."""

from __future__ import annotations

import re
import shutil
import subprocess

import yaml

from tests.project.test_compose import stack  # noqa: F401  # the fixture
from tests.support.compose_stack import Stack
from tests.support.warehouse import ROOT

FILE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PAGE = (ROOT / "docs" / "employer.md").read_text()
SAMPLE = ROOT / "loader" / "employer" / "sample"
[IN_DOCKER] = re.findall(r"```\n(docker compose run .* loader employer(?:(?!```).*\n)+)```", PAGE)
SHOWN = ("sql_gaps.csv", "sql_roster.csv", "validation_errors.csv")


def employers_databases(stack: Stack) -> str:  # noqa: F811
    return stack.sql("dbt", r"show databases like 'onet\_employer%'")


def test_its_volume_and_its_folder_are_of_one_service_each() -> None:
    mounts = {
        name: [mount for mount in map(str, service.get("volumes", [])) if "employer" in mount]
        for name, service in FILE["services"].items()
    }
    assert {name: each for name, each in mounts.items() if each} == {
        "loader": ["${EMPLOYER_FILES:-./employer}:/app/employer:ro"],
        "dbt": ["employer:/var/lib/onet/employer"],
    }
    assert "employer" in FILE["volumes"]


def test_the_pages_commands_land_build_and_bring_out(stack: Stack) -> None:  # noqa: F811
    assert employers_databases(stack) == ""  # nothing of it exists before the first load
    before = stack.publication()
    given = stack.directory / "employer"
    given.mkdir(exist_ok=True)
    for path in SAMPLE.iterdir():
        shutil.copy(path, given)
        (given / path.name).chmod(0o644)
    given.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euc", IN_DOCKER], cwd=stack.directory, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ida Sample" not in done.stdout + done.stderr
    outputs = stack.directory / "outputs"
    assert {path.stat().st_mode & 0o777 for path in outputs.rglob("*") if path.is_file()} == {0o600}
    for name in SHOWN:
        assert f"\n$ cat outputs/{name}\n{(outputs / name).read_text()}```" in PAGE
    gap = (outputs / "workforce_gap.csv").read_text().splitlines()
    assert len(gap) > 35
    assert all(f",{before['release']},{before['build_id']}" in row for row in gap[1:])
    assert employers_databases(stack).split() == [
        f"onet_employer{room}" for room in ("", "_build", "_core", "_raw")
    ]
    refused = stack.sql("api", "select 1 from onet_employer.current_publication", code=1)
    assert "denied" in refused
    assert stack.publication() == before


def test_a_load_that_fails_leaves_onet_served_and_the_last_outputs(stack: Stack) -> None:  # noqa: F811
    before = stack.publication()
    (stack.directory / "employer" / "claims.csv").write_text("claim_id,company_ein\nC-1,12\n")
    said = stack.compose("run", "--rm", "loader", "employer", "employer/", code=1)
    assert "claims.csv, line 1: missing columns service_date, amount, claim_type" in said
    assert stack.publication() == before
    command = ("run", "--rm", "--no-deps", "--entrypoint", "ls", "dbt")
    assert "workforce_gap.csv" in stack.compose(*command, "/var/lib/onet/employer/outputs")


def test_all_of_it_is_forgotten(stack: Stack) -> None:  # noqa: F811
    stack.compose("run", "--rm", "loader", "employer", "--forget-all")
    stack.compose("run", "--rm", "--no-deps", "dbt", "employer", "remove")
    assert employers_databases(stack) == ""
    command = ("run", "--rm", "--no-deps", "--entrypoint", "find", "dbt")
    assert "outputs" not in stack.compose(*command, "/var/lib/onet/employer")
    assert stack.publication()
