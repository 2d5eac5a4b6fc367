"""Schemas of responses about occupations: a page of those found, and one as a whole."""

from typing import Any, Literal

from pydantic import Field

from api.schemas.base import Flag, Schema, example_config
from api.schemas.common import (
    PUBLICATION_EXAMPLE,
    RATED_EXAMPLE,
    SUPPLEMENTED_EXAMPLE,
    OccupationReference,
    OccupationSummary,
    PublicationReference,
)
from api.schemas.labor import Outlook, ProgramOfStudy, Wage
from api.schemas.skill_gap import PublishedRow
from api.schemas.technology_gap import TECHNOLOGY_EXAMPLE, Technology


class TitleMatch(Schema):
    """What of an occupation matches what was sought, and how well."""

    title: str = Field(description="The title that matches best, as published.")
    kind: Literal["code", "title", "reported", "alternate", "technology"] = Field(
        description=(
            "`code`: the code matches. `title`: O*NET's own title. `reported`: workers call it so."
            " `alternate`: another name. `technology`: employers ask for it."
        )
    )
    place: Literal["exact", "prefix", "word", "substring", "similar"] = Field(
        description=(
            "`exact`: the whole of it. `prefix`: it begins so. `word`: whole words of it."
            " `substring`: somewhere in it. `similar`: by another form or spelling of its words, or"
            " an everyday word for them."
        )
    )


class MatchedOccupation(OccupationSummary):
    """An occupation that was found."""

    match: TitleMatch | None = Field(description="Why it was found; null where nothing was sought.")


OCCUPATIONS_EXAMPLE: dict[str, Any] = {
    "q": "facilities",
    "limit": 20,
    "offset": 0,
    "total": 1,
    "occupations": [
        {
            "code": "11-3013.00",
            "title": "Facilities Managers",
            "job_zone": 4,
            "is_rated": RATED_EXAMPLE,
            "is_supplemented": SUPPLEMENTED_EXAMPLE,
            "match": {"title": "Facilities Managers", "kind": "title", "place": "prefix"},
        }
    ],
    "not_loaded": [],
    "publication": PUBLICATION_EXAMPLE,
}


class OccupationsResponse(Schema):
    """One page of the occupations that match, best match first."""

    model_config = example_config(OCCUPATIONS_EXAMPLE)

    q: str = Field(description="What was sought, without surrounding spaces; empty for all.")
    limit: int
    offset: int
    total: int = Field(description="How many match in all.")
    next: str | None = Field(
        default=None, description="Address of the next page; null on the last one. Also in `Link`."
    )
    prev: str | None = Field(
        default=None, description="Address of the page before; null on the first. Also in `Link`."
    )
    occupations: list[MatchedOccupation]
    not_loaded: list[str] = Field(
        description=(
            "Subjects that the release was loaded here without: kinds of titles that cannot be"
            " found, domains without ratings."
        )
    )
    publication: PublicationReference


class OccupationDetail(OccupationSummary):
    """One occupation as O*NET lists it."""

    description: str = Field(description="O*NET's description of the occupation.")


class RatingRows(Schema):
    """The published rows behind a rating's figures; null where nothing is published."""

    level: PublishedRow | None
    importance: PublishedRow | None


class Rating(Schema):
    """One element that has a level."""

    element_id: str = Field(description="O*NET content model id.")
    element_name: str = Field(description="O*NET's name of the element.")
    group_name: str | None = Field(
        description="Group of the content model that the element belongs to."
    )
    level: float = Field(description="Level, 0-7.")
    importance: float | None = Field(description="Importance, 1-5; null where not published.")
    is_not_relevant: Flag | None = Field(
        description="1: O*NET marks the element Not Relevant here; null where not published."
    )
    is_suppress_recommended: Flag | None = Field(
        description="1: O*NET recommends suppressing the level; null where not published."
    )
    anchor_level: int | None = Field(
        description=(
            "Level of the O*NET anchor nearest to the level; null at level 0 and without anchors."
        )
    )
    anchor: str | None = Field(
        description="The level in words: that anchor's example. Null where its level is."
    )


class ExplainedRating(Rating):
    """One element that has a level, with what is behind its figures."""

    published_rows: RatingRows | None = Field(
        default=None, description="With `explain=true`: the rows behind the figures."
    )


class RatingsByDomain(Schema):
    """The occupation's ratings, most important first; empty where O*NET publishes none."""

    skills: list[ExplainedRating]
    knowledge: list[ExplainedRating]
    abilities: list[ExplainedRating]
    work_activities: list[ExplainedRating]


class Characteristic(Schema):
    """An interest, work value or work style: a score without a level, to be read in the order
    within the occupation."""

    element_id: str = Field(description="O*NET content model id.")
    element_name: str = Field(description="O*NET's name of the element.")
    value: float = Field(description="Score, on the scale; higher is more.")
    scale_id: str = Field(description="The scale: OI, EX, IM, or WI from 30.x.")
    scale_name: str = Field(description="Name of the scale.")
    scale_minimum: int = Field(description="Lowest score.")
    scale_maximum: int = Field(description="Highest score.")


