"""The registry: which file of a release lands in which raw table, and with which headings.

The one place to edit when O*NET adds, renames or changes a file: add a row, or a layout to a row. Columns carry the names that O*NET's
own MySQL edition gives them. A column that only some layouts have is null in the rows of the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Layout = tuple[str, ...]
"""The headings of a file, in order."""


@dataclass(frozen=True)
class ReleaseFile:
    """One file of a release: one row per line after the header."""

    name: str
    table: str
    layouts: tuple[Layout, ...]
    """Every header known, oldest first."""


def _headings(text: str) -> Layout:
    return tuple(text.split(", "))


_OCCUPATION = "O*NET-SOC Code"
_ELEMENT = "Element ID, Element Name"
_MEASURED = "N, Standard Error, Lower CI Bound, Upper CI Bound, Recommend Suppress"
_DATED = "Date, Domain Source"
_RATING = _headings(f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Data Value, {_MEASURED}, Not Relevant, {_DATED}")
_PLAIN_RATING = _headings(f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Data Value, {_DATED}")
_CATEGORIES = _headings(f"{_ELEMENT}, Scale ID, Category, Category Description")
_TECHNOLOGY = f"{_OCCUPATION}, Example, Commodity Code, Commodity Title, Hot Technology"


def _file(name: str, table: str, *layouts: str | Layout) -> ReleaseFile:
    return ReleaseFile(f"{name}.txt", table, tuple(_headings(item) if isinstance(item, str) else item for item in layouts))


def _linking(name: str, table: str, left: str, right: str) -> ReleaseFile:
    """A file that relates the elements of two domains."""
    return _file(name, table, ", ".join(f"{side} {part}" for side in (left, right) for part in _headings(_ELEMENT)))


FILES: tuple[ReleaseFile, ...] = (
    _file("Content Model Reference", "content_model_reference", f"{_ELEMENT}, Description"),
    _file("Job Zone Reference", "job_zone_reference", "Job Zone, Name, Experience, Education, Job Training, Examples, SVP Range"),
    _file("Occupation Data", "occupation_data", f"{_OCCUPATION}, Title, Description"),
    _file("Scales Reference", "scales_reference", "Scale ID, Scale Name, Minimum, Maximum"),
    _file("Education, Training, and Experience Categories", "ete_categories", _CATEGORIES),
    _file("Level Scale Anchors", "level_scale_anchors", f"{_ELEMENT}, Scale ID, Anchor Value, Anchor Description"),
    _file("Occupation Level Metadata", "occupation_level_metadata", f"{_OCCUPATION}, Item, Response, N, Percent, Date"),
    _file("Survey Booklet Locations", "survey_booklet_locations", f"{_ELEMENT}, Survey Item Number, Scale ID"),
    _file("Task Categories", "task_categories", "Scale ID, Category, Category Description"),
    _file("Work Context Categories", "work_context_categories", _CATEGORIES),
    _file("Abilities", "abilities", _RATING),
    _file(
        "Education, Training, and Experience",
        "education_training_experience",
        f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Category, Data Value, {_MEASURED}, {_DATED}",
    ),
    _file("Interests", "interests", _PLAIN_RATING),
    _file("Job Zones", "job_zones", f"{_OCCUPATION}, Job Zone, {_DATED}"),
    _file("Knowledge", "knowledge", _RATING),
    _file("Skills", "skills", _RATING),
    _file("Essential Skills", "skills", _RATING),  # from 30.3: elements 2.A.*
    _file("Transferable Skills", "skills", _RATING),  # from 30.3: elements 2.B.*
    _file("Task Statements", "task_statements", f"{_OCCUPATION}, Task ID, Task, Task Type, Incumbents Responding, {_DATED}"),
    _file("Task Ratings", "task_ratings", f"{_OCCUPATION}, Task ID, Scale ID, Category, Data Value, {_MEASURED}, {_DATED}"),
    _file("Work Activities", "work_activities", _RATING),
    _file(
        "Work Context",
        "work_context",
        f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Category, Data Value, {_MEASURED}, Not Relevant, {_DATED}",
    ),
    _file("Work Styles", "work_styles", f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Data Value, {_MEASURED}, {_DATED}", _PLAIN_RATING),  # 30.1
    _file("Work Values", "work_values", _PLAIN_RATING),  # gone in 30.3
    _file("IWA Reference", "iwa_reference", "Element ID, IWA ID, IWA Title"),
    _file("DWA Reference", "dwa_reference", "Element ID, IWA ID, DWA ID, DWA Title"),
    _file("Tasks to DWAs", "tasks_to_dwas", f"{_OCCUPATION}, Task ID, DWA ID, {_DATED}"),
    _file(
        "Emerging Tasks",
        "emerging_tasks",
        f"{_OCCUPATION}, Task, Category, Original Task ID, Original Task, Write-in Total, {_DATED}",
        f"{_OCCUPATION}, Task, Category, Original Task ID, Original Task, {_DATED}",  # 29.0
    ),
    _file("Related Occupations", "related_occupations", f"{_OCCUPATION}, Related O*NET-SOC Code, Relatedness Tier, Index"),
    _file(
        "UNSPSC Reference",
        "unspsc_reference",
        "Commodity Code, Commodity Title, Class Code, Class Title, Family Code, Family Title, Segment Code, Segment Title",
    ),
    _file("Alternate Titles", "alternate_titles", f"{_OCCUPATION}, Alternate Title, Short Title, Source(s)"),
    _file("Sample of Reported Titles", "sample_of_reported_titles", f"{_OCCUPATION}, Reported Job Title, Shown in My Next Move"),
    _file("Technology Skills", "technology_skills", _TECHNOLOGY, f"{_TECHNOLOGY}, In Demand"),  # 27.1
    _file(
        "Software Skills",  # from 30.3
        "technology_skills",
        f"{_TECHNOLOGY}, In Demand",
        f"{_OCCUPATION}, Workplace Example, {_ELEMENT}, Hot Technology, In Demand",
    ),
    _file("Tools Used", "tools_used", f"{_OCCUPATION}, Example, Commodity Code, Commodity Title"),
    _linking("Abilities to Work Activities", "abilities_to_work_activities", "Abilities", "Work Activities"),
    _linking("Abilities to Work Context", "abilities_to_work_context", "Abilities", "Work Context"),
    _linking("Skills to Work Activities", "skills_to_work_activities", "Skills", "Work Activities"),
    _linking("Skills to Work Context", "skills_to_work_context", "Skills", "Work Context"),
    _file("RIASEC Keywords", "riasec_keywords", f"{_ELEMENT}, Keyword, Keyword Type"),
    _linking("Basic Interests to RIASEC", "basic_interests_to_riasec", "Basic Interests", "RIASEC"),
    _file("Interests Illustrative Activities", "interests_illus_activities", f"{_ELEMENT}, Interest Type, Activity"),
    _file("Interests Illustrative Occupations", "interests_illus_occupations", f"{_ELEMENT}, Interest Type, {_OCCUPATION}"),
)

REQUIRED: tuple[tuple[frozenset[str], ...], ...] = (
    (frozenset({"Occupation Data.txt"}),),
    (frozenset({"Content Model Reference.txt"}),),
    (frozenset({"Scales Reference.txt"}),),
    (frozenset({"Skills.txt"}), frozenset({"Essential Skills.txt", "Transferable Skills.txt"})),
)
"""Without these there is no gap. Each line: one of these sets must be there whole."""

NOT_DATA = frozenset({"Read Me.txt"})
"""Files of a release that hold no rows."""

# Where O*NET's MySQL edition names a column otherwise than by its heading in snake_case.
_NAMED_OTHERWISE = {
    "O*NET-SOC Code": "onetsoc_code",
    "Related O*NET-SOC Code": "related_onetsoc_code",
    "Index": "related_index",
    "Date": "date_updated",
    "Source(s)": "sources",
    "Write-in Total": "writein_total",
}


def column_name(heading: str) -> str:
    return _NAMED_OTHERWISE.get(heading) or re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


def columns(layout: Layout) -> tuple[str, ...]:
    """The raw columns that a layout's fields land in, in the file's order."""
    return tuple(column_name(heading) for heading in layout)


def _tables() -> dict[str, tuple[str, ...]]:
    tables: dict[str, dict[str, None]] = {}
    for file in FILES:
        known = tables.setdefault(file.table, {})
        # Newest layout first: columns that are gone come last.
        known.update(dict.fromkeys(name for layout in reversed(file.layouts) for name in columns(layout)))
    return {table: tuple(names) for table, names in tables.items()}


TABLES: dict[str, tuple[str, ...]] = _tables()
"""Every raw table with its columns, in the registry's order."""
