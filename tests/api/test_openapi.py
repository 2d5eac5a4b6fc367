"""The description of the API: complete, with examples that fit, and true for what the service
does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx2 as httpx
import jsonschema_rs
import pytest
from pydantic import BaseModel

from api.app import create_app
from api.queries.comparison import COMPARISON_COLUMNS
from api.queries.skill_gap import GAP_COLUMNS
from api.routes.transitions import MIN_ELEMENTS
from api.schemas import codes as codes_schemas
from api.schemas import common as common_schemas
from api.schemas import comparison as comparison_schemas
from api.schemas import elements as elements_schemas
from api.schemas import health as health_schemas
from api.schemas import index as index_schemas
from api.schemas import labor as labor_schemas
from api.schemas import occupations as occupations_schemas
from api.schemas import problems as problems_schemas
from api.schemas import profile_gap as profile_gap_schemas
from api.schemas import publication as publication_schemas
from api.schemas import similarity as similarity_schemas
from api.schemas import skill_gap as skill_gap_schemas
from api.schemas import skill_gaps as skill_gaps_schemas
from api.schemas import technology_gap as technology_gap_schemas
from api.schemas import transitions as transitions_schemas
from api.schemas.comparison import ComparedElement, ComparisonCounts, ComparisonResponse
from api.schemas.health import LiveResponse, ReadyResponse
from api.schemas.index import IndexResponse
from api.schemas.occupations import OccupationResponse, OccupationsResponse
from api.schemas.problems import ProblemTypeResponse
from api.schemas.profile_gap import PROFILE_EXAMPLE
from api.schemas.publication import PublicationResponse
from api.schemas.similarity import SimilarityAnswer
from api.schemas.skill_gap import Gap, SkillGapResponse
from api.schemas.technology_gap import TechnologyGapResponse
from api.schemas.transitions import TransitionsResponse
from api.settings import Settings
from api.types import VERDICTS
from tests.support.live_warehouse import FROM, TO

OPENAPI = create_app(Settings()).openapi()
OPERATIONS = [
    (path, method, operation)
    for path, item in OPENAPI["paths"].items()
    for method, operation in item.items()
]
SHAPES: dict[str, type[BaseModel]] = {
    name: each
    for module in (
        common_schemas,
        publication_schemas,
        index_schemas,
        health_schemas,
        problems_schemas,
        skill_gap_schemas,
        elements_schemas,
        codes_schemas,
        labor_schemas,
        comparison_schemas,
        occupations_schemas,
        profile_gap_schemas,
        similarity_schemas,
        skill_gaps_schemas,
        technology_gap_schemas,
        transitions_schemas,
    )
    for name, each in vars(module).items()
    if isinstance(each, type) and issubclass(each, BaseModel) and each is not BaseModel
}


def test_every_endpoint_is_there() -> None:
    assert {path for path, _, _ in OPERATIONS} == {
        "/",
        "/skill-gap",
        "/skill-gaps",
        "/transitions",
        "/technology-gap",
        "/compare",
        "/occupations",
        "/occupations/{code}",
        "/occupations/{code}/transitions",
        "/similarity/{code}",
        "/codes",
        "/elements",
        "/publication",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/problems/{name}",
    }
    assert [(path, method) for path, method, _ in OPERATIONS if method != "get"] == [
        ("/skill-gap", "post"),
        ("/transitions", "post"),
        ("/skill-gaps", "post"),
    ]


@pytest.mark.parametrize(
    ("path", "method", "operation"),
    OPERATIONS,
    ids=[f"{method} {path}" for path, method, _ in OPERATIONS],
)
def test_every_endpoint_is_described_with_examples(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert not operation["summary"].endswith(".")
    assert operation["description"].endswith(".")
    for parameter in operation.get("parameters", []):
        assert parameter["description"].endswith("."), parameter["name"]
        assert parameter["schema"]["examples"], parameter["name"]
    content = operation["responses"]["200"]["content"]
    if "application/json" in content:
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for example in OPENAPI["components"]["schemas"][name]["examples"]:
            SHAPES[name].model_validate_json(json.dumps(example))
    for status, answer in operation["responses"].items():
        assert answer["description"], status
        if status != "200":
            assert list(answer["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_every_shape_is_closed_described_and_its_example_fits(shape: type[BaseModel]) -> None:
    assert shape.__doc__
    assert shape.model_config["extra"] == "forbid"
    extra = shape.model_config.get("json_schema_extra")
    for example in extra.get("examples", []) if isinstance(extra, dict) else []:  # type: ignore[union-attr]
        shape.model_validate(example)


def test_every_shape_that_is_named_is_there() -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(OPENAPI)))
    assert "ProblemResponse" in named
    assert named == set(OPENAPI["components"]["schemas"]) & named


def test_linters_find_nothing(tmp_path: Path) -> None:
    """The rules of spectral's `oas` and redocly's `recommended` that were broken once; and all of
    them, where the programs are."""
    with_keys = create_app(Settings(api_keys="a-key-of-this-test-0123456789")).openapi()  # type: ignore[arg-type]
    for name, described in (("open", OPENAPI), ("keys", with_keys)):
        info = described["info"]
        assert described["servers"] == [{"url": "/"}]
        assert info["contact"]["name"]
        assert info["license"]["identifier"] == "MIT"
        assert (
            ("securitySchemes" in described["components"])
            is bool(described["security"])
            is (name == "keys")
        )
        tags = {each["name"] for each in described["tags"] if each["description"].endswith(".")}
        operations = [
            operation for item in described["paths"].values() for operation in item.values()
        ]
        ids = [operation["operationId"] for operation in operations]
        assert len(set(ids)) == len(ids)
        for operation in operations:
            assert re.fullmatch("[a-z]+(_[a-z]+)+", operation["operationId"])
            assert len(operation["tags"]) == 1
            assert set(operation["tags"]) <= tags
            assert any(status.startswith("4") for status in operation["responses"]), operation[
                "operationId"
            ]
            for parameter in operation.get("parameters", []):
                for example in parameter["schema"]["examples"]:
                    jsonschema_rs.validate(parameter["schema"], example)
        for shape in described["components"]["schemas"].values():
            for example in shape.get("examples", []):
                jsonschema_rs.validate({**shape, "components": described["components"]}, example)
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(described))
        (tmp_path / ".spectral.yaml").write_text('extends: ["spectral:oas"]')
        for linter, *options in (
            ("spectral", "--fail-severity", "hint"),
            ("redocly", "--extends", "recommended", "--max-problems", "1"),
        ):
            if program := shutil.which(linter):
                done = subprocess.run(
                    [program, "lint", file, *options],
                    cwd=tmp_path,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, done.stdout + done.stderr
                assert (
                    "warning"
                    not in re.sub("(?i)deprecation warning", "", done.stdout + done.stderr).lower()
                )


def test_a_profile_s_example_is_one_that_can_be_answered() -> None:
    levels = PROFILE_EXAMPLE
    assert len(levels) >= MIN_ELEMENTS
    assert len(set(levels.values())) > 1
    for path in ("/skill-gap", "/transitions"):
        body = OPENAPI["paths"][path]["post"]["requestBody"]["content"]["application/json"][
            "schema"
        ]
        [example] = OPENAPI["components"]["schemas"][body["$ref"].rpartition("/")[2]]["examples"]
        assert example == {"profile": levels}


def test_the_framework_s_own_error_shapes_are_not_promised() -> None:
    assert "HTTPValidationError" not in str(OPENAPI)


def test_a_gap_is_documented_column_by_column_in_the_order_it_is_written() -> None:
    assert tuple(Gap.model_fields) == (*GAP_COLUMNS, "published_rows")
    assert all(each.description for each in Gap.model_fields.values())
    assert set(ComparedElement.model_fields) == set(COMPARISON_COLUMNS)
    counts = {"elements", "missing", "newly_relevant", "higher", "significant"}
    assert set(ComparisonCounts.model_fields) == counts | {*VERDICTS}
    assert all(each.description for each in ComparedElement.model_fields.values())


def test_the_examples_of_the_parameters_work(api_client: httpx.Client) -> None:
    for path, method, operation in OPERATIONS:
        query = {}
        for parameter in operation.get("parameters", []):
            [example] = parameter["schema"]["examples"]
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(example))
            else:
                query[parameter["name"]] = example
        body: dict[str, Any] | None = None
        if method == "post":
            body = {"from": FROM} if path == "/skill-gaps" else {"profile": {"9.A.1": 0}}
        # the hand-made rows have fewer elements than a person has to state
        status = 422 if path == "/transitions" else 200
        assert api_client.request(method, path, params=query, json=body).status_code == status, path


def test_the_answers_fit_their_shapes(api_client: httpx.Client) -> None:
    shapes: dict[str, type[BaseModel]] = {
        f"/skill-gap?from={FROM}&to={TO}&definition=newly_relevant": SkillGapResponse,
        f"/compare?from={FROM}&to={TO}": ComparisonResponse,
        f"/technology-gap?from={FROM}&to={TO}": TechnologyGapResponse,
        "/occupations": OccupationsResponse,
        f"/occupations/{TO}": OccupationResponse,
        f"/occupations/{TO}/transitions": TransitionsResponse,
        f"/similarity/{TO}": SimilarityAnswer,
        "/publication": PublicationResponse,
        "/": IndexResponse,
        "/health/live": LiveResponse,
        "/health/ready": ReadyResponse,
        "/problems/not-found": ProblemTypeResponse,
    }
    for path, shape in shapes.items():
        shape.model_validate_json(api_client.get(path).content, strict=True)


def test_licence_and_attribution_are_said(api_client: httpx.Client) -> None:
    for text in (
        OPENAPI["info"]["description"],
        api_client.get("/").text,
        api_client.get("/publication").text,
    ):
        assert "USDOL/ETA has not approved" in text
        assert "https://creativecommons.org/licenses/by/4.0/" in text
        assert re.search("CC BY 4.0", text)
