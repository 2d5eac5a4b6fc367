"""What a service may send that is no answer: each is asked for again or said in words, and none
ends in a traceback."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest

from loader.errors import LoaderError
from loader.http_client import Answer, RateLimitedClient, RetryableError
from loader.llm.endpoint import MAX_TEXT, AnswerError, Reply, _reply, rating_in
from loader.web_services.client import WebServices, _refusal
from tests.support.onet_service import Answering, Body, Fault, Service, changed, rating, serve

ROWS = [rating("11-1011.00", "2.A.1.a", "LV", 2.5)]


def raw(content: bytes, **headers: str) -> Fault:
    def spoil(handler: Answering, _: Body) -> bool:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.send(
            200, content, {"Content-Type": "application/json", "Connection": "close", **sent}
        )
        handler.close_connection = True
        return True

    return spoil


def row(**members: Any) -> Fault:
    return changed(row=[ROWS[0] | members])


@pytest.mark.parametrize(
    "fault",
    [
        raw(b"[" * 100_000 + b"]" * 100_000),
        raw(b'{"row": ' * 50_000),
        raw(b"{}", Content_Length="9" * 5000),
        raw(b"no gzip", Content_Encoding="gzip"),
        changed(total="\u00b2"),
        changed(total=10**30),
        row(data_value="\ud800"),
        row(n={"deep": 1}),
    ],
)
def test_what_is_no_page_is_asked_for_again(fault: Fault) -> None:
    with serve(Service({"skills": ROWS})) as service:
        service.faults.append(fault)
        with closing(client_of(service)) as client:
            assert [page.total for page in WebServices(client).pages("skills")] == [1]
            assert client.retries == 1


def client_of(service: Service) -> RateLimitedClient:
    headers = {"X-API-Key": service.key}
    return RateLimitedClient(
        service.url, headers, rate=100_000, attempts=2, timeout=20, sleep=lambda _: None
    )


@pytest.mark.parametrize(
    "link", ["http://[", "/database/rows/skills\n?start=2", "//%zz", "http://\x00/"]
)
def test_a_link_that_is_no_address_is_not_followed(link: str) -> None:
    with serve(Service({"skills": ROWS})) as service:
        service.faults.append(changed(total=2, next=link))
        with closing(client_of(service)) as client, pytest.raises(LoaderError):
            list(WebServices(client).pages("skills"))


def test_ids_that_are_no_names_of_tables_are_left_out() -> None:
    odd = dict.fromkeys(("\x1b[2J_skills", "../skills", "a?b#skills"), ROWS)
    with serve(Service({"skills": ROWS, **odd})) as service, closing(client_of(service)) as client:
        found = WebServices(client).tables()
        assert "skills" in found
        assert not set(odd) & set(found)


def test_the_words_of_a_refusal_are_read_if_they_can_be() -> None:
    for body in (
        b"",
        b"<html>",
        b"[" * 100_000,
        b'{"error": {"deep": 1}}',
        json.dumps({"error": "x" * 10_000}).encode(),
    ):
        assert len(str(_refusal(Answer(422, body, 0.1)))) < 500


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '{"level": 1' + "0" * 400 + ', "confidence": 1, "justification": "x"}',
            "is outside 0 to 7",
        ),
        ('{"level": -1e400, "confidence": 1, "justification": "x"}', "is outside 0 to 7"),
        ('{"level": NaN, "confidence": 1, "justification": "x"}', "is not a number"),
        ('{"level": 1, "confidence": 1, "justification": "\\ud800"}', "is not a sentence"),
        ('{"a": ' * 6000, "no JSON object"),
        ("{" * (MAX_TEXT + 1), "longer than"),
    ],
)
def test_an_answer_of_a_model_that_is_none_is_an_answer_error(text: str, told: str) -> None:
    with pytest.raises(AnswerError, match=told):
        rating_in(Reply(text, None, False, None, None, 0.1, {}))


def test_a_completion_of_any_shape_is_a_reply_or_worth_another_try() -> None:
    message: Any
    for message in (
        {"content": None},
        {"content": ["a"]},
        {"content": "\ud800", "refusal": {"why": 1}},
        {},
    ):
        usage = {"prompt_tokens": "many", "completion_tokens": 10**30}
        body = json.dumps({"choices": [{"message": message}], "usage": usage}).encode()
        reply = _reply(Answer(200, body, 0.1), {})
        assert reply is not None
        assert (reply.prompt_tokens, reply.completion_tokens) == (None, None)
        assert reply.text.encode("utf-8") is not None
        with pytest.raises(AnswerError):
            rating_in(reply)
    for body in (
        b"[" * 100_000,
        b"null",
        b'{"choices": []}',
        b'{"choices": {"0": 1}}',
        b'{"choices": [{"message": 1}]}',
    ):
        with pytest.raises(RetryableError):
            _reply(Answer(200, body, 0.1), {})
