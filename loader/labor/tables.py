"""Raw tables of labour-market files. Published columns are text, as they stand in the file.

A row of a data table is named by its vintage and its line: a file that is landed again takes the
place of what it was, and `load_id` tells rows that the newer file no longer has.
"""

from __future__ import annotations

from loader.table_types import Kind, SideTable

LABOR_LOAD = SideTable(
    "labor_load",
    ("load_id",),
    {
        "load_id": "number",
        "source": "text",
        "state": "name",
        "files_landed": "number",
        "rows_read": "number",
        "rows_landed": "number",
        "rows_rejected": "number",
        "started_at": "moment",
        "finished_at": "moment",
        "error": "text",
    },
)
"""One row per run of `loader labor`: `running`, `complete` or `failed`."""

LABOR_FILE = SideTable(
    "labor_file",
    ("load_id", "dataset", "vintage"),
    {
        "load_id": "number",
        "dataset": "name",
        "vintage": "name",
        "vintage_name": "name",
        "table_name": "name",
        "file_name": "name",
        "sheet_name": "name",
        "address": "text",
        "official_address": "text",
        "sha256": "name",
        "bytes": "number",
        "rows_read": "number",
        "rows_landed": "number",
        "rows_rejected": "number",
        "top_code_hourly": "text",
        "top_code_annual": "text",
        "notes": "text",
        "landed_at": "moment",
    },
)
"""One row per file of a complete load. Of a dataset and vintage the highest load counts."""

LABOR_REJECT = SideTable(
    "labor_reject",
    ("load_id", "file_name", "line_number"),
    {
        "load_id": "number",
        "file_name": "name",
        "line_number": "number",
        "reason": "text",
        "content": "text",
    },
)
"""One row per row of a file that could not be landed."""

_PLACE: dict[str, Kind] = {"vintage": "name", "line_number": "number", "load_id": "number"}


def _data(name: str, *columns: str) -> SideTable:
    return SideTable(name, ("vintage", "line_number"), _PLACE | dict.fromkeys(columns, "text"))


LABOR_WAGE = _data(
    "labor_wage",
    *("area", "area_title", "area_type", "prim_state", "naics", "naics_title", "i_group"),
    *("own_code", "occ_code", "occ_title", "o_group", "tot_emp", "emp_prse", "jobs_1000"),
    *("loc_quotient", "pct_total", "pct_rpt", "h_mean", "a_mean", "mean_prse"),
    *("h_pct10", "h_pct25", "h_median", "h_pct75", "h_pct90"),
    *("a_pct10", "a_pct25", "a_median", "a_pct75", "a_pct90", "annual", "hourly"),
)
"""OEWS national estimates: one row per occupation group, from all occupations down."""

LABOR_PROJECTION = _data(
    "labor_projection",
    *("nem_title", "nem_code", "occupation_type", "employment_base", "employment_projected"),
    *("distribution_base", "distribution_projected", "employment_change"),
    *("employment_change_percent", "self_employed_percent", "annual_openings"),
    *("median_annual_wage", "education", "work_experience", "training", "ooh_content"),
)
"""Employment Projections, Table 1.2: one row per line item and summary of the matrix."""

LABOR_NEM = _data(
    "labor_nem",
    *("sort_order", "onetsoc_code", "onetsoc_title", "nem_code", "nem_title"),
    *("ooh_code", "ooh_title", "ooh_group", "ooh_group_brief", "ooh_address"),
)
"""BLS's National Employment Matrix code of each O*NET-SOC occupation."""

LABOR_CROSSWALK = SideTable(
    "labor_crosswalk",
    ("dataset", "vintage", "line_number"),
    {
        "dataset": "name",
        **_PLACE,
        **dict.fromkeys(("from_code", "from_title", "to_code", "to_title"), "text"),
        **dict.fromkeys(("part", "comment"), "text"),
    },
)
"""One row per pair of codes of a crosswalk between two classifications."""

DATA_TABLES = (LABOR_WAGE, LABOR_PROJECTION, LABOR_NEM, LABOR_CROSSWALK)
LABOR_TABLES = (LABOR_LOAD, LABOR_FILE, LABOR_REJECT, *DATA_TABLES)
