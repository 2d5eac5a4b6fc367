"""Schema of the index."""

from pydantic import Field

from api.schemas.base import Flag as Flag
from api.schemas.base import Schema as Schema
from api.schemas.base import example_config as example_config
from api.schemas.common import PUBLICATION_EXAMPLE, PublicationReference


class IndexResponse(Schema):
    """Where everything is."""

    model_config = example_config(
        {
            "service": "O*NET skill gaps",
            "version": "1.0.0",
            "links": {"skill_gap": "/skill-gap?from=11-1011.00&to=11-3013.00", "docs": "/docs"},
            "publication": PUBLICATION_EXAMPLE,
            "attribution": "This service includes information from the O*NET Database …",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }
    )

    service: str
    version: str
    links: dict[str, str]
    publication: PublicationReference | None = Field(
        description="Null where nothing is published yet."
    )
    attribution: str
    license: str
