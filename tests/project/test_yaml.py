"""Every YAML file of the repository parses: a form or workflow that does not is dropped in silence
by who hosts the repository."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from tests.support.warehouse import ROOT

FILES = subprocess.run(
    ["git", "ls-files", "-z", "*.yml", "*.yaml"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split("\0")[:-1]


@pytest.mark.parametrize("path", FILES)
def test_yaml_parses(path: str) -> None:
    """Composed, not constructed: tags of a tool's own are its affair."""
    documents = list(yaml.compose_all((ROOT / path).read_text(), yaml.SafeLoader))
    assert documents
    assert all(documents)
