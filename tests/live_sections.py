"""Invented rows of the views that make an occupation whole and find it, for the live warehouses of `live_warehouse.py`."""

from __future__ import annotations

import re
from typing import Any

_CODE = "occupation_code char(10), "
_CATEGORY = "{0}_code varchar(20), {0}_{2} varchar(150), {1}_code varchar(20), {1}_{2} varchar(150)"
_TECHNOLOGY = (
    "technology_name varchar(150), is_hot_technology integer, is_in_demand integer, "
    f"{_CATEGORY.format('category', 'category_group', 'name')}, {_CATEGORY.format('commodity', 'class', 'title')}"
)
TABLES = {
    "occupation_title": "normalized_title varchar(250), " + _CODE + "title varchar(250), title_kind varchar(10), kind_order integer, "
    "is_title integer, is_alternate integer, is_reported integer, words varchar(260)",
    "occupation_technology": _CODE + _TECHNOLOGY,
    "technology_gap": "from_occupation_code char(10), to_occupation_code char(10), " + _TECHNOLOGY,
    "occupation_rating": _CODE + "domain varchar(40), element_id varchar(20), element_name varchar(150), group_name varchar(150), "
    "level decimal(5,2), importance decimal(5,2), is_not_relevant integer, is_suppress_recommended integer, anchor_level integer, "
    "anchor varchar(200)",
    "occupation_characteristic": _CODE + "domain varchar(40), element_id varchar(20), element_name varchar(150), value decimal(5,2), "
    "scale_id varchar(3), scale_name varchar(50), scale_minimum integer, scale_maximum integer",
    "occupation_education": _CODE + "education_level integer, description varchar(200), percent decimal(5,2), is_typical integer",
    "occupation_task": _CODE
    + "task_id integer, task varchar(200), task_type varchar(12), importance decimal(5,2), relevance decimal(5,2), "
    "task_type_order integer",
    "rating": _CODE + "element_id varchar(20), scale_id varchar(3), value decimal(5,2), n integer, standard_error decimal(7,4), "
    "lower_bound decimal(7,4), upper_bound decimal(7,4), is_suppress_recommended integer, is_not_relevant integer, updated_month date, "
    "domain_source varchar(30), file_name varchar(120), line_number integer, rating_source varchar(20)",
    "occupation_transition": "from_occupation_code char(10), to_occupation_code char(10), to_occupation_title varchar(150), "
    "to_job_zone integer, job_zone_step integer, similarity double, weighted_shortfall double, share_of_needs_met double, "
    "higher_element_count integer, significant_gap_count integer, missing_technology_count integer",
    "profile_gap": "to_occupation_code char(10), to_occupation_title varchar(150), domain varchar(20), element_id varchar(20), "
    "element_name varchar(150), from_level decimal(5,2), to_level decimal(5,2), level_gap decimal(5,2), from_importance decimal(5,2), "
    "to_importance decimal(5,2), is_missing integer, is_newly_relevant integer, is_higher integer, gap_standard_error double, "
    "is_significant integer, is_low_precision integer, group_name varchar(150), from_anchor_level integer, from_anchor varchar(200), "
    "to_anchor_level integer, to_anchor varchar(200), is_supplemented integer",
    "related_occupation": _CODE + "related_occupation_code char(10), related_title varchar(150), relatedness_tier varchar(50), "
    "related_index integer",
}

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
    "occupation_task": [(TO, number, f"Task {number}.", "Core", 3 + number / 100, 80, 1) for number in range(1, 11)]
    + [(TO, 11, "Heavy, but supplemental.", "Supplemental", 5, 99, 2), (TO, 12, "Unrated.", "Core", None, None, 1)],
    "rating": [(TO, "9.A.1", "LV", 2, 8, 0.1, 1.8, 2.2, 0, 0, "2025-02-01", "Analyst", "Skills.txt", 7, "release")],
    "occupation_transition": [(TO, FROM, "Chief Executives", 5, 1, 0.5, 0.25, None, 3, 1, None)],
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
    "related_occupation": [(TO, FROM, "Chief Executives", "Supplemental", 2), (TO, "43-9999.01", "Reclerks", "Primary-Short", 1)],
}


def rows(table: str, titles: dict[str, str]) -> list[tuple[Any, ...]]:
    """Rows of a view of TABLES; `titles` are O*NET's own, by code."""
    if table == "occupation_technology":
        return list(TECHNOLOGIES)
    if table == "technology_gap":
        return [(FROM, TO, *row[1:]) for row in TECHNOLOGIES if row[0] == TO and row[1] != "Sheet"]
    if table == "occupation_title":
        called = [(code, title, "title") for code, title in titles.items()] + CALLED
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
    return _OTHERS[table]


def _words(title: str) -> str:
    return re.sub("[^a-z0-9]+", " ", f" {title.lower()} ")
