"""Under which address others reach this process, where that is not simply the one that it listens on."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from chassis.addresses import Ip, ips_of, joined, nearby, parted
from chassis.errors import StartError
from chassis.settings import Settings


def advertised_address(settings: Settings, bound: str) -> str:
    """The IP address and port by which others reach this process: endpoints in xDS are IPs, not names.

    What INNKEEPER_ADVERTISE says, else what the process listens on. Where that is a wildcard, the address of the
    interface that leads to the registry; of a process that has the registry itself, loopback.

    Args:
        settings: Says where the registry is, and what to advertise.
        bound: The address that the process listens on.

    Raises StartError where there is no such address: the name has none, or nothing leads to the registry.
    """
    host, port = parted(bound)
    if settings.advertise:
        wanted, port = parted(settings.advertise)
        ip = _of(wanted, _family(host), f"INNKEEPER_ADVERTISE={settings.advertise}")
        if ip.is_unspecified:
            raise StartError(f"INNKEEPER_ADVERTISE={settings.advertise}: nobody can be reached there; give one address")
    else:
        ip = _of(host, socket.AF_UNSPEC, f"INNKEEPER_HOST={host}")
        if ip.is_unspecified:
            ip = _towards_registry(settings, _family(host)) if settings.registry else ip_address(nearby(host))
    return joined(str(ip), port)


def _of(host: str, family: socket.AddressFamily, setting: str) -> Ip:
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return ips_of(host, family)[0]
    except OSError as error:
        raise StartError(f"{setting}: cannot be looked up ({error.strerror}); give an IP address and a port") from None


def _family(listened_on: str) -> socket.AddressFamily:
    """What a process can be reached by: one that listens on an IPv4 address, `0.0.0.0` among them, by IPv4 alone."""
    try:
        return socket.AF_INET if ip_address(listened_on).version == 4 else socket.AF_UNSPEC
    except ValueError:
        return socket.AF_UNSPEC


def _towards_registry(settings: Settings, family: socket.AddressFamily) -> Ip:
    """The address that packets to the registry would leave from. Connecting a UDP socket looks the route up, and sends
    nothing."""
    for registry in filter(None, settings.registry.split(",")):
        host, port = parted(registry)
        try:
            for kind, *_, address in socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM):
                with socket.socket(kind, socket.SOCK_DGRAM) as probe:
                    probe.connect(address)
                    return ip_address(probe.getsockname()[0])
        except OSError:
            continue
    raise StartError(
        f"INNKEEPER_HOST={settings.host}: all addresses of this machine, and nothing says which of them leads to the"
        f" registry (INNKEEPER_REGISTRY={settings.registry}); give the one to be called at as INNKEEPER_ADVERTISE"
    )
