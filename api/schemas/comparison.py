"""Schemas of the response that compares two occupations element by element."""

from typing import Any

from pydantic import Field

from api.schemas.base import Schema, example_config
from api.schemas.common import PUBLICATION_EXAMPLE, OccupationReference, PublicationReference
from api.schemas.pay import PayOrNull
from api.schemas.skill_gap import ComparedLevels, Explanation, GapCounts, PublishedRows
from api.types import Domain, Verdict

_EXAMPLE: dict[str, Any] = {
    "from": {"code": "11-1011.00", "title": "Chief Executives"},
    "to": {"code": "11-3013.00", "title": "Facilities Managers"},
    "domain": "skills",
    "counts": {
        "elements": 35,
        "missing": 3,
        "newly_relevant": 3,
        "higher": 9,
        "significant": 7,
        "clearly_higher": 7,
        "too_close_to_tell": 2,
        "higher_without_error": 0,
        "met": 26,
    },
    "pay": None,
    "elements": [
        {
            "element_id": "2.B.3.j",
            "element_name": "Equipment Maintenance",
            "element_description": "Performing routine maintenance on equipment.",
            "from_level": 0.0,
            "to_level": 2.25,
            "level_gap": 2.25,
            "from_importance": 1.0,
            "to_importance": 2.38,
            "is_missing": 1,
            "is_newly_relevant": 1,
            "is_higher": 1,
            "gap_standard_error": 0.206,
            "gap_margin": 0.4489,
            "is_significant": 1,
            "verdict": "clearly_higher",
            "is_low_precision": 0,
            "is_supplemented": 0,
            "group_name": "Technical Skills",
            "from_anchor_level": None,
            "from_anchor": None,
            "to_anchor_level": 2,
            "to_anchor": "Add oil to an engine as indicated by a gauge or warning light",
        }
    ],
    "publication": PUBLICATION_EXAMPLE,
}


class ComparisonCounts(GapCounts):
    """How many elements of the pair and domain are what."""

    elements: int = Field(
        description=(
            "Elements that both occupations have a level in: the sum of the four verdicts below."
        )
    )
    clearly_higher: int = Field(description="Elements with the verdict `clearly_higher`.")
    too_close_to_tell: int = Field(description="Elements with the verdict `too_close_to_tell`.")
    higher_without_error: int = Field(
        description="Elements with the verdict `higher_without_error`."
    )
    met: int = Field(description="Elements with the verdict `met`.")


class ComparedElement(ComparedLevels):
    """One element of both occupations, a gap or not."""

    element_description: str | None = Field(description="What the element means, in O*NET's words.")
    gap_margin: float | None = Field(
        description=(
            "Half the width of the 95 % interval of `level_gap`, in levels; null where O*NET"
            " publishes no error."
        )
    )
    verdict: Verdict = Field(
        description=(
            "`clearly_higher`: higher at the target, and significant. `too_close_to_tell`: higher,"
            " not significant. `higher_without_error`: higher, and no error is published that would"
            " tell. `met`: not higher."
        )
    )


class ExplainedElement(ComparedElement):
    """One element of both occupations, with what is behind its figures."""

    published_rows: PublishedRows | None = Field(
        default=None, description="With `explain=true`: the rows behind the figures."
    )


class ComparisonResponse(Schema):
    """Two occupations, element by element."""

    model_config = example_config(_EXAMPLE)

    from_: OccupationReference = Field(
        alias="from", description="The source: where one comes from."
    )
    to: OccupationReference = Field(description="The target: where one goes to.")
    domain: Domain = Field(description="The O*NET domain whose elements are compared.")
    counts: ComparisonCounts
    pay: PayOrNull = None
    elements: list[ExplainedElement] = Field(
        description="Largest `level_gap` first, then largest `to_importance`, then `element_id`."
    )
    explanation: Explanation | None = Field(
        default=None, description="With `explain=true`: how the figures were made."
    )
    publication: PublicationReference
