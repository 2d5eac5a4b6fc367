"""What a child process of a test inherits: the machine's environment without any setting of the
project.

A developer's own warehouse, release and, above all, keys take no part in a test: none could be
spent, or printed by a failure.
"""

from __future__ import annotations

import os

SETTINGS = (
    *("WAREHOUSE_", "ONET_", "API_", "LOADER_", "SCHEMA_", "OPENAI_", "LLM_", "DBT_"),
    *("EMPLOYER_", "ENRICH_", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"),
)
KEYS = ("ONET_API_KEY", "OPENAI_", "LLM_", "API_KEYS")
"""Beginnings of the names of keys, and of what would be asked with them: not even the tests' own
process has these."""


def without_settings() -> dict[str, str]:
    """A copy of this process's environment for a child to add its own settings to."""
    return {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}


def forget_keys() -> None:
    """Before any test: settings that are read in this process have no key in them."""
    for name in [name for name in os.environ if name.startswith(KEYS)]:
        del os.environ[name]
