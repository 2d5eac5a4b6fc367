"""The exercise's files, by the values that were computed twice, by independent programs: claims in
two parts, late, corrected, whole."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from dbt_onet.pipeline.build import BuildError
from tests.employer.employer_warehouse import EmployerWarehouse, make_employer
from tests.support.warehouse import Engine

EXPECTED = "company_ein,expected_count\n11-1111111,60\n22-2222222,45\n33-3333333,40\n"
SPIKES = [
    ("2022-07-06", "207.62"),
    ("2022-07-08", "212.69"),
    ("2022-07-10", "213.67"),
    ("2022-07-13", "233.26"),
    ("2022-07-14", "248.17"),
    ("2022-07-25", "254.84"),
]
LATE = (
    "claim_id,company_ein,service_date,amount,claim_type\n"
    "200,11-1111111,2022-01-10,5000.00,Medical\n"
    "198,11-1111111,2022-07-25,0.00,Vision\n"
)
"""A late claim, and a correction."""
CHECKSUMS = {
    "sql_gaps.csv": "482155002e019a9c070217b0bd4e332502c97e8c8738646300005c105bbccaba",
    "sql_roster.csv": "a004781e77926d845a5e0d8f36771ac8cb3723619c41b8800363939a3f65e3d5",
    "sql_spikes.csv": "13579e69cc5a15c1659ba396ef57dd3982ec97fd58e93ba8e0d462f3ff83d392",
}
CLEAN_DATA = "156dfcf0913c4d65e074f71216ed6a35a2563b929e39d3da851a52f7f35ca412"
CONTENT = (
    "sql_gaps.csv",
    "sql_spikes.csv",
    "sql_roster.csv",
    "clean_data.parquet",
    "validation_errors.csv",
    "workforce_gap.csv",
)


def parts(exercise: Path, folder: Path) -> tuple[Path, Path]:
    """Everything with the first 150 claims, and the other 50."""
    header, *claims = (exercise / "claims_raw.csv").read_text().splitlines(keepends=True)
    first, second = folder / "first", folder / "second"
    for each, rows in ((first, claims[:150]), (second, claims[150:])):
        each.mkdir(parents=True)
        (each / "claims.csv").write_text("".join([header, *rows]))
    for name in ("employees_raw.csv", "plans_raw.csv", "company_lookup.json"):
        shutil.copy(exercise / name, first)
    (first / "companies.csv").write_text(EXPECTED)
    return first, second


def see(employer: EmployerWarehouse) -> SimpleNamespace:
    """What the right values are about, as it is published now."""
    return SimpleNamespace(
        gaps=employer.query("select * from {live}.plan_coverage_gap"),
        spans=employer.query("select count(*) from {core}.fct_coverage_span"),
        spikes=employer.query("select * from {live}.claim_cost_spike order by window_end_date"),
        rosters=employer.query("select * from {live}.roster_mismatch order by company_ein"),
        quality=set(
            employer.query(
                "select table_name, severity, reason, row_count from {live}.data_quality "
                "where not (severity = 'clean' and field = 'title')"
            )
        ),
        errors=employer.query(
            "select table_name, file_name, line_number, field, reason "
            "from {core}.validation_error where severity = 'error'"
        ),
        inferred=employer.query(
            "select person_id, company_ein from {core}.dim_employee where company_source = "
            "'email_domain' order by company_ein, person_id"
        ),
        uncovered=employer.query(
            "select count(*), sum(amount) from {core}.fct_claim where is_covered = 0"
        ),
    )


@pytest.fixture(scope="module")
def exercised(
    engine: Engine,
    request: pytest.FixtureRequest,
    exercise: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SimpleNamespace]:
    """One warehouse through its loads; the outputs after each. On MySQL the second part arrives
    first."""
    folder = tmp_path_factory.mktemp("exercise")
    first, second = parts(exercise, folder)
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    with make_employer(engine, folder, server) as employer:
        arriving = (first, second) if engine == "duckdb" else (second, first)
        employer.load(arriving[0])
        employer.build()
        employer.load(arriving[1])
        incremental = employer.build()
        found = SimpleNamespace(employer=employer, incremental=incremental, folder=folder)
        found.seen = see(employer)
        found.titles = set(
            employer.query(
                "select reason, row_count from {live}.data_quality "
                "where severity = 'clean' and field = 'title'"
            )
        )
        found.whole = employer.build(full_refresh=True)
        late = folder / "late"
        late.mkdir()
        (late / "claims.csv").write_text(LATE)
        employer.load(late)
        employer.build()
        found.after_late = see(employer)
        yield found


@pytest.fixture
def seen(exercised: SimpleNamespace) -> SimpleNamespace:
    found: SimpleNamespace = exercised.seen
    return found


def test_one_gap_of_nine_spans(seen: SimpleNamespace) -> None:
    [(company, plan, start, end, *rest)] = seen.gaps
    assert (company, plan, str(start), str(end)) == (
        "33-3333333",
        "Medical",
        "2022-03-25",
        "2022-06-26",
    )
    assert rest == [94, "Aetna", "Cigna"]
    assert seen.spans == [(9,)]


def test_six_spikes(seen: SimpleNamespace) -> None:
    rows = seen.spikes
    assert [(str(row[2]), str(row[5])) for row in rows] == SPIKES
    assert {row[0] for row in rows} == {"11-1111111"}
    assert rows[0][3:5] == (Decimal("30766.54"), Decimal("94644.02"))
    assert rows[-1][3:5] == (Decimal("28003.08"), Decimal("99366.78"))


def test_rosters_and_their_severity(seen: SimpleNamespace) -> None:
    assert seen.rosters == [
        ("11-1111111", None, 60, 24, -36, Decimal("60.00"), "High"),
        ("22-2222222", None, 45, 12, -33, Decimal("73.33"), "High"),
        ("33-3333333", None, 40, 13, -27, Decimal("67.50"), "High"),
    ]


def test_clean_rows_errors_and_warnings(seen: SimpleNamespace) -> None:
    assert seen.quality == {
        ("employees", "clean", "valid", 49),
        ("employees", "error", "company_unresolved", 1),
        ("employees", "warning", "missing_title", 8),
        ("employees", "warning", "domain_contradicts_ein", 25),
        ("plans", "clean", "valid", 15),
        ("claims", "clean", "valid", 200),
        ("claims", "warning", "outside_coverage", 83),
    }
    assert seen.uncovered == [(83, Decimal("179742.76"))]
    assert seen.inferred == [
        ("17", "11-1111111"),
        ("20", "11-1111111"),
        ("40", "11-1111111"),
        ("48", "22-2222222"),
        ("32", "33-3333333"),
    ]
    assert seen.errors == [  # person 34
        ("employees", "employees_raw.csv", 35, "company_ein", "company_unresolved")
    ]


VALUES = (
    test_one_gap_of_nine_spans,
    test_six_spikes,
    test_rosters_and_their_severity,
    test_clean_rows_errors_and_warnings,
)
"""Of what `see` tells: for the other engine, too."""


def test_the_outputs_say_what_is_published(exercised: SimpleNamespace) -> None:
    """And, where no O*NET release is published, no title is known."""
    assert exercised.incremental["sql_gaps.csv"].decode().splitlines()[1:] == [
        "33-3333333,Medical,2022-03-25,2022-06-26,94,Aetna,Cigna"
    ]
    assert exercised.incremental["sql_roster.csv"].decode().splitlines()[1:] == [
        "11-1111111,,60,24,-36,60.00,High",
        "22-2222222,,45,12,-33,73.33,High",
        "33-3333333,,40,13,-27,67.50,High",
    ]
    assert exercised.incremental["validation_errors.csv"].decode().splitlines()[1:] == [
        "employees,employees_raw.csv,35,company_ein,company_unresolved"
    ]
    assert exercised.titles == {("no_title", 8), ("unmapped", 41)}


def test_whole_and_incremental_are_the_same_bytes(exercised: SimpleNamespace) -> None:
    assert set(exercised.whole) >= {*CONTENT, "workforce_gap.parquet", "manifest.json"}
    assert exercised.whole == exercised.incremental


def test_a_late_claim_and_a_correction_count(exercised: SimpleNamespace) -> None:
    assert_four_spikes(exercised.after_late)


def assert_four_spikes(seen: SimpleNamespace) -> None:
    rows = [row for row in seen.spikes if row[0] == "11-1111111"]
    assert [str(row[2]) for row in rows] == [day for day, _ in SPIKES[2:]]
    assert rows[-1][4:6] == (Decimal("95717.34"), Decimal("241.81"))
    assert rows[-1][2] == date(2022, 7, 25)


def test_outputs_are_their_owners_alone(exercised: SimpleNamespace) -> None:
    outputs = exercised.employer.outputs
    assert outputs.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in outputs.iterdir()} == {0o600}
    assert exercised.employer.dir.stat().st_mode & 0o077 == 0
    assert not [path for path in exercised.employer.dir.rglob("*") if path.stat().st_mode & 0o077]


def test_neither_the_order_of_arrival_nor_the_engine_changes_a_byte(
    exercised: SimpleNamespace,
) -> None:
    """150 + 50 claims on one engine, 50 + 150 on the other: each has these bytes."""
    files = exercised.incremental
    assert {name: hashlib.sha256(files[name]).hexdigest() for name in CHECKSUMS} == CHECKSUMS
    rows = exercised.folder / "outputs" / "clean_data.parquet"
    clean = duckdb.execute(f"select * from '{rows}' order by all").fetchall()
    assert hashlib.sha256(repr(clean).encode()).hexdigest() == CLEAN_DATA


def one_fault_each(exercise: Path, folder: Path) -> Path:
    folder = folder / "bad"
    folder.mkdir()
    shutil.copy(exercise / "employees_bad.csv", folder / "employees.csv")
    shutil.copy(exercise / "company_lookup.json", folder)
    return folder


def test_rows_with_one_fault_each(
    employer: EmployerWarehouse, exercise: Path, tmp_path: Path
) -> None:
    """Three of seven are errors: nothing is published until that share is allowed."""
    employer.load(one_fault_each(exercise, tmp_path))
    with pytest.raises(BuildError, match=r"employees.csv, line 5: start_date:bad_date") as refused:
        employer.build()
    assert "EMPLOYER_MAX_ERROR_SHARE" in str(refused.value)
    assert "no-at" not in str(refused.value)
    assert employer.files() == {}
    files = employer.build(EMPLOYER_MAX_ERROR_SHARE="0.5")
    assert_one_fault_each(employer)
    assert files["validation_errors.csv"].decode().splitlines()[1:] == [
        "employees,employees.csv,5,start_date,bad_date",
        "employees,employees.csv,6,email,bad_email",
        "employees,employees.csv,8,company_ein,company_unresolved",
    ]


def assert_one_fault_each(employer: EmployerWarehouse) -> None:
    assert employer.query(
        "select company_ein, person_id, title from {core}.dim_employee order by company_ein, "
        "person_id"
    ) == [
        ("11-1111111", "1", "HR Manager"),
        ("22-2222222", "1", "VP HR"),
        ("33-3333333", "4", "Sr Engineer"),
    ]
    errors = (
        "select line_number, reason from {core}.validation_error "
        "where severity = 'error' order by line_number"
    )
    assert employer.query(errors) == [
        (5, "bad_date"),  # person 2
        (6, "bad_email"),  # person 3
        (8, "company_unresolved"),  # person 5
    ]
    warnings = (
        "select line_number, reason from {core}.validation_error "
        "where severity = 'warning' order by line_number, reason"
    )
    assert employer.query(warnings) == [
        (2, "person_in_two_companies"),
        (3, "exact_duplicate"),
        (4, "domain_contradicts_ein"),
        (4, "person_in_two_companies"),
        (7, "missing_email"),
    ]
