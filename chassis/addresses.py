"""Addresses: a host and a port, as gRPC writes them (`127.0.0.1:7000`, `[::1]:7000`), and the IPs that a host has."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

Ip = IPv4Address | IPv6Address
_LOOPBACK = {4: IPv4Address("127.0.0.1"), 6: IPv6Address("::1")}


def joined(host: str, port: int) -> str:
    """The address of that port; an IPv6 address gets the brackets that keep it apart from the port."""
    bare = host.removeprefix("[").removesuffix("]")
    return f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"


def parted(address: str) -> tuple[str, int]:
    """Host, without brackets, and port. Raises ValueError where there is no port."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def nearby(host: str) -> str:
    """Where a process on this machine calls one that listens on that host: on loopback, where that is a wildcard."""
    try:
        ip = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return host
    return str(_LOOPBACK[ip.version]) if ip.is_unspecified else host


def ips_of(host: str, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[Ip]:
    """The addresses of a host, by name or IP, in the order in which the system would have them tried.

    Raises OSError where the name is not known.
    """
    bare = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(bare, None, family, socket.SOCK_STREAM)
    except UnicodeError:  # a name that cannot be one: with an empty part, or one of more than 63 characters
        raise socket.gaierror(socket.EAI_NONAME, "not the name of a host") from None
    return list(dict.fromkeys(_plain(ip_address(sockaddr[0])) for *_, sockaddr in found))


def _plain(ip: Ip) -> Ip:
    """An IPv4 address that is written as one of IPv6 (`::ffff:10.0.0.1`) is the former."""
    return getattr(ip, "ipv4_mapped", None) or ip
