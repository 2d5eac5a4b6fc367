"""Schemas of what a move changes in pay."""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import Flag, Schema
from api.types import MatchKind

KIND = (
    "How the figures were found. `direct`: this occupation's own. `parent`: those of the SOC"
    " occupation that it is a part of. `merged`: those of a group that BLS publishes in place of"
    " its members. `merged_parent`: both. `hourly_only`: without an annual wage. `none`: BLS"
    " publishes nothing for it."
)
Kind = Annotated[MatchKind | None, Field(description=KIND + " Null where no such file is landed.")]
Change = Annotated[
    float | None,
    Field(
        description=(
            "Median annual wage of the target less that of the source, dollars. Null where either"
            " is not published, where the source's is a top code, and where both have the figures"
            " of one and the same group, which do not tell them apart."
        )
    ),
]
IsChangeAtLeast = Annotated[
    Flag | None,
    Field(description="1: the target's median is a top code, the change is at least so much."),
]
Openings = Annotated[
    int | None,
    Field(
        description=(
            "Openings a year that BLS projects for the target, or for the wider occupation that it"
            " belongs to; null without."
        )
    ),
]


class SidePay(Schema):
    """The median annual wage of one side."""

    median_annual_wage: int | None = Field(description="Dollars; null where BLS publishes none.")
    is_at_least: Flag | None = Field(description="1: a top code, the wage is at least so much.")
    match_kind: Kind


PAY_EXAMPLE: dict[str, Any] = {
    "source": "U.S. Bureau of Labor Statistics",
    "wage_vintage": "May 2025",
    "from": {"median_annual_wage": 50000, "is_at_least": 0, "match_kind": "direct"},
    "to": {"median_annual_wage": 60000, "is_at_least": 0, "match_kind": "direct"},
    "median_annual_wage_change": 10000,
    "is_change_at_least": 0,
    "outlook_vintage": "2024–34",  # noqa: RUF001
    "to_annual_openings": 1200,
    "to_outlook_match_kind": "direct",
}


class Pay(Schema):
    """What a move changes in pay, and how many openings there are: BLS's newest landed figures,
    national."""

    source: str = Field(description="Whose figures these are.")
    wage_vintage: str | None = Field(
        description="Vintage of the wages, as `May 2025`; null where none are landed."
    )
    from_: SidePay = Field(alias="from")
    to: SidePay
    median_annual_wage_change: Change
    is_change_at_least: IsChangeAtLeast
    outlook_vintage: str | None = Field(
        description="Span of the projections; null where none are landed."
    )
    to_annual_openings: Openings
    to_outlook_match_kind: Kind


PayOrNull = Annotated[
    Pay | None,
    Field(
        description="Pay and openings; null where no labour-market file is landed (docs/labor.md)."
    ),
]


class LaborVintages(Schema):
    """Whose figures on pay and openings these are, and of when."""

    source: str
    wage_vintage: str | None = Field(description="Null where no wages are landed.")
    outlook_vintage: str | None = Field(description="Null where no projections are landed.")


LaborVintagesOrNull = Annotated[
    LaborVintages | None, Field(description="Null where no labour-market file is landed.")
]
