"""Which processes `innkeeper up --split` starts."""

from __future__ import annotations

import pytest

from clients.cli.failure import Mistake
from clients.cli.supervisor.replicas import replicas
from services.catalogue import CATALOGUE
from services.names import NAMES

SERVICES = ("auth", "booking", "registry")

CHOSEN = [
    pytest.param([], ["registry", "auth", "booking"], id="one of each, the registry first"),
    pytest.param(["booking=2"], ["registry", "auth", "booking.1", "booking.2"], id="two of one"),
    pytest.param(
        ["all=2"], ["registry", "auth.1", "auth.2", "booking.1", "booking.2"], id="two of each but the registry"
    ),
    pytest.param(["all=2", "auth=1"], ["registry", "auth", "booking.1", "booking.2"], id="two of all others"),
    pytest.param(["registry=1"], ["registry", "auth", "booking"], id="the one registry, said"),
]

MISTAKEN = [
    pytest.param(["booking"], "booking: must be SERVICE=NUMBER", id="no number"),
    pytest.param(["booking="], "must be SERVICE=NUMBER", id="an empty number"),
    pytest.param(["booking=two"], "must be SERVICE=NUMBER", id="a word"),
    pytest.param(["booking=0"], "from 1 to 64", id="none"),
    pytest.param(["booking=-1"], "from 1 to 64", id="less than none"),
    pytest.param(["booking=65"], "from 1 to 64", id="more than a machine has"),
    pytest.param(["bookings=2"], "no service bookings; the services are auth, booking", id="no such service"),
    pytest.param(["registry=2"], "there is one registry", id="a second registry"),
    pytest.param(["auth=2", "auth=3"], "auth has a number already, 2", id="twice"),
]


@pytest.mark.parametrize(("options", "labels"), CHOSEN)
def test_the_processes(options: list[str], labels: list[str]) -> None:
    assert [replica.label for replica in replicas(SERVICES, options)] == labels


@pytest.mark.parametrize(("options", "says"), MISTAKEN)
def test_what_cannot_be(options: list[str], says: str) -> None:
    with pytest.raises(Mistake, match=says):
        list(replicas(SERVICES, options))


def test_the_names_are_those_of_the_catalogue() -> None:
    assert tuple(service.name for service in CATALOGUE) == NAMES
