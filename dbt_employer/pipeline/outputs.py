"""What an employer takes away: files of their own, the same bytes from the same input, readable by
their owner alone.

Rows of either engine go through one DuckDB, sorted. Files are made beside the old ones and take
their places when all are there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import structlog

from csv_safety import escape_formula_sql
from dbt_employer.pipeline.settings import EmployerSettings
from dbt_onet.pipeline.export.source import Source

log = structlog.get_logger()

CLEAN_DATA = """
select
    employee.company_ein, employee.person_id, employee.full_name, employee.title, employee.email,
    employee.company_source,
    employee.start_date, employee.end_date, person.is_active, employee.notes,
    roster.occupation_code, roster.mapping_method,
    company.company_name, company.industry, company.revenue, company.headcount,
    company.is_enrichment_stale
from {build}.int_employee as employee
inner join {build}.dim_employee as person
    on employee.company_ein = person.company_ein and employee.person_id = person.person_id
inner join {build}.fct_roster_occupation as roster
    on employee.company_ein = roster.company_ein and employee.person_id = roster.person_id
inner join {build}.dim_company as company on employee.company_ein = company.company_ein
"""
VALIDATION_ERRORS = """
select table_name, file_name, line_number, field, reason
from {build}.validation_error
where severity = 'error'
"""
OUTPUTS = {
    "sql_gaps.csv": "select * from {build}.plan_coverage_gap",
    "sql_spikes.csv": "select * from {build}.claim_cost_spike",
    "sql_roster.csv": "select * from {build}.roster_mismatch",
    "clean_data.parquet": CLEAN_DATA,
    "validation_errors.csv": VALIDATION_ERRORS,
    "workforce_gap.csv": "select * from {build}.workforce_gap",
    "workforce_gap.parquet": "select * from {build}.workforce_gap",
}
MANIFEST = "manifest.json"
_FORMS = {".csv": "format csv, header", ".parquet": "format parquet, compression zstd"}


def write_outputs(
    open_rows: Callable[[], Source], private: Path, options: EmployerSettings
) -> None:
    """Writes every output and the manifest with their checksums; the old ones stay until all are
    written.

    Args:
        open_rows: where the rows are.
        private: a folder of the owner's alone, for what is spooled.
        options: where the outputs go, and with how much memory they are written.
    """
    folder = options.outputs
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    fresh = folder / ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    private.mkdir(parents=True, exist_ok=True, mode=0o700)
    before, tempfile.tempdir = (
        tempfile.tempdir,
        str(private),
    )  # what a source spools is personal data
    try:
        with closing(open_rows()) as source:
            source.duck.execute(f"set memory_limit = '{options.memory}'")
            source.duck.execute(f"set temp_directory = '{_quoted(private)}'")
            files = [_write(source, fresh / name, statement) for name, statement in OUTPUTS.items()]
            manifest = {"files": files, **_made_from(source)}
        (fresh / MANIFEST).write_text(
            json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        for name in (*OUTPUTS, MANIFEST):
            (fresh / name).chmod(0o600)
            (fresh / name).replace(folder / name)
    finally:
        tempfile.tempdir = before
        shutil.rmtree(fresh, ignore_errors=True)
    log.info("outputs written", folder=str(folder), files=len(files))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def remove_outputs(folder: Path) -> None:
    """Removes what `write_outputs` wrote, and nothing else."""
    for name in (*OUTPUTS, MANIFEST):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / ".new", ignore_errors=True)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _write(source: Source, path: Path, statement: str) -> dict[str, Any]:
    """In CSV no text is left that a spreadsheet would run."""
    duck = source.duck
    relation, values = source.fetch(statement)
    duck.execute(
        f"create or replace temp table sorted as select * from {relation} order by all", values
    )
    [(rows,)] = duck.execute("select count(*) from sorted").fetchall()
    what = "sorted"
    if path.suffix == ".csv":
        columns = duck.execute("describe sorted").fetchall()
        safe = (
            f"{escape_formula_sql(name)} as {name}" if kind == "VARCHAR" else name
            for name, kind, *_ in columns
        )
        what = f"(select {', '.join(safe)} from sorted)"
    duck.execute(f"copy {what} to ? ({_FORMS[path.suffix]})", [str(path)])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"path": path.name, "rows": rows, "bytes": path.stat().st_size, "sha256": digest}


def _made_from(source: Source) -> dict[str, Any]:
    """The day and release that the outputs speak of, and every file in them. No number of a load:
    it tells the order, not the input."""
    [(as_of, release, onet_build)] = source.rows(
        "select as_of_date, onet_release, onet_build_id from {build}.publication"
    )
    inputs = source.rows(
        "select distinct f.file_name, f.sha256 from {raw}.raw_load_file f join {raw}.raw_load l "
        "on l.load_id = f.load_id "
        "where l.state = 'complete' order by f.file_name, f.sha256"
    )
    return {
        "as_of_date": as_of.isoformat(),
        "onet_release": release,
        "onet_build_id": onet_build,
        "inputs": [{"file": name, "sha256": sha256} for name, sha256 in inputs],
    }
