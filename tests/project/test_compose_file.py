"""What docker-compose.yml promises of every container, read from the file; test_compose.py sees it
kept by an engine."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.warehouse import ROOT

FILE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
ROOT_NEEDS = {"mysql": {"CHOWN", "DAC_OVERRIDE", "SETUID", "SETGID", "KILL"}}
"""What a container that starts as root keeps; all others run as a user of their own and keep
nothing."""


@pytest.mark.parametrize("name", FILE["services"])
def test_a_container_has_no_rights_and_limits(name: str) -> None:
    service = FILE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", [])) == ROOT_NEEDS.get(name, set())
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert 0 < service["pids_limit"] <= 1000
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert not service.get("privileged")


def test_only_the_loader_is_on_a_network_with_a_way_out() -> None:
    networks = FILE["networks"]
    closed = {name for name, options in networks.items() if options.get("internal")}
    front = {
        name
        for name, options in networks.items()
        if options.get("driver_opts", {}).get("com.docker.network.bridge.enable_ip_masquerade")
        == "false"
    }
    out = {
        name
        for name, service in FILE["services"].items()
        if set(service.get("networks", ["default"])) - closed - front
    }
    assert out == {"loader"}
    published = {name for name, service in FILE["services"].items() if service.get("ports")}
    assert (
        published
        == {"api", "docs"}
        == {name for name in FILE["services"] if set(FILE["services"][name]["networks"]) & front}
    )
