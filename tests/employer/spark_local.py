"""The same models on Spark, with two executors: `make test-spark`.

The right values are asked of DuckDB; then every table and view that Spark built must have the same
rows, and every output the same bytes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.employer.by_hand import write_by_hand
from tests.employer.employer_warehouse import SAMPLE, EmployerWarehouse, make_employer
from tests.employer.test_by_hand import assert_values_made_by_hand
from tests.employer.test_right_values import (
    EXPECTED,
    LATE,
    VALUES,
    assert_four_spikes,
    assert_one_fault_each,
    one_fault_each,
    parts,
    see,
)
from tests.employer.test_workforce_release import (
    COUNTS,
    EXACT_TITLES,
    REVIEWED,
    REVIEWED_MAP,
    TARGET,
)
from tests.support.warehouse import ROOT, Warehouse

MASTER = "local-cluster[2,1,1024]"
RELEASE = "29.2"
MADE_ONCE = {"build_id", "published_at", "passed_test_count", "warned_test_count"}
"""Columns of `publication` that speak of a build and not of the data."""


@pytest.fixture(scope="module")
def spark_python() -> str:
    python = os.environ.get("SPARK_PYTHON")
    if not python:
        pytest.skip("SPARK_PYTHON is not set: `make test-spark` makes an environment with pyspark")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or later on the PATH")
    return python


@pytest.fixture(scope="module")
def onet(releases: Path, built: Callable[..., Warehouse]) -> Warehouse:
    return built("duckdb", str(releases / f"db_{RELEASE.replace('.', '_')}_text.zip"), None)


class OnSpark:
    """Builds on Spark what an employer has loaded, beside the build on DuckDB."""

    def __init__(self, employer: EmployerWarehouse, python: str, folder: Path) -> None:
        self._employer, self._python, self._folder = employer, python, folder

    def build(self, share: str = "0.2") -> None:
        """Both builds; each table must have the same rows and each output the same bytes."""
        files = self._employer.build(EMPLOYER_MAX_ERROR_SHARE=share)
        assert self._build(share).count(" PASS ") >= 40
        folders = (str(self._folder / "spark"), str(self._folder / "staged"))
        outputs = self._folder / "outputs of spark"
        self._employer.onet.run(
            "dbt", "dbt_employer", "spark-outputs", *folders, EMPLOYER_OUTPUTS=str(outputs)
        )
        assert {path.name: path.read_bytes() for path in outputs.iterdir()} == files
        self._compare()

    def _build(self, share: str) -> str:
        """Stages, and runs dbt as its documentation says; what was printed."""
        self._employer.onet.run("dbt", "dbt_employer", "stage", str(self._folder / "staged"))
        environment = self._employer.onet.environment("dbt") | {
            "EMPLOYER_MAX_ERROR_SHARE": share,
            "SPARK_MASTER": MASTER,
            "EMPLOYER_SPARK_INPUT": str(self._folder / "staged"),
            "EMPLOYER_SPARK_DIR": str(self._folder / "spark"),
        }
        folders = ["--project-dir", "dbt_employer", "--profiles-dir", "dbt_employer"]
        folders += ["--target-path", str(self._folder / "dbt")]
        folders += ["--log-path", str(self._folder / "dbt")]
        command = [self._python, "-m", "dbt.cli.main", "--no-use-colors", "build"]
        command += ["--target", "spark", "--exclude-resource-type", "unit_test", *folders]
        if not (self._folder / "staged" / "onet").exists():
            command += ["--vars", "{onet_is_published: false}"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
        return done.stdout

    def _compare(self) -> None:
        name = f"{self._employer.name}_build"
        tables = sorted((self._folder / "spark" / "warehouse" / f"{name}.db").iterdir())
        assert len(tables) > 30
        with duckdb.connect() as both:
            both.execute(f"attach '{self._employer.dir / 'build.duckdb'}' as build (read_only)")
            for table in tables:
                columns = ", ".join(
                    column
                    for (column, *_) in both.execute(
                        f"describe build.{name}.{table.name}"
                    ).fetchall()
                    if table.name != "publication" or column not in MADE_ONCE
                )
                left = _rows(both, f"select {columns} from build.{name}.{table.name}")
                right = Counter[tuple[Any, ...]]()
                if any(table.glob("*.parquet")):  # Spark may write none where there is no row
                    files = f"read_parquet('{table}/*.parquet')"
                    right = _rows(both, f"select {columns} from {files}")
                assert left == right, table.name


def _rows(connection: duckdb.DuckDBPyConnection, statement: str) -> Counter[tuple[Any, ...]]:
    return Counter(connection.execute(statement).fetchall())


@pytest.mark.timeout(1800)
def test_the_sample_is_the_same_on_spark(
    spark_python: str, built: Callable[..., Warehouse], tmp_path: Path
) -> None:
    with make_employer("duckdb", tmp_path, None, built("duckdb", "sample", None)) as employer:
        employer.load(SAMPLE)
        OnSpark(employer, spark_python, tmp_path).build()


@pytest.mark.timeout(3600)
def test_every_right_value_is_the_same_on_spark(
    spark_python: str, exercise: Path, onet: Warehouse, tmp_path: Path
) -> None:
    first, second = parts(exercise, tmp_path)
    (first / "target_occupations.csv").write_text(TARGET)
    with make_employer("duckdb", tmp_path, None, onet) as employer:
        spark = OnSpark(employer, spark_python, tmp_path)
        employer.load(first)
        spark.build()
        employer.load(second)
        spark.build()  # the rows of the first part are not judged again
        for check in VALUES:
            check(see(employer))
        assert tuple(map(int, employer.query(COUNTS % RELEASE)[0])) == EXACT_TITLES
        write_by_hand(tmp_path / "by hand", EXPECTED)
        employer.load(tmp_path / "by hand")
        later = tmp_path / "later"
        later.mkdir()
        (later / "claims.csv").write_text(LATE)
        (later / "title_map.csv").write_text(REVIEWED)
        employer.load(later)
        spark.build()
        assert_four_spikes(see(employer))
        assert tuple(map(int, employer.query(COUNTS % RELEASE)[0])) == REVIEWED_MAP
        assert_values_made_by_hand(employer)


@pytest.mark.timeout(1800)
def test_rows_with_one_fault_each_are_the_same_on_spark(
    spark_python: str, exercise: Path, tmp_path: Path
) -> None:
    with make_employer("duckdb", tmp_path, None) as employer:
        employer.load(one_fault_each(exercise, tmp_path))
        OnSpark(employer, spark_python, tmp_path).build("0.5")
        assert_one_fault_each(employer)
