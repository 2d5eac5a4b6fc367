"""Any server that speaks OpenAI's chat completions: one question, one answer, and whether that
answer can be taken.

Structured output by JSON schema is asked for. A server that refuses it is asked without from then
on, and the JSON looked for in the text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from loader.errors import LoaderError
from loader.http_client import Answer, RateLimitedClient, RetryableError
from loader.llm.prompts import ANSWER_SCHEMA, Prompt
from loader.redact import is_storable

PARAMETERS: dict[str, object] = {"temperature": 0, "max_tokens": 300}
LONGEST_JUSTIFICATION = 1000
MAX_TEXT = 50_000
"""Characters of a reply that an answer is looked for in: far more than the tokens that are asked
for."""
_SCHEMA_FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "rating", "strict": True, "schema": ANSWER_SCHEMA},
}


class AnswerError(Exception):
    """An answer that cannot be taken: malformed, refused or out of range."""


@dataclass(frozen=True)
class Reply:
    """What came back, and what it cost."""

    text: str
    refusal: str | None
    is_cut_off: bool
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Rating:
    """A taken answer: level 0-7 to two decimals, as O*NET publishes it; confidence 0-1."""

    level: float
    confidence: float
    justification: str


class Endpoint:
    """Usable from several threads."""

    def __init__(self, client: RateLimitedClient, model: str) -> None:
        self._client, self.model = client, model
        self._has_schemas = True

    def ask(self, prompt: Prompt, attempt: int) -> Reply:
        """The model's answer. Raises LoaderError where there is none to be had; see PoliteClient
        for what passes."""
        while True:
            structured = self._has_schemas
            # another seed for another attempt: at temperature 0 the same request would bring the
            # same answer
            parameters: dict[str, Any] = {**PARAMETERS, "seed": attempt} | (
                {"response_format": _SCHEMA_FORMAT} if structured else {}
            )
            request = {"model": self.model, "messages": prompt.messages, **parameters}
            reply = self._client.ask(
                "chat/completions", partial(_reply, parameters=parameters), json=request
            )
            if reply is not None:
                return reply
            if not structured:
                raise LoaderError(
                    f"the endpoint refuses the request for {self.model} (HTTP 400 or 422); check"
                    " OPENAI_BASE_URL and LLM_MODEL"
                )
            self._has_schemas = False


def _reply(answer: Answer, parameters: dict[str, Any]) -> Reply | None:
    """None where the server will not take the request as it is."""
    if answer.status in (400, 415, 422):
        return None
    if answer.status != 200:
        raise LoaderError(
            f"the endpoint answers HTTP {answer.status}; check OPENAI_BASE_URL and LLM_MODEL"
        )
    try:
        content = json.loads(answer.body)
        choice = content["choices"][0]
        message = choice["message"]
        usage = content.get("usage") or {}
        return Reply(
            _storable(message.get("content")),
            _storable(message.get("refusal")) or None,
            choice.get("finish_reason") == "length",
            _count(usage.get("prompt_tokens")),
            _count(usage.get("completion_tokens")),
            answer.seconds,
            parameters,
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise RetryableError("not a chat completion, or cut off") from error


def _storable(text: object) -> str:
    """As a database takes it: JSON may hold halves of characters, which become question marks."""
    return str(text or "").encode("utf-8", "replace").decode("utf-8")


def _count(tokens: object) -> int | None:
    return tokens if isinstance(tokens, int) and 0 <= tokens < 10**12 else None


def rating_in(reply: Reply) -> Rating:
    """What the reply says, if it can be taken. Raises AnswerError with the reason where it
    cannot."""
    if reply.refusal:
        raise AnswerError(f"refused: {reply.refusal[:200]}")
    if reply.is_cut_off:
        raise AnswerError("cut off at the limit of tokens")
    if len(reply.text) > MAX_TEXT:
        raise AnswerError(f"longer than {MAX_TEXT} characters")
    found = _object_in(reply.text)
    level, confidence, justification = (
        found.get(name) for name in ("level", "confidence", "justification")
    )
    if (
        not isinstance(justification, str)
        or not is_storable(justification)
        or not 0 < len(justification.strip()) <= LONGEST_JUSTIFICATION
    ):
        raise AnswerError("the justification is not a sentence")
    return Rating(
        round(_within(level, "level", 7), 2),
        round(_within(confidence, "confidence", 1), 4),
        justification.strip(),
    )


def _object_in(text: str) -> dict[str, Any]:
    """The first JSON object in the text: some models talk around it, or fence it."""
    decoder = json.JSONDecoder()
    start = text.find("{")
    while start >= 0:
        try:
            found, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        return dict(found)
    raise AnswerError("no JSON object in the answer")


def _within(value: Any, name: str, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise AnswerError(f"the {name} is not a number")
    if not 0 <= value <= highest:
        raise AnswerError(f"the {name} {str(value)[:20]} is outside 0 to {highest:g}")
    return float(value)
