"""The views of labour-market files for the live warehouses of `live_warehouse.py`: there, and empty, as where nobody landed any."""

from __future__ import annotations

from typing import Any

_OCCUPATION = "occupation_code char(10), vintage varchar(20), vintage_name varchar(60), official_address varchar(250), "
_MATCH = "match_kind varchar(20), is_shared integer, source_code varchar(7), source_title varchar(200), employment bigint, "
_FIGURES = ("mean", "p10", "p25", "median", "p75", "p90")
_RATES = ", ".join(
    f"{rate}_{figure} decimal(12,2), is_{rate}_{figure}_at_least integer" for rate in ("annual", "hourly") for figure in _FIGURES
)
TABLES = {
    "occupation_wage": f"{_OCCUPATION}{_MATCH}employment_relative_error decimal(6,1), mean_relative_error decimal(6,1), {_RATES}",
    "occupation_outlook": f"{_OCCUPATION}{_MATCH}projected_employment bigint, employment_change bigint, "
    "employment_change_percent decimal(6,1), annual_openings bigint, self_employed_percent decimal(6,1), education varchar(60), "
    "work_experience varchar(60), training varchar(60), handbook_address varchar(250)",
    "occupation_code": "code_id varchar(31), code_system varchar(10), code varchar(20), code_title varchar(250), occupation_code char(10), "
    "occupation_title varchar(150), is_partial integer",
}
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "occupation_wage": [],
    "occupation_outlook": [],
    "occupation_code": [
        ("soc2018:11-3013", "soc2018", "11-3013", "Facilities Managers", "11-3013.00", "Facilities Managers", 0),
        ("soc2018:15-1251", "soc2018", "15-1251", "Computer Programmers", "15-1251.00", "Computer Programmers", 0),
        ("esco:1111.1", "esco", "1111.1", "keeper", "11-1011.00", "Chief Executives", 0),
        ("esco:1111.1", "esco", "1111.1", "keeper", "11-3013.00", "Facilities Managers", 0),
        ("isco:9999", "isco", "9999", "nobody", None, None, None),
    ],
}
