"""Schemas of responses about technologies."""

from typing import Any

from pydantic import Field

from api.schemas.base import Flag, Schema, example_config
from api.schemas.common import PUBLICATION_EXAMPLE, OccupationReference, PublicationReference

TECHNOLOGY_EXAMPLE = {
    "technology_name": "Autodesk AutoCAD",
    "is_hot_technology": 1,
    "is_in_demand": 0,
    "category_code": "2.E.10.b",
    "category_name": "Computer aided design CAD software",
    "category_group_code": "2.E.10",
    "category_group_name": "Industry specific software",
    "commodity_code": "43232604",
    "commodity_title": "Computer aided design CAD software",
    "class_code": "43232600",
    "class_title": "Industry specific software",
}


class Technology(Schema):
    """A technology (software) that O*NET lists as used in an occupation."""

    technology_name: str = Field(description="Its name, as O*NET has it.")
    is_hot_technology: Flag = Field(
        description=(
            "1: employers' postings ask for it often, across all occupations (Hot Technology)."
        )
    )
    is_in_demand: Flag | None = Field(
        description=(
            "1: employers' postings for the occupation ask for it often (In Demand); null in"
            " releases before 27.1."
        )
    )
    category_code: str | None = Field(
        description=(
            "Category that O*NET files it under: a UNSPSC commodity; from 30.3 an element of the"
            " content model."
        )
    )
    category_name: str | None = Field(description="Name of the category.")
    category_group_code: str | None = Field(
        description="Group that the category belongs to; null where the release does not say."
    )
    category_group_name: str | None = Field(
        description="Name of the group; null where the release does not say."
    )
    commodity_code: str | None = Field(
        description="The same as `category_code`, under its earlier name."
    )
    commodity_title: str | None = Field(
        description="The same as `category_name`, under its earlier name."
    )
    class_code: str | None = Field(
        description="The same as `category_group_code`, under its earlier name."
    )
    class_title: str | None = Field(
        description="The same as `category_group_name`, under its earlier name."
    )


class TechnologyCounts(Schema):
    """The whole gap in numbers, whatever narrows the response."""

    missing: int = Field(description="Technologies that the target lists and the source does not.")
    hot_technology: int = Field(description="Hot Technologies among them.")
    in_demand: int = Field(description="Among them those In Demand for the target.")


_EXAMPLE: dict[str, Any] = {
    "from": {"code": "11-1011.00", "title": "Chief Executives"},
    "to": {"code": "11-3013.00", "title": "Facilities Managers"},
    "counts": {"missing": 1, "hot_technology": 1, "in_demand": 0},
    "technologies": [TECHNOLOGY_EXAMPLE],
    "publication": PUBLICATION_EXAMPLE,
}


class TechnologyGapResponse(Schema):
    """Technologies that the target's workers use and the source's do not."""

    model_config = example_config(_EXAMPLE)

    from_: OccupationReference = Field(
        alias="from", description="The source: where one comes from."
    )
    to: OccupationReference = Field(description="The target: where one goes to.")
    counts: TechnologyCounts
    technologies: list[Technology] = Field(
        description="In Demand first, then Hot Technologies, then by name."
    )
    publication: PublicationReference
