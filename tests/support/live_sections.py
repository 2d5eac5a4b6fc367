"""Invented rows of the views that make an occupation whole and find it, for the live warehouses of
`live_warehouse.py`."""

from __future__ import annotations

import re
from typing import Any

from tests.support import live_search

FROM, TO = "11-1011.00", "11-3013.00"

# occupation, title, kind; O*NET's own titles are added to these
CALLED = [
    (FROM, "CEO (Chief Executive Officer)", "reported"),
    (FROM, "Director", "alternate"),
    ("11-1011.03", "Director", "alternate"),
    (TO, "Reclerks", "alternate"),  # O*NET's own title of another one
    (TO, "Building Manager/Keeper", "alternate"),
    ("15-1251.00", "Coder", "reported"),
    ("15-1251.00", "Registered Coder", "alternate"),
]

_SHEET = ("43232110", "Spreadsheet software", "43232100", "Content software") * 2
TECHNOLOGIES = [
    (FROM, "Sheet", 1, 0, *_SHEET),
    (TO, "Sheet", 1, 0, *_SHEET),
    (TO, "zeta", 1, 1, *_SHEET),
    (TO, "Alpha", 0, 1, *_SHEET),
    (TO, "alpha", 0, 1, *_SHEET),
    (TO, "Old", 0, None, *(("1", "Odd software", None, None) * 2)),
    (TO, "Beta", 1, 0, *_SHEET),
    (TO, "=Plan", 0, 0, *_SHEET),
]

_OTHERS: dict[str, list[tuple[Any, ...]]] = {
    "occupation_rating": [
        (TO, "skills", "9.A.2", "Second", "Tools", 2.5, 3.0, 0, 0, 2, "Drive a nail"),
        (TO, "skills", "9.A.3", "Last", None, 0, None, 1, 1, None, None),
        (TO, "skills", "9.A.1", "First", "Tools", 2, 4.5, None, None, 2, "Drive a nail"),
        (TO, "abilities", "9.C.1", "Lift", "Body", 3.5, 2.25, 0, 0, 4, "Lift a sack"),
    ],
    "occupation_characteristic": [
        (TO, "work_styles", "9.D.1", "Calm", -0.5, "WI", "Impact", -3, 3),
        (TO, "work_styles", "9.D.2", "Care", 2.5, "WI", "Impact", -3, 3),
        (TO, "interests", "9.E.1", "Realistic", 5, "OI", "Interests", 1, 7),
    ],
    "occupation_education": [(TO, 6, "Bachelor's", 70, 1), (TO, 2, "High school", 30, 0)],
    "occupation_task": [
        (TO, number, f"Task {number}.", "Core", 3 + number / 100, 80, 1) for number in range(1, 11)
    ]
    + [
        (TO, 11, "Heavy, but supplemental.", "Supplemental", 5, 99, 2),
        (TO, 12, "Unrated.", "Core", None, None, 1),
    ],
    "rating": [
        (
            TO,
            "9.A.1",
            "LV",
            2,
            8,
            0.1,
            1.8,
            2.2,
            0,
            0,
            "2025-02-01",
            "Analyst",
            "Skills.txt",
            7,
            "release",
            None,
        )
    ],
    "occupation_transition": [
        (
            TO,
            FROM,
            "Chief Executives",
            5,
            1,
            0.5,
            None,
            0.1,
            None,
            None,
            0.25,
            None,
            3,
            1,
            None,
            *(None,) * 7,
        )
    ],
    "transition_target": [(TO, "Facilities Managers", 4, None, None)],
    "profile_gap": [
        (
            TO,
            "Facilities Managers",
            "skills",
            "9.A.1",
            "First",
            0,
            2,
            2,
            None,
            4.5,
            1,
            0,
            1,
            0.125,
            1,
            0,
            "Tools",
            None,
            None,
            2,
            "Drive a nail",
            0,
        )
    ],
    "related_occupation": [
        (TO, FROM, "Chief Executives", "Supplemental", 2),
        (TO, "43-9999.01", "Reclerks", "Primary-Short", 1),
    ],
}


VIEWS = {
    "occupation_technology",
    "similarity_matrix",
    "technology_gap",
    "occupation_title",
    *live_search.VIEWS,
    *_OTHERS,
}


def rows(table: str, titles: dict[str, str]) -> list[tuple[Any, ...]]:
    """Rows of one of VIEWS; `titles` are O*NET's own, by code."""
    if table == "occupation_technology":
        return list(TECHNOLOGIES)
    if table == "technology_gap":
        pair = (FROM, titles[FROM], TO, titles[TO])
        return [(*pair, *row[1:]) for row in TECHNOLOGIES if row[0] == TO and row[1] != "Sheet"]
    if table == "similarity_matrix":
        figures = {FROM: 0.5, "43-9999.01": -0.25, "29-1141.00": 0.5}
        return [
            (TO, titles[TO], code, titles[code], similarity) for code, similarity in figures.items()
        ]
    if table == "occupation_title":
        called = _called(titles)
        kinds = ("title", "reported", "alternate")
        return [
            (
                title.lower(),
                code,
                title,
                kind,
                kinds.index(kind) + 1,
                *(int(kind == each) for each in ("title", "alternate", "reported")),
                _words(title),
            )
            for code, title, kind in called
        ]
    if table in live_search.VIEWS:
        return live_search.rows(table, [*_called(titles), (TO, "C#", "technology")])
    return _OTHERS[table]


def _called(titles: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(code, title, "title") for code, title in titles.items()] + CALLED


def _words(title: str) -> str:
    return re.sub("[^a-z0-9]+", " ", f" {title.lower()} ")
