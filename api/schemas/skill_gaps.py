"""Schemas of many pairs asked at once."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from api import parameters
from api.parameters import CODE_FORM
from api.schemas.base import Schema

MAX_PAIRS = 1000

Code = Annotated[parameters.Code, StringConstraints(max_length=40)]


class PairOfCodes(Schema):
    """Source and target of one comparison."""

    model_config = ConfigDict(extra="forbid", validate_by_name=False)

    from_: Code = Field(alias="from", description=f"The source: {CODE_FORM}.")
    to: Code = Field(description=f"The target: {CODE_FORM}.")


class Pairs(Schema):
    """Pairs of occupations, or one source for all targets."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "pairs": [
                        {"from": "11-1011.00", "to": "11-3013.00"},
                        {"from": "11-3013.00", "to": "11-1011.00"},
                    ]
                },
                {"from": "11-1011.00"},
            ]
        },
    )

    pairs: list[PairOfCodes] | None = Field(
        default=None, min_length=1, max_length=MAX_PAIRS, description="The pairs to compare."
    )
    from_: Code | None = Field(
        default=None,
        alias="from",
        description=(
            "In the place of `pairs`: the source to compare with every other occupation that is"
            f" rated in the domain; {CODE_FORM}."
        ),
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.pairs is None) == (self.from_ is None):
            raise ValueError("give either `pairs`, or `from` alone for all targets")
        return self
