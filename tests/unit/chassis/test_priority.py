"""What is refused first."""

from __future__ import annotations

import pytest

from chassis.policy import Method, methods
from chassis.server.authentication import AUTHORIZATION, END_USER
from chassis.server.priority import PREVIOUS_ATTEMPTS, Priority, priority_of, stays
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.registry.v1 import registry_pb2
from tests.toy.contract import method

TOKEN = {AUTHORIZATION: "Bearer …"}
AGAIN = {PREVIOUS_ATTEMPTS: "1"}
FOR_SOMEBODY = {END_USER: "token"}


@pytest.mark.parametrize(
    ("name", "metadata", "priority"),
    [
        pytest.param("Tell", {}, Priority.READ, id="a read"),
        pytest.param("Greet", {}, Priority.READ, id="a public read"),
        pytest.param("Tell", AGAIN, Priority.READ_AGAIN, id="a read, again"),
        pytest.param("Keep", {}, Priority.COMMAND, id="a command"),
        pytest.param("Keep", AGAIN, Priority.COMMAND_AGAIN, id="a command, again"),
        pytest.param("Tell", FOR_SOMEBODY, Priority.COMMAND, id="a read, as it says by a service"),
        pytest.param("Tell", FOR_SOMEBODY | AGAIN, Priority.COMMAND_AGAIN, id="the same, again"),
        pytest.param("Draw", TOKEN, Priority.INTERNAL, id="between services"),
        pytest.param("Draw", {**TOKEN, **AGAIN}, Priority.INTERNAL, id="between services, again"),
        pytest.param("Draw", {}, Priority.COMMAND, id="for services, by nobody"),
    ],
)
def test_priority(name: str, metadata: dict[str, str], priority: Priority) -> None:
    assert priority_of(method(name), metadata) is priority


def test_the_cheapest_goes_first() -> None:
    assert sorted(Priority) == [
        Priority.READ_AGAIN,
        Priority.READ,
        Priority.COMMAND_AGAIN,
        Priority.COMMAND,
        Priority.INTERNAL,
    ]


@pytest.mark.parametrize(
    ("found", "outside"),
    [
        pytest.param("RegisterInstance", True, id="a lease"),
        pytest.param("WatchMesh", True, id="a watch"),
        pytest.param("GetMesh", False, id="a look"),
        pytest.param("ImportHotels", False, id="a long upload"),
    ],
)
def test_streams_that_last_for_hours_are_outside_of_it(found: str, outside: bool) -> None:
    assert stays(_method(found)) is outside


def _method(name: str) -> Method:
    services = (
        registry_pb2.DESCRIPTOR.services_by_name["RegistryService"],
        hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"],
    )
    return next(method for service in services for method in methods(service) if method.name == name)
