"""What a language model is told of an occupation and an element: O*NET's words on both, and O*NET's
own anchors of the level scale.

The published ratings of the occupation are never read here: the raw tables of ratings are asked for
the ids of their elements and for nothing else. What a prompt says depends on the release's
descriptions, tasks and anchors alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from loader.store import Store

PROMPT_VERSION = "1"
"""Raised with every change of the wording: ratings by different wordings are not of one kind."""

TOP_TASKS = 8

ANSWER_SCHEMA = {
    "type": "object",
    "properties": {
        "level": {"type": "number", "minimum": 0, "maximum": 7},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "justification": {"type": "string"},
    },
    "required": ["level", "confidence", "justification"],
    "additionalProperties": False,
}

_SYSTEM = (
    "You rate what occupations require, as an occupational analyst does for O*NET. For one"
    " occupation and one element you give the level of the element that is needed to do the job,"
    " from 0 (not needed at all) to 7 (the highest that any job asks for). Answer with one JSON"
    ' object and nothing else: {"level": a number from 0 to 7, decimals allowed, "confidence": a'
    ' number from 0 to 1, "justification": one sentence}.'
)


@dataclass(frozen=True)
class Prompt:
    """One question about one pair."""

    onetsoc_code: str
    element_id: str
    text: str

    @property
    def messages(self) -> list[dict[str, str]]:
        return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": self.text}]

    def digest(self, model: str, parameters: dict[str, object]) -> str:
        """Names the question, the model and how it is asked: the same again is answered from what
        is kept."""
        asked = json.dumps(
            [PROMPT_VERSION, model, parameters, self.messages], sort_keys=True, ensure_ascii=False
        )
        return hashlib.sha256(asked.encode()).hexdigest()

    @property
    def estimated_tokens(self) -> int:
        """Four characters a token, as English text has on average."""
        return (len(_SYSTEM) + len(self.text)) // 4


def read_prompts(store: Store, domain: str, occupations: tuple[str, ...] = ()) -> Iterator[Prompt]:
    """One prompt for each pair of the domain, in an order that looks random and is always the same:
    any first part is a fair sample."""
    titles = {
        code: (title, description)
        for code, title, description in _rows(
            store, "occupation_data", "onetsoc_code", "title", "description"
        )
    }
    elements = {
        code: (name, text)
        for code, name, text in _rows(
            store, "content_model_reference", "element_id", "element_name", "description"
        )
    }
    anchors: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for element, scale, value, text in _rows(
        store, "level_scale_anchors", "element_id", "scale_id", "anchor_value", "anchor_description"
    ):
        if scale == "LV":
            anchors[element].append((value, text))
    tasks = _top_tasks(store)
    rated = [element for (element,) in _rows(store, domain, "element_id") if element in elements]
    pairs = [(code, element) for code in occupations or titles for element in rated]
    for code, element in sorted(
        pairs, key=lambda pair: hashlib.sha256("\t".join(pair).encode()).digest()
    ):
        lines = [f"Occupation: {titles[code][0]}", titles[code][1]]
        if tasks[code]:
            lines += ["Its most important tasks:", *(f"- {task}" for task in tasks[code])]
        lines += ["", f"Element: {elements[element][0]}", elements[element][1]]
        if anchors[element]:
            lines += [
                "Points on its level scale:",
                *(f"- {value}: {text}" for value, text in sorted(anchors[element])),
            ]
        yield Prompt(
            code,
            element,
            "\n".join([*lines, "", "Which level of this element does this occupation need?"]),
        )


def _top_tasks(store: Store) -> dict[str, list[str]]:
    """Each occupation's tasks, most important first where O*NET rates that; else core tasks first,
    as listed."""
    importance = {
        (code, task): float(value)
        for code, task, scale, value in _rows(
            store, "task_ratings", "onetsoc_code", "task_id", "scale_id", "data_value"
        )
        if scale == "IM" and value.replace(".", "", 1).isdigit()
    }
    listed: dict[str, list[tuple[float, bool, str, str]]] = defaultdict(list)
    for code, task_id, kind, task in _rows(
        store, "task_statements", "onetsoc_code", "task_id", "task_type", "task"
    ):
        listed[code].append((-importance.get((code, task_id), 0.0), kind != "Core", task_id, task))
    return defaultdict(
        list,
        {
            code: [task for *_, task in sorted(ranked)[:TOP_TASKS]]
            for code, ranked in listed.items()
        },
    )


def _rows(store: Store, table: str, *names: str) -> list[tuple[str, ...]]:
    return [tuple(value or "" for value in row) for row in store.current_rows(table, names)]
