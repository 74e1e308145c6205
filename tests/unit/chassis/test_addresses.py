"""A host and a port, with the brackets that an IPv6 address needs."""

from __future__ import annotations

import pytest

from chassis.addresses import ips_of, joined, nearby, parted


@pytest.mark.parametrize(
    ("host", "address", "bare"),
    [
        pytest.param("127.0.0.1", "127.0.0.1:7000", "127.0.0.1", id="IPv4"),
        pytest.param("::1", "[::1]:7000", "::1", id="IPv6"),
        pytest.param("[::1]", "[::1]:7000", "::1", id="IPv6 in brackets"),
        pytest.param("inn.example", "inn.example:7000", "inn.example", id="a name"),
    ],
)
def test_joined_and_parted(host: str, address: str, bare: str) -> None:
    assert joined(host, 7000) == address
    assert parted(address) == (bare, 7000)


@pytest.mark.parametrize(
    ("host", "ips"),
    [
        pytest.param("10.0.0.5", ["10.0.0.5"], id="IPv4"),
        pytest.param("[fd00::5]", ["fd00::5"], id="IPv6 in brackets"),
        pytest.param("::ffff:10.0.0.5", ["10.0.0.5"], id="IPv4 in the form of IPv6"),
        pytest.param("0", ["0.0.0.0"], id="short for all"),
        pytest.param("127.1", ["127.0.0.1"], id="short for loopback"),
    ],
)
def test_the_addresses_of_a_host(host: str, ips: list[str]) -> None:
    assert [str(ip) for ip in ips_of(host)] == ips


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a..b", "a" * 64])
def test_a_name_that_nobody_has(host: str) -> None:
    with pytest.raises(OSError, match=r".+"):
        ips_of(host)


@pytest.mark.parametrize(
    ("host", "near"),
    [
        pytest.param("0.0.0.0", "127.0.0.1", id="all of IPv4"),
        pytest.param("::", "::1", id="all of IPv6"),
        pytest.param("[::]", "::1", id="all of IPv6, in brackets"),
        pytest.param("10.0.0.5", "10.0.0.5", id="one address"),
        pytest.param("inn.example", "inn.example", id="a name"),
    ],
)
def test_where_the_same_machine_calls(host: str, near: str) -> None:
    assert nearby(host) == near
