"""Rows of the views of labour-market files for `live_warehouse.py`, of an occupation that no other
test asks for."""

from __future__ import annotations

from typing import Any

_CODE, _TITLE = "43-9999.02", "=Clerks+1"
_EDITION = ("2024-05", "May 2024", 1)
_MATCH = ("direct", 0, "43-9999", "Clerks")
_PAY = ("May 2024", 40_000, 0, "direct", 40_000, 0, "direct", None, None, None, None, None)
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "labor_file": [
        (
            "oews_national",
            *_EDITION[:2],
            "f.xlsx",
            "https://www.bls.gov/oes/",
            "ab" * 32,
            1,
            "2026-11-21 03:00:00",
            1,
        )
    ],
    "occupation_pay": [(_CODE, _CODE, *_PAY)],
    "occupation_wage": [
        (
            _CODE,
            _TITLE,
            *_EDITION,
            *_MATCH,
            900,
            1.5,
            0.5,
            *(40_000, 0) * 12,
            "https://www.bls.gov/oes/tables.htm",
        )
    ],
    "occupation_outlook": [
        (
            _CODE,
            _TITLE,
            *_EDITION,
            *_MATCH,
            1000,
            1100,
            100,
            10,
            50,
            1.5,
            "None",
            "None",
            "None",
            None,
            "https://www.bls.gov/emp/",
        )
    ],
    "occupation_code": [
        (
            "soc2018:11-3013",
            "soc2018",
            "11-3013",
            "Facilities Managers",
            "11-3013.00",
            "Facilities Managers",
            0,
        ),
        (
            "soc2018:15-1251",
            "soc2018",
            "15-1251",
            "Computer Programmers",
            "15-1251.00",
            "Computer Programmers",
            0,
        ),
        ("esco:1111.1", "esco", "1111.1", "keeper", "11-1011.00", "Chief Executives", 0),
        ("esco:1111.1", "esco", "1111.1", "keeper", "11-3013.00", "Facilities Managers", 0),
        (
            "soc2010:11-3011",
            "soc2010",
            "11-3011",
            "Keepers",
            "11-3013.00",
            "Facilities Managers",
            0,
        ),
        ("onet2010:11-3011.02", "onet2010", "11-3011.02", "Clerks", "43-9999.01", "Reclerks", 0),
        (
            "onet2010:11-3011.02",
            "onet2010",
            "11-3011.02",
            "Clerks",
            "11-3013.00",
            "Facilities Managers",
            0,
        ),
        ("soc2010:11-9999", "soc2010", "11-9999", "Nobody", None, None, None),
        ("isco:9999", "isco", "9999", "nobody", None, None, None),
    ],
}
