"""Schemas of a person's profile and of the response to it."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from api.schemas.base import Schema, example_config
from api.schemas.common import PUBLICATION_EXAMPLE, OccupationReference, PublicationReference
from api.schemas.skill_gap import Explanation, Gap, GapCounts
from api.types import Definition, Domain

ElementId = Annotated[
    str, StringConstraints(pattern=r"^[0-9](\.[A-Za-z0-9]{1,3}){0,9}$", max_length=20)
]
Level = Annotated[Decimal, Field(ge=0, le=7, max_digits=3, decimal_places=2, allow_inf_nan=False)]


PROFILE_EXAMPLE = {
    "2.A.1.a": 4.5,
    "2.A.1.b": 4,
    "2.A.1.c": 3.75,
    "2.A.1.d": 4,
    "2.A.1.e": 2.5,
    "2.A.2.a": 4,
    "2.A.2.b": 3.5,
    "2.B.1.a": 3.75,
    "2.B.2.i": 3.5,
    "2.B.3.j": 0,
    "2.B.3.l": 1.25,
    "2.B.4.e": 3.75,
}
"""As many as `POST /transitions` needs."""


class Profile(Schema):
    """A person's levels. Nothing of it is stored."""

    model_config = example_config({"profile": PROFILE_EXAMPLE})

    profile: dict[ElementId, Level] = Field(
        min_length=1,
        max_length=300,
        description=(
            "O*NET content model id → level on O*NET's scale, 0-7, with up to two decimals. What is"
            " not stated is unknown, not 0."
        ),
    )


class ProfileCoverage(Schema):
    """How much of the comparison the profile allows."""

    stated: int = Field(description="Elements in the profile.")
    compared: int = Field(description="Those of them that are in the domain.")
    unstated: int = Field(
        description=(
            "Elements of the domain that the profile says nothing about; none of them is counted as"
            " a gap."
        )
    )


PROFILE_GAP_EXAMPLE: dict[str, Any] = {
    "to": {"code": "11-3013.00", "title": "Facilities Managers"},
    "domain": "skills",
    "definition": "missing",
    "profile": {"stated": 12, "compared": 12, "unstated": 23},
    "counts": {"missing": 1, "newly_relevant": 0, "higher": 3, "significant": 2},
    "gaps": [
        {
            "element_id": "2.B.3.j",
            "element_name": "Equipment Maintenance",
            "from_level": 0.0,
            "to_level": 2.25,
            "level_gap": 2.25,
            "from_importance": None,
            "to_importance": 2.38,
            "is_missing": 1,
            "is_newly_relevant": 0,
            "is_higher": 1,
            "gap_standard_error": 0.1637,
            "is_significant": 1,
            "is_low_precision": 0,
            "is_supplemented": 0,
        }
    ],
    "publication": PUBLICATION_EXAMPLE,
}


class ProfileGap(Gap):
    """One element that the target needs and the person has less of."""

    from_importance: None = Field(
        default=None, description="Always null: a person has levels only."
    )


class ProfileGapResponse(Schema):
    """What the target occupation needs that the person does not have, or has at a lower level."""

    model_config = example_config(PROFILE_GAP_EXAMPLE)

    to: OccupationReference = Field(description="The target: where the person wants to go.")
    domain: Domain = Field(description="The O*NET domain whose elements are compared.")
    definition: Definition = Field(description="The reading of `gap` that `gaps` follows.")
    profile: ProfileCoverage
    counts: GapCounts
    gaps: list[ProfileGap] = Field(
        description="Largest `level_gap` first, then largest `to_importance`, then `element_id`."
    )
    explanation: Explanation | None = Field(
        default=None, description="With `explain=true`: how the figures were made."
    )
    publication: PublicationReference
