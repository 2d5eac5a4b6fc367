"""Schemas of the response about a domain's elements."""

from typing import Any

from pydantic import Field

from api.schemas.base import Schema, example_config
from api.schemas.common import PUBLICATION_EXAMPLE, PublicationReference
from api.types import Domain


class Anchor(Schema):
    """What a level means, by an example of O*NET's."""

    level: int = Field(description="The level that the example stands for, 0-7.")
    anchor: str = Field(description="The example.")


class Element(Schema):
    """One element of the domain."""

    element_id: str = Field(description="O*NET content model id.")
    element_name: str = Field(description="O*NET's name of the element.")
    group_name: str | None = Field(
        description="Group of the content model that the element belongs to."
    )
    anchors: list[Anchor] = Field(
        description="Lowest level first; empty where the release has no anchors."
    )


_EXAMPLE: dict[str, Any] = {
    "domain": "skills",
    "elements": [
        {
            "element_id": "2.B.3.j",
            "element_name": "Equipment Maintenance",
            "group_name": "Technical Skills",
            "anchors": [
                {"level": 2, "anchor": "Add oil to an engine as indicated by a warning light"}
            ],
        }
    ],
    "publication": PUBLICATION_EXAMPLE,
}


class ElementsResponse(Schema):
    """The elements of a domain that occupations are rated on, by their ids."""

    model_config = example_config(_EXAMPLE)

    domain: Domain
    elements: list[Element] = Field(
        description="Empty where O*NET publishes no level in the domain, or none is loaded here."
    )
    publication: PublicationReference
