"""What every answer's shape is made of."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Flag = Literal[0, 1]


def documented(example: dict[str, Any]) -> ConfigDict:
    """The configuration of an answer's model, with the example that OpenAPI and /docs show."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class Answer(BaseModel):
    """A JSON object with these members and no others; new ones may be added in later versions, none is taken away."""

    model_config = ConfigDict(extra="forbid")
