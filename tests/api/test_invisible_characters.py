"""Characters that nobody sees, in a search and in a title: the same answer as without them, on both
engines."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import TO

INVISIBLE = ["\0", "\x7f", "\u00ad", "\u034f", "\u0640", "\u200b", "\u202e", "\ufe0f", "\ufeff"]


def said(client: httpx.Client, path: str, **parameters: str) -> Any:
    answer = client.get(path, params=parameters)
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, body


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_what_nobody_sees_changes_no_answer(api_client: httpx.Client, character: str) -> None:
    everything = said(api_client, "/occupations")
    assert said(api_client, "/occupations", q=character) == everything
    found = said(api_client, "/occupations", q="clerk")
    assert 0 < found[1]["total"] < everything[1]["total"]
    for sought in (f"{character}clerk", f"cle{character}rk", f" {character}clerk{character} "):
        assert said(api_client, "/occupations", q=sought) == found
    gap = said(api_client, "/skill-gap", to=TO, **{"from": "chief executives"})
    assert gap[0] == 200
    for title in (f"Chief Executives{character}", f"{character}Chief \t Executives"):
        assert said(api_client, "/skill-gap", to=TO, **{"from": title}) == gap


def test_a_letter_with_its_accent_is_one_however_it_is_written(api_client: httpx.Client) -> None:
    for written in ("cle\u0301rk", "cl\u00e9rk"):
        answer = said(api_client, "/occupations", q=written)[1]
        plain = said(api_client, "/occupations", q="clerk")[1]
        assert [each["code"] for each in answer["occupations"]] == [
            each["code"] for each in plain["occupations"]
        ]
