"""What gRPC itself may try again is what the contract says can be repeated, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf.descriptor import ServiceDescriptor

from chassis.client.socket_transport import service_config
from chassis.contracts import contracts
from chassis.policy import methods
from services.catalogue import CATALOGUE
from tests.toy import contract


def retried(rendered: str) -> set[str]:
    """The methods that a service config has retried."""
    (entry,) = json.loads(rendered)["methodConfig"]
    return {f"/{name['service']}/{name['method']}" for name in entry["name"]}


def test_the_toy_contract() -> None:
    config = service_config(methods(contract.service("ToyService")))
    names = {path.rpartition("/")[2] for path in retried(config)}
    assert names == {"Tell", "TellSoon", "Recount", "Watch", "Keep", "Store", "Greet", "GreetSoon"}, (
        "no streams of requests, no Draw"
    )


@pytest.mark.parametrize("of_service", [pytest.param(of, id=name) for name, of in contracts(CATALOGUE).items()])
def test_each_service_of_the_platform(of_service: ServiceDescriptor) -> None:
    ours = list(methods(of_service))
    assert retried(service_config(ours)) == {m.path for m in ours if m.idempotent and not m.client_streaming}


def test_how_often_and_within_which_budget() -> None:
    config: dict[str, Any] = json.loads(service_config([contract.method("Tell")]))
    policy = config["methodConfig"][0]["retryPolicy"]
    assert 2 <= policy["maxAttempts"] <= 5, "gRPC takes five at most (gRFC A6)"
    assert policy["retryableStatusCodes"] == ["UNAVAILABLE"]
    assert config["retryThrottling"] == {"maxTokens": 10, "tokenRatio": 0.1}


def test_a_service_without_such_methods() -> None:
    assert json.loads(service_config([contract.method("Draw")]))["methodConfig"] == []
