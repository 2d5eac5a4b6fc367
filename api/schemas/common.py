"""Schemas that several responses share."""

from datetime import datetime

from pydantic import Field

from api.schemas.base import Flag as Flag
from api.schemas.base import Schema as Schema
from api.schemas.base import example_config as example_config

PUBLICATION_EXAMPLE = {
    "release": "30.3",
    "build_id": "0d9f5c1e-6a0e-4a52-9a39-3c2f1f0f7a11",
    "published_at": "2026-11-21T04:00:00Z",
}
RATED_EXAMPLE = {"skills": 1, "knowledge": 1, "abilities": 1, "work_activities": 1}
SUPPLEMENTED_EXAMPLE = {"skills": 0, "knowledge": 0, "abilities": 0, "work_activities": 0}


class PublicationReference(Schema):
    """Which publication a response was read from."""

    release: str = Field(
        description="O*NET release, such as `30.3`; `sample` where the invented sample is served."
    )
    build_id: str = Field(
        description="Id of the build. Responses with the same id come from the same data."
    )
    published_at: datetime = Field(description="When it was published (UTC).")


class OccupationReference(Schema):
    """An occupation, named."""

    code: str = Field(description="O*NET-SOC code, such as `11-1011.00`.")
    title: str = Field(description="O*NET's title of the occupation.")


class DomainFlags(Schema):
    """A flag for each domain that has a level."""

    skills: Flag
    knowledge: Flag
    abilities: Flag
    work_activities: Flag


class OccupationSummary(OccupationReference):
    """An occupation in a list."""

    job_zone: int | None = Field(
        description=(
            "O*NET job zone (1: little preparation … 5: extensive); null where not published."
        )
    )
    is_rated: DomainFlags = Field(
        description=(
            "1: a level of the occupation in the domain is published; 0: none is, or none is loaded"
            " here."
        )
    )
    is_supplemented: DomainFlags = Field(
        description="1: a level in the domain is not in the release but from O*NET Web Services."
    )
