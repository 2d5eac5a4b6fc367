"""The OpenAPI description: what FastAPI makes of the routes, and what it cannot know: the shape of every error, and the service's keys."""

from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.keys import Keys, documented
from api.models import ProblemAnswer


def describe(app: FastAPI, keys: Keys) -> Callable[[], dict[str, Any]]:
    """What takes the place of the application's `openapi`; made at the first call."""
    made_by_framework = app.openapi

    @cache
    def description() -> dict[str, Any]:
        for route in app.routes:
            if isinstance(route, APIRoute):  # a client is generated with these as names of its functions
                route.unique_id = route.operation_id or route.name
        openapi = made_by_framework()
        # Errors are written by handlers and not by routes, so that no route's own shapes bring this one.
        problem = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
        openapi["components"]["schemas"] |= problem.pop("$defs", {}) | {"ProblemAnswer": problem}
        return documented(openapi) if keys else openapi | {"security": []}

    return description
