"""The address by which others reach a process."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.advertised import advertised_address
from chassis.errors import StartError
from chassis.settings import Settings


@pytest.mark.parametrize(
    ("settings", "bound", "expected"),
    [
        pytest.param({}, "127.0.0.1:7100", "127.0.0.1:7100", id="what it listens on"),
        pytest.param({}, "[::1]:7100", "[::1]:7100", id="what it listens on, IPv6"),
        pytest.param({"advertise": "10.0.0.5:7000"}, "0.0.0.0:7100", "10.0.0.5:7000", id="what it is told"),
        pytest.param({"advertise": "[fd00::5]:7000"}, "[::]:7100", "[fd00::5]:7000", id="what it is told, IPv6"),
        pytest.param({"advertise": "[fd00::5]:7000"}, "127.0.0.1:7100", "[fd00::5]:7000", id="another kind"),
        pytest.param({"advertise": "localhost:7000"}, "0.0.0.0:7100", "127.0.0.1:7000", id="a name"),
        pytest.param({"registry": "127.0.0.1:7000"}, "0.0.0.0:7100", "127.0.0.1:7100", id="towards the registry"),
        pytest.param({"registry": "127.0.0.1:7000"}, "[::]:7100", "127.0.0.1:7100", id="from IPv6 to IPv4"),
        pytest.param({"registry": "localhost:7000"}, "0.0.0.0:7100", "127.0.0.1:7100", id="towards a name"),
        pytest.param(
            {"registry": "no.such.host.invalid:7000,127.0.0.1:7000"},
            "0.0.0.0:7100",
            "127.0.0.1:7100",
            id="towards the first registry that there is a way to",
        ),
    ],
)
def test_the_address(settings: dict[str, Any], bound: str, expected: str) -> None:
    assert advertised_address(Settings.read(**settings), bound) == expected


def test_the_address_of_a_process_that_listens_on_a_name() -> None:
    assert advertised_address(Settings.read(host="localhost"), "localhost:7100") in ("127.0.0.1:7100", "[::1]:7100")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param(
            {"advertise": "no.such.host.invalid:7000"},
            "INNKEEPER_ADVERTISE=no.such.host.invalid:7000: cannot be looked up",
            id="a name that nobody has",
        ),
        pytest.param(
            {"advertise": "0.0.0.0:7000"}, "INNKEEPER_ADVERTISE=0.0.0.0:7000: nobody can be reached", id="a wildcard"
        ),
        pytest.param(
            {"host": "0.0.0.0", "registry": "[fd00::5]:7000"},
            "INNKEEPER_HOST=0.0.0.0: .* nothing says which .* give the one .* INNKEEPER_ADVERTISE",
            id="a registry out of reach",
        ),
    ],
)
def test_no_address(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(StartError, match=says):
        advertised_address(Settings.read(**settings), "0.0.0.0:7100")
