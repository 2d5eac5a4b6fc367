"""Schemas of /codes."""

from typing import Any

from pydantic import Field

from api.schemas.base import Flag, Schema, example_config
from api.schemas.common import PUBLICATION_EXAMPLE, OccupationReference, PublicationReference
from api.types import CodeSystem


class LinkedOccupation(OccupationReference):
    """An occupation that belongs to a code."""

    is_partial: Flag = Field(
        description="1: a crosswalk says that only a part of the code corresponds."
    )


class LinkedCode(Schema):
    """A code of another classification."""

    system: CodeSystem
    code: str
    title: str
    is_partial: Flag = Field(
        description="1: a crosswalk says that only a part of the code corresponds."
    )


_EXAMPLE: dict[str, Any] = {
    "system": "soc2018",
    "code": "15-1252",
    "title": "Software Developers",
    "occupations": [{"code": "15-1252.00", "title": "Software Developers", "is_partial": 0}],
    "codes": [],
    "attribution": "Crosswalks by …",
    "publication": PUBLICATION_EXAMPLE,
}


class CodesResponse(Schema):
    """What a code corresponds to."""

    model_config = example_config(_EXAMPLE)

    system: CodeSystem
    code: str
    title: str = Field(description="Title of the code in its own classification.")
    occupations: list[LinkedOccupation] = Field(
        description="Occupations of O*NET-SOC 2019 that belong to it; several where it is split."
    )
    codes: list[LinkedCode] = Field(
        description=(
            "With `onet2019`: the occupation's codes in every other classification. Else empty."
        )
    )
    attribution: str = Field(description="Whose classification and crosswalk these are.")
    publication: PublicationReference
