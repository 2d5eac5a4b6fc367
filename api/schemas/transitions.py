"""Schemas of responses about which way to go."""

from typing import Any

from pydantic import Field

from api.schemas.base import Flag, Schema, example_config
from api.schemas.common import PUBLICATION_EXAMPLE, OccupationReference, PublicationReference
from api.schemas.pay import Change, IsChangeAtLeast, Kind, LaborVintagesOrNull, Openings
from api.types import Domain, Order


class TransitionTarget(OccupationReference):
    """The occupation to move to."""

    job_zone: int | None = Field(
        description=(
            "O*NET job zone (1: little preparation … 5: extensive); null where not published."
        )
    )


class Transition(Schema):
    """A move, and why: every figure is over the elements of all `domains` together."""

    to: TransitionTarget
    similarity: float = Field(
        description=(
            "Correlation of importance over the elements of `domains`, -1 to 1: the order"
            " `similarity`."
        )
    )
    likely_score: float | None = Field(
        default=None,
        description=(
            "The order `likely`: a sum of the similarity and the three parts that follow, weighted"
            " as real job changes say. No probability; null without BLS's projections."
        ),
    )
    word_similarity: float = Field(
        default=0,
        description=(
            "Likeness of the words of both occupations' titles and tasks, rare words counting more,"
            " 0 to 1."
        ),
    )
    related_index: int | None = Field(
        default=None,
        description=(
            "The target's place in O*NET's Related Occupations of the source; null where it is not"
            " listed."
        ),
    )
    to_job_share: int | None = Field(
        default=None,
        description=(
            "Jobs at the target; those that BLS counts for several occupations are split evenly."
            " Null where not published."
        ),
    )
    job_zone_step: int | None = Field(
        description=(
            "The target's job zone less the source's: 1 is one zone more preparation; null where"
            " either is not published."
        )
    )
    weighted_shortfall: float = Field(
        description=(
            "Mean of what the source lacks to the target's level, weighted by importance there, in"
            " points of the 0-7 scale."
        )
    )
    share_of_needs_met: float | None = Field(
        description=(
            "Share of the target's needs (level x importance, summed) that the source reaches, 0 to"
            " 1; null where it needs none."
        )
    )
    higher_element_count: int = Field(description="Elements whose level is higher at the target.")
    significant_gap_count: int = Field(
        description="Those of them that the ratings can tell from no gap."
    )
    missing_technology_count: int | None = Field(
        description=(
            "Technologies that O*NET lists for the target and not for the source; null where it"
            " lists none for either of them."
        )
    )
    to_median_annual_wage: int | None = Field(
        default=None,
        description="Median annual wage at the target, dollars; null where BLS publishes none.",
    )
    is_to_median_annual_wage_at_least: Flag | None = Field(
        default=None, description="1: a top code, the wage is at least so much."
    )
    to_wage_match_kind: Kind = None
    median_annual_wage_change: Change = None
    is_median_annual_wage_change_at_least: IsChangeAtLeast = None
    to_annual_openings: Openings = None
    to_outlook_match_kind: Kind = None


TRANSITIONS_EXAMPLE: dict[str, Any] = {
    "from": {"code": "29-1141.00", "title": "Registered Nurses", "job_zone": 3},
    "order": "similarity",
    "limit": 1,
    "max_job_zone_step": 1,
    "min_pay_change": None,
    "labor": None,
    "domains": ["skills", "knowledge"],
    "transitions": [
        {
            "to": {"code": "29-1141.03", "title": "Critical Care Nurses", "job_zone": 3},
            "similarity": 0.9416,
            "likely_score": None,
            "word_similarity": 0.5133,
            "related_index": 3,
            "to_job_share": None,
            "job_zone_step": 0,
            "weighted_shortfall": 0.2087,
            "share_of_needs_met": 0.9459,
            "higher_element_count": 36,
            "significant_gap_count": 9,
            "missing_technology_count": 12,
            "to_median_annual_wage": None,
            "is_to_median_annual_wage_at_least": None,
            "to_wage_match_kind": None,
            "median_annual_wage_change": None,
            "is_median_annual_wage_change_at_least": None,
            "to_annual_openings": None,
            "to_outlook_match_kind": None,
        }
    ],
    "publication": PUBLICATION_EXAMPLE,
}


class TransitionsResponse(Schema):
    """The occupations to move to, first of the order first."""

    model_config = example_config(TRANSITIONS_EXAMPLE)

    from_: TransitionTarget = Field(alias="from", description="The source: where one comes from.")
    order: Order = Field(default="similarity", description="What `transitions` are sorted by.")
    limit: int
    max_job_zone_step: int | None = Field(description="The step asked for; null where none was.")
    min_pay_change: int | None = Field(
        default=None, description="The change in pay asked for, dollars; null where none was."
    )
    labor: LaborVintagesOrNull = None
    domains: list[Domain] = Field(
        description="What is compared: skills and knowledge, or those of them that are loaded here."
    )
    transitions: list[Transition] = Field(
        description=(
            "Largest figure of the order first, then by code. Empty where O*NET does not rate the"
            " source completely in `domains`."
        )
    )
    publication: PublicationReference


class StatedProfile(Schema):
    """How much of a profile was compared."""

    stated: int = Field(description="Elements in the profile; all of them are compared.")


class ProfileTransition(Schema):
    """An occupation for a person: every figure is over the elements that the profile states."""

    to: TransitionTarget
    similarity: float = Field(
        description=(
            "Correlation of the stated levels with the occupation's, -1 to 1: the order"
            " `similarity`."
        )
    )
    likely_score: float | None = Field(
        default=None,
        description=(
            "The order `likely`: similarity and what the number of jobs adds; null where not known."
        ),
    )
    to_job_share: int | None = Field(
        default=None, description="Jobs there, as in the transitions of an occupation."
    )
    weighted_shortfall: float = Field(
        description=(
            "Mean of what the person lacks to the occupation's level, weighted by importance there,"
            " in points of the 0-7 scale."
        )
    )
    share_of_needs_met: float | None = Field(
        description=(
            "Share of the occupation's needs (level x importance, summed) that the person reaches;"
            " null where none."
        )
    )
    higher_element_count: int = Field(
        description="Elements whose level is higher at the occupation."
    )


PROFILE_TRANSITIONS_EXAMPLE: dict[str, Any] = {
    "profile": {"stated": 12},
    "order": "similarity",
    "limit": 1,
    "domains": ["skills", "knowledge"],
    "transitions": [
        {
            "to": {"code": "11-3013.00", "title": "Facilities Managers", "job_zone": 4},
            "similarity": 0.8102,
            "likely_score": None,
            "to_job_share": None,
            "weighted_shortfall": 0.3127,
            "share_of_needs_met": 0.8911,
            "higher_element_count": 7,
        }
    ],
    "publication": PUBLICATION_EXAMPLE,
}


class ProfileTransitionsResponse(Schema):
    """The occupations for a person to move to, first of the order first."""

    model_config = example_config(PROFILE_TRANSITIONS_EXAMPLE)

    profile: StatedProfile
    order: Order = Field(description="What `transitions` are sorted by.")
    limit: int
    domains: list[Domain] = Field(
        description="What is compared: skills and knowledge, or those of them that are loaded here."
    )
    transitions: list[ProfileTransition] = Field(
        description="Largest figure of the order first, then by code."
    )
    publication: PublicationReference