class CharacteristicsByDomain(Schema):
    """What suits those who do the work, highest score first; empty where O*NET publishes none."""

    interests: list[Characteristic]
    work_values: list[Characteristic]
    work_styles: list[Characteristic]


class EducationShare(Schema):
    """How many answers name a level of education as required."""

    education_level: int = Field(
        description="O*NET's category, 1 (less than high school) to 12 (post-doctoral)."
    )
    description: str | None = Field(description="What the category stands for.")
    percent: float = Field(description="Percentage of the responses that name it.")


class Education(Schema):
    """The level of education that the work requires."""

    typical: EducationShare | None = Field(
        description=(
            "What most answers name, the lower of two as frequent; null where not published."
        )
    )
    shares: list[EducationShare] = Field(description="All categories, lowest first.")


class Task(Schema):
    """One of the tasks that weigh most."""

    task_id: int = Field(description="O*NET's number of the task.")
    task: str = Field(description="What is done.")
    task_type: str | None = Field(
        description="`Core` or `Supplemental`; null where O*NET does not say."
    )
    importance: float | None = Field(description="Mean importance, 1-5; null where not published.")
    relevance: float | None = Field(
        description="Percentage of workers who do it; null where not published."
    )


class RelatedOccupation(OccupationReference):
    """An occupation that O*NET publishes as related."""

    tier: str = Field(
        description="`Primary-Short` (the nearest), `Primary-Long` or `Supplemental`."
    )
    index: int = Field(description="Place in O*NET's order, 1 first.")


OCCUPATION_EXAMPLE: dict[str, Any] = {
    "occupation": {
        "code": "11-3013.00",
        "title": "Facilities Managers",
        "description": (
            "Plan, direct, or coordinate operations and functionalities of facilities and"
            " buildings."
        ),
        "job_zone": 4,
        "is_rated": RATED_EXAMPLE,
        "is_supplemented": SUPPLEMENTED_EXAMPLE,
    },
    "ratings": {
        "skills": [
            {
                "element_id": "2.B.3.j",
                "element_name": "Equipment Maintenance",
                "group_name": "Technical Skills",
                "level": 2.25,
                "importance": 2.38,
                "is_not_relevant": 0,
                "is_suppress_recommended": 0,
                "anchor_level": 2,
                "anchor": "Add oil to an engine as indicated by a gauge or warning light",
            }
        ],
        "knowledge": [],
        "abilities": [],
        "work_activities": [],
    },
    "characteristics": {"interests": [], "work_values": [], "work_styles": []},
    "education": {
        "typical": {"education_level": 6, "description": "Bachelor's Degree", "percent": 100.0},
        "shares": [{"education_level": 6, "description": "Bachelor's Degree", "percent": 100.0}],
    },
    "tasks": [
        {
            "task_id": 21280,
            "task": "Plan budgets.",
            "task_type": "Core",
            "importance": 4.2,
            "relevance": 96.0,
        },
    ],
    "technologies": [TECHNOLOGY_EXAMPLE],
    "reported_titles": ["Facilities Manager"],
    "related_occupations": [
        {
            "code": "11-3012.00",
            "title": "Administrative Services Managers",
            "tier": "Primary-Short",
            "index": 1,
        }
    ],
    "wage": None,
    "earlier_wages": [],
    "outlook": None,
    "programs_of_study": [],
    "not_loaded": ["knowledge"],
    "publication": PUBLICATION_EXAMPLE,
}


class OccupationResponse(Schema):
    """One occupation, whole."""

    model_config = example_config(OCCUPATION_EXAMPLE)

    occupation: OccupationDetail
    ratings: RatingsByDomain
    characteristics: CharacteristicsByDomain
    education: Education
    tasks: list[Task] = Field(
        description="The ten that weigh most: core tasks first, then by importance and relevance."
    )
    technologies: list[Technology] = Field(
        description="All that O*NET lists: In Demand first, then Hot Technologies, then by name."
    )
    reported_titles: list[str] = Field(description="What workers call it.")
    related_occupations: list[RelatedOccupation] = Field(description="Nearest first.")
    wage: Wage | None = Field(
        default=None,
        description="Pay in the newest landed vintage; null where no wages are landed.",
    )
    earlier_wages: list[Wage] = Field(
        description="Pay in the landed vintages before it, newest first."
    )
    outlook: Outlook | None = Field(
        default=None, description="Newest landed projection; null where none is landed."
    )
    programs_of_study: list[ProgramOfStudy] = Field(
        description="Programs (CIP 2020) that lead there, by code; empty where not landed."
    )
    not_loaded: list[str] = Field(
        description=(
            "Subjects that the release was loaded here without: what is empty of them above may be"
            " published by O*NET all the same."
        )
    )
    publication: PublicationReference
