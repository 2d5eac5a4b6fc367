"""Schemas of wages, outlook and programs of study."""

from typing import Literal

from pydantic import Field

from api.schemas.base import Flag, Schema
from api.schemas.pay import KIND
from api.types import MatchKind


class LaborReference(Schema):
    """A code of BLS with its title."""

    code: str
    title: str


class Matched(Schema):
    """Which figures these are, and how the occupation came to them."""

    vintage: str = Field(description="The vintage, as `May 2025`.")
    source: str = Field(description="Whose figures these are.")
    source_address: str = Field(description="Where BLS offers the file.")
    match_kind: MatchKind = Field(description=KIND)
    matched_to: LaborReference | None = Field(
        description="The occupation or group of BLS that the figures are of; null where none."
    )
    is_shared: Flag | None = Field(
        description="1: not this occupation's own figures, so never to be summed over occupations."
    )
    match: str = Field(description="The same in words, as `of the broader group 29-2010, …`.")


Figure = Literal["mean", "p10", "p25", "median", "p75", "p90"]


class Wages(Schema):
    """Wages by the year or the hour, dollars; null where not published."""

    mean: float | None
    p10: float | None = Field(description="A tenth earn no more.")
    p25: float | None = Field(description="A quarter earn no more.")
    median: float | None = Field(description="Half earn no more.")
    p75: float | None = Field(description="Three quarters earn no more.")
    p90: float | None = Field(description="Nine tenths earn no more.")
    at_least: list[Figure] = Field(
        description="Figures that are a top code: the wage is at least so much."
    )


class Wage(Matched):
    """BLS's national estimates for the occupation."""

    employment: int | None = Field(description="Jobs, without the self-employed; of `matched_to`.")
    employment_relative_error: float | None = Field(
        description="Relative standard error of `employment`, percent."
    )
    mean_relative_error: float | None = Field(
        description="Relative standard error of the mean wage, percent."
    )
    annual: Wages
    hourly: Wages


class Outlook(Matched):
    """BLS's projection for the occupation."""

    employment: int | None = Field(
        description="Jobs in the first year of the span, with the self-employed; of `matched_to`."
    )
    projected_employment: int | None = Field(description="Jobs projected for its last year.")
    employment_change: int | None
    employment_change_percent: float | None
    annual_openings: int | None = Field(description="Openings a year, on average over the span.")
    self_employed_percent: float | None
    education: str | None = Field(description="Education typically needed for entry.")
    work_experience: str | None = Field(
        description="Experience in a related occupation typically needed."
    )
    training: str | None = Field(description="Training on the job typically needed.")
    handbook_address: str | None = Field(description="Page in the Occupational Outlook Handbook.")


class ProgramOfStudy(Schema):
    """A program of the Classification of Instructional Programs, CIP 2020."""

    code: str
    title: str
