"""What the build lets be published, the API accepts: the forms of codes and ids are the same."""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.live_warehouse import TO
from tests.support.warehouse import ROOT

MACROS = (ROOT / "dbt_onet" / "macros" / "typed.sql").read_text()


def ids(kind: str) -> st.SearchStrategy[str]:
    """Ids of the pattern and the length that the build checks that kind by."""
    [(form, length)] = re.findall(rf"'{kind}': \['(.+)', (\d+)\]", MACROS)
    fitting = st.from_regex(re.compile(form, re.ASCII), fullmatch=True)
    return fitting.filter(lambda text: len(text) <= int(length))


@pytest.fixture
def client(api_client: httpx.Client) -> httpx.Client:
    return api_client


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(code=ids("occupation code"))
def test_a_code_that_may_be_published_is_never_malformed(client: httpx.Client, code: str) -> None:
    for path in (f"/occupations/{code}", f"/skill-gap?from={code}&to={TO}"):
        answer = client.get(path)
        group = answer.json().get("type") == "/problems/occupation-ambiguous"
        assert answer.status_code in (200, 404) or group, answer.text


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(element=ids("element id"))
def test_an_element_that_may_be_published_may_stand_in_a_profile(
    client: httpx.Client, element: str
) -> None:
    answer = client.post(f"/skill-gap?to={quote(TO)}", json={"profile": {element: 1}})
    assert answer.status_code == 200 or "is no element that O*NET" in answer.text, answer.text


def test_every_code_of_the_list_is_answered(client: httpx.Client) -> None:
    listed = client.get("/occupations?limit=100").json()["occupations"]
    assert listed
    for occupation in listed:
        assert client.get(f"/occupations/{occupation['code']}").status_code == 200
