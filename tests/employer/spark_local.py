"""The same models on Spark, with two executors: `make test-spark`. The exercise's claims in two
parts, beside O*NET's sample."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from employer.employer_warehouse import EmployerWarehouse, make_employer
from employer.test_right_values import parts
from warehouse import ROOT, Warehouse

MASTER = "local-cluster[2,1,1024]"
TARGETS = "company_ein,occupation_code\n11-1111111,11-3013.00\n"
TITLES = "title,occupation_code\nHR Manager,11-1011.00\nSr Engineer,15-1251.00\n"


@pytest.fixture(scope="module")
def spark_python() -> str:
    python = os.environ.get("SPARK_PYTHON")
    if not python:
        pytest.skip("SPARK_PYTHON is not set: `make test-spark` makes an environment with pyspark")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or later on the PATH")
    return python


def build_on_spark(employer: EmployerWarehouse, python: str, folder: Path) -> str:
    """Stages, and runs dbt as its documentation says; what was printed."""
    employer.onet.run("dbt", "dbt_employer", "stage", str(folder / "staged"))
    environment = employer.onet.environment("dbt") | {
        "SPARK_MASTER": MASTER,
        "EMPLOYER_SPARK_INPUT": str(folder / "staged"),
        "EMPLOYER_SPARK_DIR": str(folder / "spark"),
    }
    command = [
        python,
        "-m",
        "dbt.cli.main",
        "--no-use-colors",
        "build",
        "--target",
        "spark",
        "--project-dir",
        "dbt_employer",
    ]
    command += ["--profiles-dir", "dbt_employer", "--exclude-resource-type", "unit_test"]
    command += ["--target-path", str(folder / "dbt"), "--log-path", str(folder / "dbt")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    return done.stdout


@pytest.mark.timeout(3000)
def test_spark_builds_the_same_bytes(
    spark_python: str, exercise: Path, built: Callable[..., Warehouse], tmp_path: Path
) -> None:
    first, second = parts(exercise, tmp_path)
    (first / "target_occupations.csv").write_text(TARGETS)
    (first / "title_map.csv").write_text(TITLES)
    with make_employer("duckdb", tmp_path, None, built("duckdb", "sample", None)) as employer:
        employer.load(first)
        build_on_spark(employer, spark_python, tmp_path)
        employer.load(second)
        said = build_on_spark(employer, spark_python, tmp_path)
        assert said.count(" PASS ") >= 40
        on_duckdb = employer.build()
        on_spark = tmp_path / "outputs of spark"
        folders = (str(tmp_path / "spark"), str(tmp_path / "staged"))
        employer.onet.run(
            "dbt", "dbt_employer", "spark-outputs", *folders, EMPLOYER_OUTPUTS=str(on_spark)
        )
        assert len(on_duckdb["sql_spikes.csv"].splitlines()) == 7
        assert len(on_duckdb["workforce_gap.csv"].splitlines()) > 5
        assert {path.name: path.read_bytes() for path in on_spark.iterdir()} == on_duckdb
