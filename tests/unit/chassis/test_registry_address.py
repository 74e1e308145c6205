"""Several registries are one target to gRPC."""

from __future__ import annotations

import pytest

from chassis.network import registry_address

CASES = {
    "none": ("", {}),
    "one": ("10.0.0.1:7000", {"registry": "10.0.0.1:7000"}),
    "one by name": ("registry.example.org:7000", {"registry": "registry.example.org:7000"}),
    "two": ("10.0.0.1:7000,10.0.0.2:7001", {"registry": "ipv4:10.0.0.1:7000,10.0.0.2:7001"}),
    "two of IPv6": ("[::1]:7000,[::2]:7000", {"registry": "ipv6:[::1]:7000,[::2]:7000"}),
    "those of the first one's family": ("10.0.0.1:7000,[::2]:7000", {"registry": "ipv4:10.0.0.1:7000"}),
}


@pytest.mark.parametrize(("registries", "address"), CASES.values(), ids=CASES)
def test_target(registries: str, address: dict[str, str]) -> None:
    assert registry_address(registries) == address
