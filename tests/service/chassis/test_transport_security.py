"""Mutual TLS: whoever calls has a certificate of the platform, and whoever is called proves to be the right service."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from chassis.client.channel import Channel
from chassis.client.socket_transport import SocketTransport
from chassis.context import principal
from chassis.errors import StartError
from chassis.security.transport_security import TransportSecurity
from clients.cli.development_ca import DevelopmentCa
from tests.certificates import authority, put
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, identity_of, toy

Open = Callable[..., Awaitable[RunningPlatform]]
PATIENCE = 10.0
SERVING = HealthCheckResponse.SERVING


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentCa:
    """The platform's authority."""
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def other_ca(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentCa:
    """An authority that has nothing to do with the platform."""
    return authority(tmp_path_factory.mktemp("other-ca"))


@pytest.fixture(scope="session")
def tls_dir(tmp_path_factory: pytest.TempPathFactory, ca: DevelopmentCa) -> Path:
    """Certificates for each of the services, for both of them, and for the command line."""
    directory = put(tmp_path_factory.mktemp("tls"), ca, ["toy", "asking"])
    for name in ("toy", "asking"):
        put(directory / name, ca, [name])
    put(directory / "cli", ca, ["cli"], server=False)
    return directory


async def who(request: Any) -> Any:
    return told(f"{principal().subject} for {principal().user}")


@pytest.fixture
def back(toys: StartPlatform, tls_dir: Path, tmp_path: Path) -> Open:
    """Starts the toy service, with TLS unless told otherwise."""
    both = toy(), asking()

    async def start(**settings: Any) -> RunningPlatform:
        chosen = {"tls_dir": tls_dir, "data_dir": tmp_path / "back", **settings}
        return await toys(toy(lambda kit: Toy(tell=who)), catalogue=both, identity=identity_of(*both), **chosen)

    return start


def asking() -> Any:
    def servicer(kit: Any) -> Toy:
        stub = kit.stub(contract.toy_stub)
        return Toy(ask=lambda request: stub.Tell(request))

    return toy(servicer, name="asking", calls=["toy"])


def told_by(running: RunningPlatform, transport: SocketTransport, *, subject: str = "users/ada") -> Awaitable[Any]:
    """What the toy service tells of a call over that transport."""
    channel = Channel(running.platform.network.method_at, transport, [])
    call = contract.toy_stub(cast(grpc.aio.Channel, channel)).Tell
    bearer = running.token(subject, ["toys.read"])
    return cast(
        Awaitable[Any],
        call(message("TellRequest", text="who"), timeout=PATIENCE, metadata=[("authorization", f"Bearer {bearer}")]),
    )


async def health(address: str, credentials: grpc.ChannelCredentials | None, name: str = "toy") -> int:
    """What a client that is not ours hears of the server's health."""
    options = [("grpc.default_authority", name)]
    async with (
        grpc.aio.secure_channel(address, credentials, options=options)
        if credentials
        else grpc.aio.insecure_channel(address)
    ) as channel:
        answer = await HealthStub(channel).Check(HealthCheckRequest(), timeout=PATIENCE)
        return cast(int, answer.status)


def credentials(directory: Path, *, trusting: Path | None = None) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(
        ((trusting or directory) / "ca.crt").read_bytes(),
        (directory / "tls.key").read_bytes(),
        (directory / "tls.crt").read_bytes(),
    )


@pytest.mark.parametrize("shown", ["its own", "one for both"])
async def test_a_service_calls_another(
    back: Open, toys: StartPlatform, tls_dir: Path, tmp_path: Path, ca: DevelopmentCa, shown: str
) -> None:
    directory = tls_dir if shown == "its own" else put(tmp_path / "both", ca, ["toy", "asking"])
    called = await back(tls_dir=directory)
    front = await toys(
        asking(),
        catalogue=[toy()],
        identity=called.identity,
        data_dir=tmp_path / "front",
        addresses={"toy": called.address},
        tls_dir=directory,
    )
    transport = SocketTransport(
        front.address, (), service="asking", security=TransportSecurity.of_client(tls_dir, "cli")
    )
    channel = Channel(front.platform.network.method_at, transport, [])
    bearer = front.token("users/ada", ["asking.read"])
    answer = await contract.asking_stub(cast(grpc.aio.Channel, channel)).Ask(
        message("TellRequest", text="who"), timeout=PATIENCE, metadata=[("authorization", f"Bearer {bearer}")]
    )
    await transport.close()
    assert answer.text == "clients/asking for users/ada"


async def test_a_service_that_calls_without_tls_is_refused(back: Open, toys: StartPlatform, tmp_path: Path) -> None:
    called = await back()
    front = await toys(
        asking(),
        catalogue=[toy()],
        identity=called.identity,
        data_dir=tmp_path / "front",
        addresses={"toy": called.address},
    )
    inside = front.inside(contract.asking_stub, as_service="web", user="users/ada")
    async with refused(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"):
        await inside.Ask(message("TellRequest", text="who"))


async def test_a_client_that_the_authority_vouches_for(back: Open, tls_dir: Path) -> None:
    assert await health((await back()).address, credentials(tls_dir / "cli")) == SERVING


@pytest.mark.parametrize("client", ["plain", "without a certificate", "of another authority"])
async def test_a_client_that_nobody_vouches_for(
    back: Open, tls_dir: Path, tmp_path: Path, other_ca: DevelopmentCa, client: str
) -> None:
    address = (await back()).address
    shown = {
        "plain": None,
        "without a certificate": grpc.ssl_channel_credentials((tls_dir / "ca.crt").read_bytes()),
        "of another authority": credentials(put(tmp_path / "other", other_ca, ["cli"]), trusting=tls_dir),
    }[client]
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await health(address, shown)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await health(address, credentials(tls_dir / "cli")) == SERVING, "others are served as before"


async def test_a_server_proves_to_be_the_service(back: Open, tls_dir: Path) -> None:
    running = await back()
    security = TransportSecurity.of_client(tls_dir, "cli")
    transport = SocketTransport(running.address, (), service="toy", security=security)
    assert (await told_by(running, transport)).text == "users/ada for users/ada"
    await transport.close()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("asking", "Hostname Verification Check failed", id="another"),
        pytest.param("127.0.0.1", "Hostname Verification Check failed", id="an address"),
        pytest.param("", "Failed to create security handshaker", id="none"),
    ],
)
async def test_a_server_that_is_not_the_service(back: Open, tls_dir: Path, name: str, says: str) -> None:
    running = await back()
    security = TransportSecurity.of_client(tls_dir, "cli")
    transport = SocketTransport(running.address, (), service=name, security=security)
    with pytest.raises(grpc.aio.AioRpcError, match=says) as raised:
        await told_by(running, transport)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    await transport.close()


