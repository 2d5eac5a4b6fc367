"""The base of every schema."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Flag = Literal[0, 1]


def example_config(example: dict[str, Any]) -> ConfigDict:
    """The configuration of a response's model, with the example that OpenAPI and /docs show."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class Schema(BaseModel):
    """A JSON object with these members and no others; new ones may be added in later versions, none
    is taken away."""

    model_config = ConfigDict(extra="forbid")


def list_columns(schema: type[BaseModel], *without: str) -> tuple[str, ...]:
    """The columns of a view that a schema names, in its order: what its members of these names are
    selected by."""
    return tuple(name for name in schema.model_fields if name not in without)
