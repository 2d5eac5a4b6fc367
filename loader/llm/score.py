"""Asks a language model for the level of elements in occupations, pair by pair, and keeps every
request with its answer.

What is kept is the cache: a pair whose prompt, model and parameters were answered before is not
asked again, so that a repeated run costs nothing and an interrupted one goes on. At most the
answers under way are lost when the process dies.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from loader.errors import LoaderError
from loader.http_client import RateLimitedClient
from loader.llm.endpoint import PARAMETERS, AnswerError, Endpoint, rating_in
from loader.llm.prompts import PROMPT_VERSION, Prompt, read_prompts
from loader.settings import Settings
from loader.side_tables import LLM_ANSWER
from loader.store import open_store
from loader.web_services.supplement import DOMAINS

log = structlog.get_logger()

SETTLED = ("accepted", "quarantined")


@dataclass
class ScoringResult:
    """What became of a run."""

    asked: int = 0
    accepted: int = 0
    quarantined: int = 0
    rejected: int = 0
    """Answers that could not be taken, those of the pairs put aside among them."""
    known: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class ScoringTask:
    """A prompt, its hash, and how many answers to it were not taken yet."""

    prompt: Prompt
    digest: str
    attempts_before: int


OnPair = Callable[[int, int], None]
"""Told how many pairs are settled, of how many that are asked."""


def open_llm_client(
    settings: Settings, sleep: Callable[[float], None] = time.sleep
) -> RateLimitedClient:
    """A client of the endpoint that the settings name. Raises LoaderError where they do not say
    enough."""
    if not settings.llm_model:
        raise LoaderError(
            "set LLM_MODEL to the model to ask, and OPENAI_BASE_URL to its server if that is not"
            " OpenAI's"
        )
    key = settings.openai_key
    if not key and settings.openai_base_url == Settings.model_fields["openai_base_url"].default:
        raise LoaderError(
            "set OPENAI_API_KEY or OPENAI_API_KEY_FILE, or OPENAI_BASE_URL to a server that needs"
            " none"
        )
    return RateLimitedClient(
        settings.openai_base_url,
        {"Authorization": f"Bearer {key}"} if key else {},
        rate=settings.llm_rate,
        attempts=8,
        timeout=settings.llm_timeout,
        sleep=sleep,
    )


def list_scoring_tasks(
    settings: Settings,
    domain: str,
    occupations: tuple[str, ...] = (),
    limit: int | None = None,
    *,
    again: bool = False,
) -> tuple[list[ScoringTask], int]:
    """What is still to be asked, and how many pairs are settled already.

    Args:
        settings: which model.
        domain: skills, knowledge, abilities or work_activities.
        occupations: these only, where there are any.
        limit: of all pairs the first so many, which are a fair sample and the same ones each time.
        again: also the pairs that were put aside.
    """
    if domain not in DOMAINS:
        raise LoaderError(f"{domain}: not a domain that has levels; there are {', '.join(DOMAINS)}")
    with open_store(settings) as store:
        store.prepare()
        newest = store.newest_complete_load()
        if newest is None:
            raise LoaderError(
                "nothing is landed yet whose occupations could be scored: run `python -m loader"
                " land` first"
            )
        listed = {code for (code,) in store.current_rows("occupation_data", ["onetsoc_code"])}
        if strange := sorted(set(occupations) - listed):
            raise LoaderError(
                f"{', '.join(strange)}: not listed by the landed release, O*NET {newest.release}"
            )
        wanted = list(read_prompts(store, domain, occupations))[:limit]
        states: dict[str, list[str]] = {}
        for digest, state in store.side_rows(
            LLM_ANSWER, ["prompt_hash", "state"], {"model": settings.llm_model}
        ):
            states.setdefault(digest, []).append(state)
    settled = SETTLED[:1] if again else SETTLED
    left = []
    for prompt in wanted:
        digest = prompt.digest(settings.llm_model, PARAMETERS)
        before = states.get(digest, [])
        if not any(state in settled for state in before):
            left.append(ScoringTask(prompt, digest, len(before)))
    return left, len(wanted) - len(left)


def score(
    settings: Settings,
    client: RateLimitedClient,
    left: list[ScoringTask],
    on_pair: OnPair | None = None,
) -> ScoringResult:
    """Asks the questions, several at once, and writes each answer as soon as it is there.

    Raises:
        LoaderError: the endpoint does not answer, or refuses; what it answered before is kept.
    """
    endpoint = Endpoint(client, settings.llm_model)
    done = ScoringResult()
    failure: LoaderError | None = None
    waiting = iter(left)
    with ThreadPoolExecutor(settings.llm_concurrency) as pool:
        running: set[Future[list[dict[str, Any]]]] = set()
        while True:
            while (
                failure is None
                and len(running) < settings.llm_concurrency
                and (question := next(waiting, None))
            ):
                running.add(pool.submit(_run_task, endpoint, settings.llm_attempts, question))
            if not running:
                break
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            records = [record for future in finished for record in future.result()]
            for record in records:
                failure = record.pop("failure", None) or failure
            with open_store(settings) as store:
                store.upsert((LLM_ANSWER, records))
            _count(done, records)
            if on_pair:
                on_pair(done.accepted + done.quarantined, len(left))
    if failure:
        raise failure
    return done


def _run_task(endpoint: Endpoint, attempts: int, question: ScoringTask) -> list[dict[str, Any]]:
    """One row for each request about a pair, until an answer is taken, all attempts are used up, or
    the endpoint fails (`failure`)."""
    rows: list[dict[str, Any]] = []
    for turn in range(1, attempts + 1):
        attempt = question.attempts_before + turn
        row: dict[str, Any] = {
            "prompt_hash": question.digest,
            "attempt": attempt,
            "onetsoc_code": question.prompt.onetsoc_code,
            "element_id": question.prompt.element_id,
            "model": endpoint.model,
            "prompt_version": PROMPT_VERSION,
            "parameters": json.dumps(PARAMETERS),
            "prompt": json.dumps(question.prompt.messages, ensure_ascii=False),
            "asked_at": datetime.now(UTC).replace(tzinfo=None),
        }
        rows.append(row)
        try:
            reply = endpoint.ask(question.prompt, attempt)
        except LoaderError as error:
            row |= {"state": "failed", "error": str(error), "failure": error}
            break
        row |= {
            "parameters": json.dumps(reply.parameters),
            "latency_ms": round(reply.seconds * 1000),
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "raw_text": reply.text,
        }
        try:
            rating = rating_in(reply)
        except AnswerError as error:
            row |= {"state": "rejected" if turn < attempts else "quarantined", "error": str(error)}
            continue
        values = {
            "level": f"{rating.level:g}",
            "confidence": f"{rating.confidence:g}",
            "justification": rating.justification,
        }
        row |= {"state": "accepted", **values}
        break
    return rows


def _count(done: ScoringResult, records: list[dict[str, Any]]) -> None:
    for record in records:
        state = record["state"]
        done.asked += 1
        done.accepted += state == "accepted"
        done.quarantined += state == "quarantined"
        done.rejected += state in ("rejected", "quarantined")
        done.prompt_tokens += record.get("prompt_tokens") or 0
        done.completion_tokens += record.get("completion_tokens") or 0
