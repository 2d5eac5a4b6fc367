"""The registry: which file of a release lands in which raw table, with which headings, and what it
is for.

The one place to edit when O*NET adds, renames or changes a file: add a row, or a layout to a row. A
file under a new name lands in the table of the one before it, and its columns in the columns of
that: they carry the names that O*NET's own MySQL edition gave them first. A column that only some
layouts have is null in the rows of the others.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Layout = tuple[str, ...]
"""The headings of a file, in order."""

Purpose = Literal["required", "used", "kept"]
"""`required`: without it there is no gap. `used`: a view answers from it. `kept`: landed for
whoever wants it."""

REQUIRED_SUBJECTS = frozenset({"occupations", "content_model", "scales", "skills"})

LOST: dict[str, str] = {
    "knowledge": "gaps in knowledge; transitions are then ranked by skills alone",
    "abilities": "gaps in abilities",
    "work_activities": "gaps in work activities",
    "job_zones": "job zones of occupations, and the steps between them",
    "alternate_titles": "the search by alternate titles",
    "reported_titles": "the titles that workers report, and the search by them",
    "tasks": "the tasks of an occupation",
    "task_ratings": "the importance and relevance of tasks, and so their order",
    "education": "the education that an occupation requires",
    "education_levels": "the names of the levels of education",
    "technologies": "the technologies of an occupation, and technology gaps",
    "technology_groups": "the groups that categories of technologies belong to",
    "interests": "the interests of an occupation",
    "work_values": "the work values of an occupation",
    "work_styles": "the work styles of an occupation",
    "related_occupations": "the related occupations of an occupation",
    "level_anchors": "the examples that put a level into words",
}
"""Subject of a file that a view answers from → what a load without it cannot answer."""

PUBLISHED_UNTIL = {"work_values": (30, 3), "technology_groups": (30, 3), "tools_used": (30, 3)}
"""Subject → the first release that O*NET publishes without it. From 30.3 the content model has the
groups of technologies."""

PUBLISHED_FROM = dict.fromkeys(
    ("specific_interest_areas", "work_styles_to_work_activities", "work_styles_to_work_context"),
    (30, 3),
) | dict.fromkeys(
    (
        "riasec_keywords",
        "basic_interests_to_riasec",
        "interests_illus_activities",
        "interests_illus_occupations",
    ),
    (29, 2),
)
"""Subject → the first release that is known to have it; 27.0 has no files on interests but one."""


@dataclass(frozen=True)
class ReleaseFile:
    """One file of a release: one row per line after the header."""

    name: str
    table: str
    layouts: tuple[Layout, ...]
    """Every header known, oldest first."""
    subjects: tuple[str, ...]
    """What it tells of. Files of different releases that tell of the same have the same subject."""

    @property
    def purpose(self) -> Purpose:
        if REQUIRED_SUBJECTS & set(self.subjects):
            return "required"
        return "used" if self.lost else "kept"

    @property
    def lost(self) -> str:
        """What a load without the file cannot answer; empty where no view answers from it."""
        return "; ".join(LOST[subject] for subject in self.subjects if subject in LOST)


def _headings(text: str) -> Layout:
    return tuple(text.split(", "))


_OCCUPATION = "O*NET-SOC Code"
_ELEMENT = "Element ID, Element Name"
_MEASURED = "N, Standard Error, Lower CI Bound, Upper CI Bound, Recommend Suppress"
_DATED = "Date, Domain Source"
_RATING = _headings(
    f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Data Value, {_MEASURED}, Not Relevant, {_DATED}"
)
_PLAIN_RATING = _headings(f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Data Value, {_DATED}")
_CATEGORIES = _headings(f"{_ELEMENT}, Scale ID, Category, Category Description")
_TECHNOLOGY = f"{_OCCUPATION}, Example, Commodity Code, Commodity Title, Hot Technology"


def _file(
    name: str, table: str, *layouts: str | Layout, about: tuple[str, ...] | str = ""
) -> ReleaseFile:
    """The subject is the table, where `about` names no other."""
    known = tuple(_headings(item) if isinstance(item, str) else item for item in layouts)
    subjects = (about or table,) if isinstance(about, str) else about
    return ReleaseFile(f"{name}.txt", table, known, subjects)


def _linking(name: str, table: str, left: str, right: str) -> ReleaseFile:
    """A file that relates the elements of two domains."""
    return _file(
        name,
        table,
        ", ".join(f"{side} {part}" for side in (left, right) for part in _headings(_ELEMENT)),
    )


_EDUCATION = f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Category, Data Value, {_MEASURED}, {_DATED}"
_KEYWORDS = f"{_ELEMENT}, Keyword, Keyword Type"

# The layouts of 30.3 were seen in the release itself, all but that of Specific Interest Areas,
# which is the layout of the interests beside it. 31.0 has the same.
FILES: tuple[ReleaseFile, ...] = (
    _file(
        "Content Model Reference",
        "content_model_reference",
        f"{_ELEMENT}, Description",
        about="content_model",
    ),
    _file(
        "Job Zone Reference",
        "job_zone_reference",
        "Job Zone, Name, Experience, Education, Job Training, Examples, SVP Range",
    ),
    _file(
        "Occupation Data",
        "occupation_data",
        f"{_OCCUPATION}, Title, Description",
        about="occupations",
    ),
    _file(
        "Scales Reference",
        "scales_reference",
        "Scale ID, Scale Name, Minimum, Maximum",
        about="scales",
    ),
    _file(
        "Education, Training, and Experience Categories",
        "ete_categories",
        _CATEGORIES,
        about=("education_levels", "training_and_experience_categories"),
    ),
    _file("Education Categories", "ete_categories", _CATEGORIES, about="education_levels"),  # 30.3
    _file(
        "Training and Experience Categories",  # 30.3
        "ete_categories",
        _CATEGORIES,
        about="training_and_experience_categories",
    ),
    _file(
        "Level Scale Anchors",
        "level_scale_anchors",
        f"{_ELEMENT}, Scale ID, Anchor Value, Anchor Description",
        about="level_anchors",
    ),
    _file(
        "Occupation Level Metadata",
        "occupation_level_metadata",
        f"{_OCCUPATION}, Item, Response, N, Percent, Date",
    ),
    _file(
        "Survey Booklet Locations",
        "survey_booklet_locations",
        f"{_ELEMENT}, Survey Item Number, Scale ID",
    ),
    _file("Task Categories", "task_categories", "Scale ID, Category, Category Description"),
    _file("Work Context Categories", "work_context_categories", _CATEGORIES),
    _file("Abilities", "abilities", _RATING),
    _file(
        "Education, Training, and Experience",
        "education_training_experience",
        _EDUCATION,
        about=("education", "training_and_experience"),
    ),
    _file("Education", "education_training_experience", _EDUCATION, about="education"),  # 30.3
    _file(
        "Training and Experience",  # 30.3
        "education_training_experience",
        _EDUCATION,
        about="training_and_experience",
    ),
    _file("Interests", "interests", _PLAIN_RATING),
    _file("Career Interest Types", "interests", _PLAIN_RATING),  # 30.3
    _file("Specific Interest Areas", "specific_interest_areas", _PLAIN_RATING),  # 30.3
    _file("Job Zones", "job_zones", f"{_OCCUPATION}, Job Zone, {_DATED}"),
    _file("Knowledge", "knowledge", _RATING),
    _file("Skills", "skills", _RATING),
    _file("Essential Skills", "skills", _RATING),  # 30.3: elements 2.A.*
    _file("Transferable Skills", "skills", _RATING),  # 30.3: elements 2.B.*
    _file(
        "Task Statements",
        "task_statements",
        f"{_OCCUPATION}, Task ID, Task, Task Type, Incumbents Responding, {_DATED}",
        about="tasks",
    ),
    _file(
        "Task Ratings",
        "task_ratings",
        f"{_OCCUPATION}, Task ID, Scale ID, Category, Data Value, {_MEASURED}, {_DATED}",
    ),
    _file("Work Activities", "work_activities", _RATING),
    _file(
        "Work Context",
        "work_context",
        f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Category, Data Value, {_MEASURED}, Not Relevant,"
        f" {_DATED}",
    ),
    # 30.1
    _file(
        "Work Styles",
        "work_styles",
        f"{_OCCUPATION}, {_ELEMENT}, Scale ID, Data Value, {_MEASURED}, {_DATED}",
        _PLAIN_RATING,
    ),
    _file("Work Values", "work_values", _PLAIN_RATING),
    _file("IWA Reference", "iwa_reference", "Element ID, IWA ID, IWA Title"),
    # 30.3
    _file("GWAs to IWAs", "iwa_reference", "GWA Element ID, IWA Element ID, IWA Element Name"),
    _file("DWA Reference", "dwa_reference", "Element ID, IWA ID, DWA ID, DWA Title"),
    _file(
        "GWAs to IWAs to DWAs",  # 30.3
        "dwa_reference",
        "GWA Element ID, IWA Element ID, DWA Element ID, DWA Element Name",
    ),
    _file(
        "Tasks to DWAs",
        "tasks_to_dwas",
        f"{_OCCUPATION}, Task ID, DWA ID, {_DATED}",
        f"{_OCCUPATION}, Task ID, DWA Element ID, {_DATED}",  # 30.3
    ),
    _file(
        "Emerging Tasks",
        "emerging_tasks",
        f"{_OCCUPATION}, Task, Category, Original Task ID, Original Task, Write-in Total, {_DATED}",
        f"{_OCCUPATION}, Task, Category, Original Task ID, Original Task, {_DATED}",  # 29.0
    ),
    _file(
        "Related Occupations",
        "related_occupations",
        f"{_OCCUPATION}, Related O*NET-SOC Code, Relatedness Tier, Index",
    ),
    _file(
        "UNSPSC Reference",
        "unspsc_reference",
        "Commodity Code, Commodity Title, Class Code, Class Title, Family Code, Family Title,"
        " Segment Code, Segment Title",
        about="technology_groups",
    ),
    _file(
        "Alternate Titles",
        "alternate_titles",
        f"{_OCCUPATION}, Alternate Title, Short Title, Source(s)",
    ),
    # 30.3
    _file("Job Titles", "alternate_titles", f"{_OCCUPATION}, Job Title, Short Title, Source(s)"),
    _file(
        "Sample of Reported Titles",
        "sample_of_reported_titles",
        f"{_OCCUPATION}, Reported Job Title, Shown in My Next Move",
        about="reported_titles",
    ),
    _file(
        "Technology Skills",
        "technology_skills",
        _TECHNOLOGY,
        f"{_TECHNOLOGY}, In Demand",  # 27.1
        about="technologies",
    ),
    _file(
        "Software Skills",  # 30.3: categories are elements 2.E.*, no UNSPSC commodities
        "technology_skills",
        f"{_OCCUPATION}, Workplace Example, {_ELEMENT}, Hot Technology, In Demand",
        about="technologies",
    ),
    _file("Tools Used", "tools_used", f"{_OCCUPATION}, Example, Commodity Code, Commodity Title"),
    _linking(
        "Abilities to Work Activities",
        "abilities_to_work_activities",
        "Abilities",
        "Work Activities",
    ),
    _linking("Abilities to Work Context", "abilities_to_work_context", "Abilities", "Work Context"),
    *(
        _linking(f"{skills} to {other}", f"skills_to_{table}", skills, other)
        for skills in ("Skills", "Essential Skills", "Transferable Skills")  # two halves from 30.3
        for other, table in (
            ("Work Activities", "work_activities"),
            ("Work Context", "work_context"),
        )
    ),
    _linking(
        "Work Styles to Work Activities",
        "work_styles_to_work_activities",
        "Work Styles",
        "Work Activities",
    ),
    _linking(
        "Work Styles to Work Context", "work_styles_to_work_context", "Work Styles", "Work Context"
    ),
    _file("RIASEC Keywords", "riasec_keywords", _KEYWORDS),
    _file("Career Interest Type Keywords", "riasec_keywords", _KEYWORDS),  # 30.3
    _linking("Basic Interests to RIASEC", "basic_interests_to_riasec", "Basic Interests", "RIASEC"),
    _linking(
        "Specific Interest Areas to Career Interest Types",  # 30.3
        "basic_interests_to_riasec",
        "Specific Interest Areas",
        "Career Interest Types",
    ),
    _file(
        "Interests Illustrative Activities",
        "interests_illus_activities",
        f"{_ELEMENT}, Interest Type, Activity",
    ),
    _file(
        "Interests Illustrative Occupations",
        "interests_illus_occupations",
        f"{_ELEMENT}, Interest Type, {_OCCUPATION}",
    ),
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
    # 30.3 has new words for what it had before; the ids of activities are elements of the content
    # model since then.
    "Job Title": "alternate_title",
    "Workplace Example": "example",
    "GWA Element ID": "element_id",
    "IWA Element ID": "iwa_id",
    "IWA Element Name": "iwa_title",
    "DWA Element ID": "dwa_id",
    "DWA Element Name": "dwa_title",
    "Essential Skills Element ID": "skills_element_id",
    "Essential Skills Element Name": "skills_element_name",
    "Transferable Skills Element ID": "skills_element_id",
    "Transferable Skills Element Name": "skills_element_name",
    "Specific Interest Areas Element ID": "basic_interests_element_id",
    "Specific Interest Areas Element Name": "basic_interests_element_name",
    "Career Interest Types Element ID": "riasec_element_id",
    "Career Interest Types Element Name": "riasec_element_name",
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
        known.update(
            dict.fromkeys(name for layout in reversed(file.layouts) for name in columns(layout))
        )
    return {table: tuple(names) for table, names in tables.items()}


TABLES: dict[str, tuple[str, ...]] = _tables()
"""Every raw table with its columns, in the registry's order."""

SUBJECTS: tuple[str, ...] = tuple(
    dict.fromkeys(subject for file in FILES for subject in file.subjects)
)
"""Every subject that a known file tells of, in the registry's order."""


def files_about(subject: str) -> list[str]:
    """The names of the files of any release that tell of a subject."""
    return [file.name for file in FILES if subject in file.subjects]


def is_published(subject: str, release: str) -> bool:
    """Whether O*NET publishes the subject in that release, as far as is known; the sample has what
    29.2 has."""
    number = tuple(int(part) for part in release.split(".")) if release[:1].isdigit() else (29, 2)
    return (
        PUBLISHED_FROM.get(subject, number) <= number < PUBLISHED_UNTIL.get(subject, (*number, 0))
    )


def absent_subjects(release: str, names: Collection[str]) -> list[str]:
    """The subjects that the release should have and that none of these files tells of."""
    there = {subject for file in FILES if file.name in names for subject in file.subjects}
    return [each for each in SUBJECTS if each not in there and is_published(each, release)]
