"""Schemas of errors (RFC 9457)."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.base import Flag as Flag
from api.schemas.base import Schema as Schema
from api.schemas.base import example_config as example_config
from api.schemas.common import OccupationReference
from api.types import Domain


class ParameterError(Schema):
    """One parameter that cannot be accepted."""

    parameter: str
    detail: str = Field(description="What is accepted.")


class ProblemResponse(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = example_config(
        {
            "type": "/problems/occupation-not-found",
            "title": "Occupation not found",
            "status": 404,
            "detail": "from: O*NET 30.3 lists no occupation 11-1012.00.",
            "parameter": "from",
            "value": "11-1012.00",
            "near": [{"code": "11-1011.00", "title": "Chief Executives"}],
            "request_id": "5b1f5f0c6d7e4d0f8f0b7b7f3b1e2a90",
        }
    )

    type: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]+)*/problems/[a-z-]+$")] = Field(
        description="Names the kind of problem; the address explains it."
    )
    title: str
    status: int
    detail: str = Field(description="What is wrong this time.")
    request_id: str = Field(description="Also in the X-Request-ID header and in the service's log.")
    parameter: str | None = Field(
        default=None, description="The parameter that names what was not found."
    )
    value: str | None = Field(
        default=None, description="The code or title that was not found, not rated or ambiguous."
    )
    domain: Domain | None = Field(
        default=None, description="The domain in which the occupation has no ratings."
    )
    subject: str | None = Field(default=None, description="The subject that is not loaded here.")
    candidates: list[OccupationReference] | None = Field(
        default=None, description="The occupations that an ambiguous title may mean."
    )
    near: list[OccupationReference] | None = Field(
        default=None, description="Occupations to try instead."
    )
    errors: list[ParameterError] | None = Field(
        default=None, description="Each parameter that cannot be accepted."
    )
    available: list[str] | None = Field(
        default=None, description="The media types that the endpoint can write."
    )


class ProblemTypeResponse(Schema):
    """What a kind of problem means."""

    model_config = example_config(
        {
            "type": "/problems/not-found",
            "title": "Not found",
            "status": 404,
            "explanation": "There is nothing at this address.",
        }
    )

    type: str
    title: str
    status: int
    explanation: str
