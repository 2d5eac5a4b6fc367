"""Schemas of the probes."""

from typing import Literal

from api.schemas.base import Flag as Flag
from api.schemas.base import Schema as Schema
from api.schemas.base import example_config as example_config
from api.schemas.common import PUBLICATION_EXAMPLE, PublicationReference


class LiveResponse(Schema):
    """The process answers."""

    model_config = example_config({"status": "live"})

    status: Literal["live"]


class ReadyResponse(Schema):
    """The warehouse answers too, and holds a publication."""

    model_config = example_config({"status": "ready", "publication": PUBLICATION_EXAMPLE})

    status: Literal["ready"]
    publication: PublicationReference
