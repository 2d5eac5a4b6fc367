"""`python -m benchmarks.employer_growth`: an employer's data grown large, loaded, built and tested
on DuckDB.

Two thousand companies, a million employees and 20 million claims of four years, all of them made
up; beside O*NET's sample. BENCH_CLAIMS makes fewer claims, and of the others in proportion.
Exit code 3: the build took more than 60 s or 2 GB.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
from rich.console import Console

from benchmarks.commands import Run, Warehouse, make_warehouse, run
from benchmarks.report import Section, machine, megabytes, show, write

CLAIMS = 20_000_000
MAX_SECONDS = 60
MAX_BYTES = 2_000_000_000
PUBLISHING = "dbt_onet.pipeline.publish.duckdb:publish"
WRITING = "dbt_employer.pipeline.build:write_outputs"
STEPS = {
    "load": "Parquet → raw rows, each with its file and line",
    "build": "every row judged, every rule, every test; published; outputs written",
    "build after a late file": "1 % more claims, judged alone; the rules over all of them",
}

# One chance for a row and a purpose, the same in every run.
_CHANCE = "cast(hash({0}, '{1}') % 1000000 as bigint)"
_EIN = "printf('%02d-%07d', 10 + {0} % 89, {0})"
_DAY = "date '2021-01-01' + cast({0} % 1460 as integer)"
FILES = {
    # half a percent of the dates and amounts is none; some amounts are reversals; one in a hundred
    # is of a type that nobody has a plan for
    "claims.parquet": f"""
        select
            cast(n + {{offset}} as varchar) as claim_id,
            {_EIN.format("n % {companies}")} as company_ein,
            case when {_CHANCE.format("n", "bad date")} < 2500 then '2022-02-30'
                else cast({_DAY.format(_CHANCE.format("n", "day"))} as varchar) end as service_date,
            case when {_CHANCE.format("n", "bad amount")} < 2500 then '12.3x'
                else cast(cast(({_CHANCE.format("n", "amount")} - 20000) * 0.01 as decimal(11, 2))
                    as varchar) end as amount,
            case when {_CHANCE.format("n", "no plan")} < 10000 then 'Life' else
                ['Medical', 'Dental', 'Vision'][1 + {_CHANCE.format("n", "type")} % 3]
            end as claim_type
        from range({{claims}}) as row_of (n)""",
    "employees.parquet": f"""
        select
            cast(n as varchar) as person_id,
            'Person ' || n as full_name,
            ['Chief Executive Officer', 'Registered Nurse', 'Security Guard', 'Clerk', 'CEO', null]
                [1 + {_CHANCE.format("n", "title")} % 6] as title,
            'p' || n || '@company' || (n % {{companies}}) || '.example' as email,
            case when {_CHANCE.format("n", "no EIN")} < 50000 then null
                else {_EIN.format("n % {companies}")} end as company_ein,
            cast({_DAY.format(_CHANCE.format("n", "start"))} as varchar) as start_date,
            case when {_CHANCE.format("n", "gone")} < 200000 then '2025-01-01' end as end_date,
            'note ' || n as notes
        from range({{employees}}) as row_of (n)""",
    "plans.csv": f"""
        select
            {_EIN.format("n % {companies}")} as company_ein,
            ['Medical', 'Dental', 'Vision'][1 + n // {{companies}} % 3] as plan_type,
            ['Aetna', 'Cigna', 'Delta'][1 + {_CHANCE.format("n", "carrier")} % 3] as carrier_name,
            date '2021-01-01' + cast(n // ({{companies}} * 3) * 365 + n % 11 as integer)
                as start_date,
            date '2021-12-31' + cast(n // ({{companies}} * 3) * 365 as integer) as end_date
        from range({{companies}} * 12) as row_of (n)""",
    "companies.csv": f"""
        select {_EIN.format("n")} as company_ein, 'Company ' || n as company_name,
            'company' || n || '.example' as domain, 300 + n % 400 as expected_count
        from range({{companies}}) as row_of (n)""",
    "target_occupations.csv": f"""
        select {_EIN.format("n")} as company_ein, '11-3013.00' as occupation_code
        from range({{companies}}) as row_of (n)""",
}


def main() -> int:
    console, claims = Console(width=120), int(os.environ.get("BENCH_CLAIMS") or CLAIMS)
    section = Section(
        f"An employer's data: {claims:,} claims", ("step", "seconds", "peak memory", "what it does")
    )
    with tempfile.TemporaryDirectory(prefix="onet-benchmarks-") as place:
        folder = Path(place)
        with make_warehouse("duckdb", folder / "warehouse", None) as warehouse:
            run(warehouse, "loader", "loader", ["land", "sample"])
            run(warehouse, "dbt", "dbt_onet", ["build"])
            measured = measure(warehouse, folder, claims)
    for step, taken in measured.items():
        section.rows.append((step, f"{taken.whole:.1f}", megabytes(taken.peak), STEPS[step]))
        figures = {"seconds": taken.whole, "peak_bytes": taken.peak, "inside": taken.calls}
        section.figures.append({"step": step, "claims": claims, **figures})
    inside = measured["build"].calls
    section.notes = [
        f"Of the build, publishing took {inside[PUBLISHING]:.1f} s and writing the outputs "
        f"{inside[WRITING]:.1f} s. Load average {os.getloadavg()[0]:.1f} at the end."
    ]
    show(console, section)
    console.print(f"Every figure: {write(machine(None), [section])}", highlight=False)
    builds = [taken for step, taken in measured.items() if step.startswith("build")]
    over = [each for each in builds if each.whole > MAX_SECONDS or each.peak > MAX_BYTES]
    return 3 if over else 0


def measure(warehouse: Warehouse, folder: Path, claims: int) -> Mapping[str, Run]:
    """Seconds and memory of each step, each in a process of its own."""
    found, outputs = {}, {"EMPLOYER_OUTPUTS": str(folder / "outputs")}
    write_files(folder / "given", claims)
    found["load"] = run(warehouse, "loader", "loader", ["employer", str(folder / "given")])
    timed = [PUBLISHING, WRITING]
    found["build"] = run(warehouse, "dbt", "dbt_employer", ["build"], timed, **outputs)
    write_files(folder / "late", claims // 100, claims, ["claims.parquet"])
    run(warehouse, "loader", "loader", ["employer", str(folder / "late")])
    late = run(warehouse, "dbt", "dbt_employer", ["build"], timed, **outputs)
    found["build after a late file"] = late
    return found


def write_files(folder: Path, claims: int, offset: int = 0, names: list[str] | None = None) -> None:
    """Made-up files in which each row is a function of its number, so that every run has the
    same."""
    folder.mkdir()
    sizes = {
        "claims": claims,
        "offset": offset,
        "employees": max(claims // 20, 100),
        "companies": max(min(claims // 10_000, 2000), 2),
    }
    with duckdb.connect() as connection:
        for name in names or FILES:
            form = "parquet" if name.endswith(".parquet") else "csv, header"
            statement = FILES[name].format(**sizes)
            connection.execute(f"copy ({statement}) to '{folder / name}' (format {form})")


if __name__ == "__main__":
    sys.exit(main())
