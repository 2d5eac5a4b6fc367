"""Raw tables that no release file lands in: what O*NET Web Services and language models answered,
how far each run has come, and labour-market files (loader/labor/tables.py).

They lie beside the release's tables and outlive every load: rows are upserted by key, never pruned.
What was answered is kept as text.
"""

from __future__ import annotations

from loader.labor.tables import LABOR_TABLES
from loader.table_types import Kind as Kind
from loader.table_types import SideTable as SideTable

SUPPLEMENT_LOAD = SideTable(
    "supplement_load",
    ("load_id",),
    {
        "load_id": "number",
        "asked_for": "text",
        "address": "text",
        "api_version": "name",
        "service_release": "name",
        "state": "name",
        "scopes_asked": "number",
        "scopes_known": "number",
        "rows_landed": "number",
        "requests": "number",
        "retries": "number",
        "bytes": "number",
        "started_at": "moment",
        "finished_at": "moment",
        "error": "text",
    },
)
"""One row per run of `loader supplement`."""

SUPPLEMENT_SCOPE = SideTable(
    "supplement_scope",
    ("table_id", "onetsoc_code"),
    {
        "table_id": "name",
        "onetsoc_code": "name",
        "state": "name",
        "next_start": "number",
        "total": "number",
        "newest_update": "name",
        "service_release": "name",
        "load_id": "number",
        "asked_at": "moment",
        "note": "text",
    },
)
"""One row per table of the service and occupation asked for (`*`: all of them): how far it is read,
and the high-water mark."""

SUPPLEMENT_RATING = SideTable(
    "supplement_rating",
    ("onetsoc_code", "element_id", "scale_id"),
    {
        "onetsoc_code": "name",
        "element_id": "name",
        "scale_id": "name",
        "table_id": "name",
        "data_value": "text",
        "n": "text",
        "standard_error": "text",
        "lower_ci_bound": "text",
        "upper_ci_bound": "text",
        "recommend_suppress": "text",
        "not_relevant": "text",
        "date_updated": "text",
        "domain_source": "text",
        "load_id": "number",
        "fetched_at": "moment",
        "api_version": "name",
        "service_release": "name",
    },
)
"""One row per rating that the service gave, numbers as the text that stood in its JSON, null as
null."""

LLM_ANSWER = SideTable(
    "llm_answer",
    ("prompt_hash", "attempt"),
    {
        "prompt_hash": "name",
        "attempt": "number",
        "onetsoc_code": "name",
        "element_id": "name",
        "model": "name",
        "prompt_version": "name",
        "parameters": "text",
        "prompt": "text",
        "asked_at": "moment",
        "latency_ms": "number",
        "prompt_tokens": "number",
        "completion_tokens": "number",
        "raw_text": "text",
        "level": "text",
        "confidence": "text",
        "justification": "text",
        "state": "name",
        "error": "text",
    },
)
"""One row per request to a language model. State: `accepted`; `rejected`, to be tried again;
`quarantined`, tried often enough; `failed`, never answered. Level, confidence and justification are
there where it is `accepted`."""

SIDE_TABLES: tuple[SideTable, ...] = (
    SUPPLEMENT_LOAD,
    SUPPLEMENT_SCOPE,
    SUPPLEMENT_RATING,
    LLM_ANSWER,
    *LABOR_TABLES,
)
