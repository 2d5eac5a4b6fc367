"""SQL that dbt has compiled, kept from run to run.

Rendering Jinja is a quarter of a small build, and comes to the same text each time: no model or
test here asks the database anything meanwhile. What was rendered once is handed to dbt in place of
the Jinja.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ManifestSQLNode

from dbt_onet.pipeline.file_cache import database_name_pattern, read_cache, write_cache
from dbt_onet.pipeline.settings import Settings

WHAT = "compiled"
OF_THIS_RUN = ("invocation_id", "run_started_at", "env_var", "var(")
"""Jinja that says another thing in another run is rendered each time."""
JINJA = ("{{", "{%", "{#", "}}", "%}", "#}")


@contextmanager
def reuse_compiled_sql(settings: Settings, checksum: str, manifest: Manifest) -> Iterator[None]:
    """While dbt runs on the manifest, what is known of its SQL stands there for the Jinja; what was
    not known is kept afterwards."""
    kept = read_cache(settings, WHAT, checksum)
    known: dict[str, str] = {}
    if kept:
        name, texts = kept
        names = database_name_pattern(name)
        same = name == settings.name
        known = {
            key: text if same else names.sub(rf"{settings.name}_\1", text)
            for key, text in texts.items()
        }
    jinja = {}
    for node in manifest.nodes.values():
        key = _key(node)
        if key in known:
            jinja[node.unique_id] = node.raw_code
            node.raw_code = known[key]
    try:
        yield
    finally:
        for unique_id, text in jinja.items():
            manifest.nodes[unique_id].raw_code = text
    new = {
        key: node.compiled_code
        for node in manifest.nodes.values()
        if (key := _key(node)) and key not in known and _is_final(node)
    }
    if new:
        write_cache(settings, WHAT, checksum, known | new)


def _key(node: ManifestSQLNode) -> str | None:
    """The same for the same Jinja of the same node; None where that is not to be kept."""
    text = getattr(node, "raw_code", "")
    if not text or any(word in text for word in OF_THIS_RUN):
        return None
    return f"{node.unique_id} {sha256(text.encode()).hexdigest()}"


def _is_final(node: ManifestSQLNode) -> bool:
    """Whether dbt has compiled it, to what it would not take for Jinja."""
    return bool(getattr(node, "compiled", False) and node.compiled_code) and not any(
        mark in node.compiled_code for mark in JINJA
    )
