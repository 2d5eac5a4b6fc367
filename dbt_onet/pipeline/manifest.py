"""dbt's manifest, kept from run to run, and its data tests joined into a few nodes.

Parsing the project is a quarter of a small build, and every node costs dbt 50 ms beside its SQL. So
the parsed project is kept, and where a build may expect that all is well, the tests of a layer run
as a few statements that only ask whether any row fails. Where one does, dbt's own tests say which,
and keep the rows (see build.py). Whoever runs dbt by hand sees nothing of this.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import GenericTestNode, SingularTestNode

from dbt_onet.pipeline.file_cache import database_name_pattern, read_cache, write_cache
from dbt_onet.pipeline.settings import Settings

JOINED = "joined"
"""The tag of the tests that a joined test stands for, to exclude them by; nothing on disk has
it."""
PREFIX = "rules_of_"
MOST_RULES = 32
"""That one statement checks."""
LAYERS = ("seeds", "raw", "staging", "intermediate", "comparison", "marts", "serving")
"""In the order in which they are built. What is found wrong in one stops what is built after it."""
CALL = re.compile(r"\s*(?:\{\{(?P<braced>[^{}]*)\}\}|(?P<bare>(?:ref|source)\s*\(.+\)))\s*")


def load_manifest(settings: Settings, checksum: str, parse: Callable[[], Manifest]) -> Manifest:
    """The project parsed for this engine, from what an earlier run kept; from `parse` where that
    was of another project."""
    manifest: Manifest
    if kept := read_cache(settings, "manifest", checksum):
        name, manifest = kept
        if name != settings.name:
            _rename(manifest, name, settings.name)
    else:
        manifest = parse()
        manifest.files, manifest.env_vars = {}, {}  # only another parse would read them
        write_cache(settings, "manifest", checksum, manifest)
    manifest.build_parent_and_child_maps()
    return manifest


def _rename(manifest: Manifest, old: str, new: str) -> None:
    """The names of the databases, wherever the parsed nodes have them: `NAME_raw` and
    `NAME_build`."""
    names = database_name_pattern(old)

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return names.sub(rf"{new}_\1", value) if old in value else value
        if isinstance(value, list | tuple):
            return type(value)(renamed(each) for each in value)
        if isinstance(value, dict):
            return {key: renamed(each) for key, each in value.items()}
        if dataclasses.is_dataclass(value):
            for key, each in list(vars(value).items()):
                if isinstance(each, str | list | tuple | dict) or dataclasses.is_dataclass(each):
                    object.__setattr__(value, key, renamed(each))
        return value

    for nodes in (manifest.nodes, manifest.sources):
        for key in list(nodes):
            nodes[key] = renamed(nodes[key])


@dataclass(frozen=True)
class JoinedTest:
    """One node that stands for many tests."""

    name: str
    members: tuple[str, ...]


def join_tests(manifest: Manifest, wanted: Iterable[str] | None = None) -> dict[str, JoinedTest]:
    """Adds joined tests to the manifest, and tags the tests that they stand for. By unique id.

    Args:
        manifest: is changed.
        wanted: unique ids of the tests that matter; default all. Others are neither joined nor
            tagged.
    """
    only = None if wanted is None else set(wanted)
    joined: dict[str, JoinedTest] = {}
    candidates = []
    for test in manifest.nodes.values():
        if isinstance(test, GenericTestNode | SingularTestNode) and (
            only is None or test.unique_id in only
        ):
            query = _query(test)
            if query:
                candidates.append((_layer(manifest, test), test.unique_id, test, query))
    for layer, group in groupby(
        sorted(candidates, key=lambda each: each[:2]), key=lambda each: each[0]
    ):
        for number, part in enumerate(_in_parts(list(group)), 1):
            tests = [test for _, _, test, _ in part]
            node = _joined_node(
                f"{PREFIX}{LAYERS[layer]}_{number}", tests, [query for *_, query in part]
            )
            manifest.nodes[node.unique_id] = node
            joined[node.unique_id] = JoinedTest(node.name, tuple(test.unique_id for test in tests))
            for test in tests:
                test.tags = [*test.tags, JOINED]
                test.config.tags = [*test.config.tags, JOINED]
    manifest.build_parent_and_child_maps()
    return joined


def is_joined_test(node: object) -> bool:
    return isinstance(node, SingularTestNode) and node.name.startswith(PREFIX)


def descendants(manifest: Manifest, roots: Iterable[str]) -> set[str]:
    """All that is built from these, tests included."""
    return _reachable(manifest.child_map, roots)


def ancestors(manifest: Manifest, node: str) -> set[str]:
    """All that this is built from."""
    return _reachable(manifest.parent_map, [node])


def _reachable(edges: Mapping[str, Sequence[str]], roots: Iterable[str]) -> set[str]:
    found: set[str] = set()
    ahead = list(roots)
    while ahead:
        new = set(edges.get(ahead.pop(), ())) - found
        found |= new
        ahead.extend(new)
    return found


def _in_parts(rules: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rules), MOST_RULES):
        yield rules[start : start + MOST_RULES]


def _layer(manifest: Manifest, test: GenericTestNode | SingularTestNode) -> int:
    """Where in LAYERS the last of what the test is about is built."""
    about = [manifest.nodes[key] for key in test.depends_on.nodes if key in manifest.nodes]
    folders = [
        (
            "seeds"
            if node.resource_type == "seed"
            else next(part for part in reversed(node.fqn[1:-1]) if part in LAYERS)
        )
        for node in about
    ]
    return max(map(LAYERS.index, folders), default=LAYERS.index("raw"))


def _query(test: GenericTestNode | SingularTestNode) -> str | None:
    """The Jinja that renders the test's SQL, as dbt would; None for a test that is told to be more
    than "no row may come back"."""
    config = test.config
    plain = (
        config.where is None
        and config.limit is None
        and config.fail_calc == "count(*)"
        and config.sql_header is None
    )
    if not (
        plain
        and config.enabled
        and str(config.severity).lower() == "error"
        and config.error_if == "!= 0"
    ):
        return None
    if isinstance(test, SingularTestNode):
        return str(test.raw_code)
    metadata = test.test_metadata
    try:
        arguments = ", ".join(
            f"{name}={_as_jinja(value)}" for name, value in metadata.kwargs.items()
        )
    except ValueError:
        return None
    return (
        "{{"
        f" {f'{metadata.namespace}.' if metadata.namespace else ''}test_{metadata.name}("
        f"{arguments})"
        " }}"
    )


def _as_jinja(value: Any) -> str:
    """An argument as dbt hands it to a generic test: an expression where it is one, else the value
    itself."""
    if isinstance(value, str):
        if call := CALL.fullmatch(value):
            return str(call["braced"] or call["bare"]).strip()
        if "{" in value:
            raise ValueError(value)
        return json.dumps(value)
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{json.dumps(key)}: {_as_jinja(each)}" for key, each in value.items())
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_as_jinja, value)) + "]"
    return (
        {True: "true", False: "false", None: "none"}[value]
        if value is None or isinstance(value, bool)
        else repr(value)
    )


def _joined_node(
    name: str, tests: Sequence[GenericTestNode | SingularTestNode], queries: Sequence[str]
) -> SingularTestNode:
    """One row for each of the tests that finds any."""
    first = tests[0]
    rules = [
        (
            f"select '{test.name}' as rule_name, count(*) as row_count from (\n{query}\n) as "  # noqa: S608
            "failing having count(*) > 0"
        )
        for test, query in zip(tests, queries, strict=True)
    ]
    same = {
        name: getattr(first, name)
        for name in ("database", "schema", "resource_type", "package_name", "checksum", "language")
    }
    node = SingularTestNode(
        **same,
        name=name,
        alias=name,
        unique_id=f"test.{first.package_name}.{name}",
        fqn=[first.package_name, name],
        path=f"{name}.sql",
        original_file_path=f"tests/{name}.sql",
        raw_code="\nunion all\n".join(rules),
        config=dataclasses.replace(
            first.config, store_failures=False, store_failures_as="ephemeral"
        ),
    )
    node.refs = [ref for test in tests for ref in test.refs]
    node.sources = [source for test in tests for source in test.sources]
    node.depends_on.nodes = sorted({key for test in tests for key in test.depends_on.nodes})
    node.depends_on.macros = sorted({key for test in tests for key in test.depends_on.macros})
    return node