async def test_a_server_of_another_authority(
    back: Open, tls_dir: Path, tmp_path: Path, other_ca: DevelopmentCa
) -> None:
    running = await back(tls_dir=put(tmp_path / "other", other_ca, ["toy"]))
    security = TransportSecurity.of_client(tls_dir, "cli")
    transport = SocketTransport(running.address, (), service="toy", security=security)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await told_by(running, transport)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    await transport.close()


async def test_a_server_without_tls(back: Open, tls_dir: Path) -> None:
    running = await back(tls_dir=None)
    security = TransportSecurity.of_client(tls_dir, "cli")
    transport = SocketTransport(running.address, (), service="toy", security=security)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await told_by(running, transport)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    await transport.close()


async def test_a_process_with_the_certificate_of_another_service_does_not_start(
    back: Open, tls_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(StartError, match=r"asking/tls.crt: is not for toy, but for asking"):
        await back(tls_dir=tls_dir / "asking")
    assert not (tmp_path / "back").exists()


@pytest.fixture
def ipv6() -> None:
    """Leaves the test out where the machine has no IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")


@pytest.mark.usefixtures("ipv6")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "with TLS"])
async def test_ipv6(back: Open, tls_dir: Path, host: str, tls: bool) -> None:
    running = await back(host=host, **({} if tls else {"tls_dir": None}))
    assert running.address.startswith("[::1]:")
    assert await health(running.address, credentials(tls_dir / "cli") if tls else None) == SERVING
