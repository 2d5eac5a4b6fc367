"""Schemas of a row of the similarity matrix."""

from pydantic import Field

from api.schemas.base import Schema, example_config
from api.schemas.common import PUBLICATION_EXAMPLE, OccupationReference, PublicationReference
from api.types import Domain


class SimilarOccupation(OccupationReference):
    """An occupation, and how alike it is."""

    similarity: float = Field(
        description="Pearson's correlation of importance, -1 to 1, to four decimals."
    )


class SimilarityAnswer(Schema):
    """A whole row of the similarity matrix."""

    model_config = example_config(
        {
            "from": {"code": "11-3013.00", "title": "Facilities Managers"},
            "domains": ["skills", "knowledge"],
            "occupations": [
                {
                    "code": "11-9021.00",
                    "title": "Construction Managers",
                    "similarity": 0.8412,
                }
            ],
            "publication": PUBLICATION_EXAMPLE,
        }
    )

    from_: OccupationReference = Field(alias="from", description="The occupation of the row.")
    domains: list[Domain] = Field(description="Domains that the correlation is over.")
    occupations: list[SimilarOccupation] = Field(
        description="All others that are compared, most similar first, then by code."
    )
    publication: PublicationReference
