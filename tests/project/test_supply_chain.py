"""What the project is installed from: everything locked, with hashes that are checked, and with its
licence listed."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.warehouse import ROOT

REQUIREMENTS = ROOT / "requirements"
LOCKS = {
    path.stem: path.read_text() for path in REQUIREMENTS.glob("*.txt") if path.stem != "overrides"
}
PINNED = re.compile(
    r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)(?: ; [^\\]*)?((?: \\\n   "
    r" --hash=sha256:[0-9a-f]{64})+)$",
    re.M,
)
INSTALLERS = [
    ROOT / "Makefile",
    *ROOT.glob("Dockerfile.*"),
    *ROOT.glob(".ci/*"),
    *ROOT.glob(".github/workflows/*"),
]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_an_exact_version_and_hashes_for_everything_and_no_address(name: str) -> None:
    rest = PINNED.sub("", LOCKS[name])
    assert not [line for line in rest.splitlines() if line and not line.startswith("#")]
    assert "://" not in LOCKS[name]
    assert "--index" not in LOCKS[name]


def test_every_service_takes_its_part_of_one_resolution() -> None:
    assert set(LOCKS) == {"loader", "dbt", "api", "run", "test", "spark", "docs"}
    everything = {
        match[0].split(" ;")[0].split(" \\")[0] for match in PINNED.finditer(LOCKS["test"])
    }
    for name, text in LOCKS.items():
        if name == "spark":  # an environment of its own
            continue
        assert {
            match[0].split(" ;")[0].split(" \\")[0] for match in PINNED.finditer(text)
        } <= everything, name


def test_nothing_is_installed_without_its_hash() -> None:
    """Or from this folder: the adapter, built by what the lock brought."""
    commands = []
    for path in INSTALLERS:
        text = (
            path.read_text()
            .replace("\\\n", " ")
            .replace("$(PIP)", "python -m pip install --no-deps")
        )
        commands += [
            line
            for line in text.splitlines()
            if re.search(r"\bpip\d?\b.*\binstall\b", line) and not re.match(r"\s*(#|PIP :=)", line)
        ]
    assert len(commands) >= 6
    for command in commands:
        for part in re.findall(r"\binstall [^&|]*", command):
            assert "--no-deps" in command
            from_lock = "--require-hashes" in part and "-r " in part
            assert from_lock or (
                "--no-build-isolation" in part and part.split()[-1].endswith("dbt_mysql_adapter")
            ), part


@pytest.mark.parametrize("is_true", [True, False])
def test_pip_takes_no_package_whose_hash_is_another(tmp_path: Path, is_true: bool) -> None:
    wheel = tmp_path / "planted-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("planted.py", "")
        archive.writestr(
            "planted-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n"
        )
        archive.writestr(
            "planted-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("planted-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes() if is_true else b"another").hexdigest()
    (tmp_path / "lock.txt").write_text(f"planted==1.0 \\\n    --hash=sha256:{digest}\n")
    [(flags,)] = [re.findall(r"\$\(PIP\) (--require-hashes) -r", (ROOT / "Makefile").read_text())]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        flags,
        "-r",
        str(tmp_path / "lock.txt"),
    ]
    offline = [
        "--no-index",
        "--find-links",
        str(tmp_path),
        "--target",
        str(tmp_path / "into"),
        "--no-cache-dir",
        "--disable-pip-version-check",
    ]
    done = subprocess.run([*command, *offline], capture_output=True, text=True, check=False)
    assert (done.returncode == 0, (tmp_path / "into" / "planted.py").exists()) == (
        is_true,
        is_true,
    ), done.stderr
    assert ("DO NOT MATCH THE HASHES" in done.stderr) is not is_true


def test_every_package_of_the_locks_is_listed_with_its_licence() -> None:
    """Not in the list: run `requirements/licenses`."""
    listed = re.findall(
        r"^\| (\S+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
        (REQUIREMENTS / "LICENSES.md").read_text(),
        re.M,
    )[1:]
    versions = {lock: _versions(lock) for lock in ("test", "spark")}
    wanted = {
        name: each for name, each in versions["spark"].items() if versions["test"].get(name) != each
    }
    rows = [(name, version.split(", ")) for name, version, *_ in listed if name != "---"]
    assert rows == sorted(versions["test"].items()) + sorted(wanted.items())
    for name, _, licence, services in listed:
        if name != "---":
            assert re.search("[A-Z]{3}|Apache|Artistic|Python", licence), name
            locks = {
                service
                for service in ("loader", "dbt", "api")
                if re.search(rf"^{re.escape(name)}(\[|==)", LOCKS[service], re.M)
            }
            assert locks == (
                set() if services.startswith("none: ") else set(services.split(", "))
            ), name


def _versions(lock: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for match in PINNED.finditer(LOCKS[lock]):
        found.setdefault(match[1], []).append(match[2])
    return found
