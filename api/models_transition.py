"""The shapes of answers about which way to go."""

from typing import Any

from pydantic import Field

from api.models import PUBLICATION_EXAMPLE, Answer, OccupationReference, PublicationReference, documented
from api.queries import Domain


class TransitionTarget(OccupationReference):
    """The occupation to move to."""

    job_zone: int | None = Field(description="O*NET job zone (1: little preparation … 5: extensive); null where not published.")


class Transition(Answer):
    """A move, and why: every figure is over the elements of all `domains` together."""

    to: TransitionTarget
    similarity: float = Field(description="Correlation of importance over the elements of `domains`, -1 to 1: the ranking.")
    job_zone_step: int | None = Field(
        description="The target's job zone less the source's: 1 is one zone more preparation; null where either is not published."
    )
    weighted_shortfall: float = Field(
        description="Mean of what the source lacks to the target's level, weighted by importance there, in points of the 0-7 scale."
    )
    share_of_needs_met: float | None = Field(
        description="Share of the target's needs (level x importance, summed) that the source reaches, 0 to 1; null where it needs none."
    )
    higher_element_count: int = Field(description="Elements whose level is higher at the target.")
    significant_gap_count: int = Field(description="Those of them that the ratings can tell from no gap.")
    missing_technology_count: int | None = Field(
        description="Technologies that O*NET lists for the target and not for the source; null where it lists none for either of them."
    )


TRANSITIONS_EXAMPLE: dict[str, Any] = {
    "from": {"code": "29-1141.00", "title": "Registered Nurses", "job_zone": 3},
    "limit": 1,
    "max_job_zone_step": 1,
    "domains": ["skills", "knowledge"],
    "transitions": [
        {
            "to": {"code": "29-1141.03", "title": "Critical Care Nurses", "job_zone": 3},
            "similarity": 0.9416,
            "job_zone_step": 0,
            "weighted_shortfall": 0.2087,
            "share_of_needs_met": 0.9459,
            "higher_element_count": 36,
            "significant_gap_count": 9,
            "missing_technology_count": 12,
        }
    ],
    "publication": PUBLICATION_EXAMPLE,
}


class TransitionsAnswer(Answer):
    """The nearest occupations to move to, most similar first."""

    model_config = documented(TRANSITIONS_EXAMPLE)

    from_: TransitionTarget = Field(alias="from", description="The source: where one comes from.")
    limit: int
    max_job_zone_step: int | None = Field(description="The step asked for; null where none was.")
    domains: list[Domain] = Field(description="What is compared: skills and knowledge, or those of them that are loaded here.")
    transitions: list[Transition] = Field(
        description="Most similar first, then by code. Empty where O*NET does not rate the source completely in `domains`."
    )
    publication: PublicationReference
