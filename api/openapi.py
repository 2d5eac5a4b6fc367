"""The OpenAPI description: what FastAPI makes of the routes, and what it cannot know: the shape of
every error, and the service's keys."""

from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.auth import ApiKeys, add_security_schemes
from api.schemas.problems import ProblemResponse


def customize_openapi(app: FastAPI, keys: ApiKeys) -> Callable[[], dict[str, Any]]:
    """What takes the place of the application's `openapi`; made at the first call."""
    generate_openapi = app.openapi

    @cache
    def build_openapi() -> dict[str, Any]:
        for route in app.routes:
            # a client is generated with these as names of its functions
            if isinstance(route, APIRoute):
                route.unique_id = route.operation_id or route.name
        openapi = generate_openapi()
        # Errors are written by handlers and not by routes, so that no route's own shapes bring this
        # one.
        problem = ProblemResponse.model_json_schema(ref_template="#/components/schemas/{model}")
        openapi["components"]["schemas"] |= problem.pop("$defs", {}) | {"ProblemResponse": problem}
        return add_security_schemes(openapi) if keys else openapi | {"security": []}

    return build_openapi
