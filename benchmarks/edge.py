"""What the edge costs: one small read with an access token, through Envoy and straight at the service, by turns.

The platform is the whole of it, in one process with its Envoy beside it, as `innkeeper up` starts it; the load comes
from another process, by the same stub. The service reads its database for each call, as it does for anybody.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import uuid
from pathlib import Path

import grpc

from benchmarks.start import running
from clients.cli.supervisor.ports import free_port
from drills.command import environment
from drills.process import DrillProcess
from drills.process import running as load_running
from innkeeper.auth.v1.auth_pb2 import Account, CreateAccountRequest, SignInRequest
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub

ROUNDS, SECONDS, CALLERS = 11, 1.0, 32
PASSWORD = "correct horse battery staple"  # noqa: S105 - of accounts made for this


async def measure() -> dict[str, float]:
    """`edge_p50_added_ms`: what the edge adds to the median time of a call, one at a time; `edge_vs_direct`: the
    throughput through it over that without it, with many at a time; `edge_rest_vs_direct`: the same by REST through it.
    And both throughputs in calls per second. Medians over the rounds."""
    with tempfile.TemporaryDirectory() as directory:
        port, edge_port = free_port("127.0.0.1"), free_port("127.0.0.1")
        settings = {
            "DATA_DIR": str(Path(directory) / "data"),
            "PORT": str(port),
            "EDGE_PORT": str(edge_port),
            "METRICS_PORT": "0",
            "DEMO_HOTELS": "50",
            "EDGE_CLIENT_RATE": "1000000",
            "EDGE_ADDRESS_RATE": "1000000",
        }
        command = [str(Path(sys.executable).with_name("innkeeper")), "up"]
        async with running(command, environment(settings), Path.cwd()):
            direct, edge = f"127.0.0.1:{port}", f"127.0.0.1:{edge_port}"
            async with load_running("benchmarks.edge_load", *await _subject(direct)) as load:
                return await _compared(load, direct, edge)


async def _compared(load: DrillProcess, direct: str, edge: str) -> dict[str, float]:
    added, grpc_ratios, rest_ratios, rates = [], [], [], []
    for _ in range(ROUNDS):
        _, alone = await _asked(load, "grpc", direct, 1)
        _, through = await _asked(load, "grpc", edge, 1)
        added.append(through - alone)
        rate, _ = await _asked(load, "grpc", direct, CALLERS)
        edge_rate, _ = await _asked(load, "grpc", edge, CALLERS)
        rest_rate, _ = await _asked(load, "rest", edge, CALLERS)
        rates.append((rate, edge_rate))
        grpc_ratios.append(edge_rate / rate)
        rest_ratios.append(rest_rate / rate)
    return {
        "edge_p50_added_ms": statistics.median(added),
        "edge_vs_direct": statistics.median(grpc_ratios),
        "edge_rest_vs_direct": statistics.median(rest_ratios),
        "edge_calls_per_s": statistics.median(through for _, through in rates),
        "direct_calls_per_s": statistics.median(alone for alone, _ in rates),
    }


async def _asked(load: DrillProcess, protocol: str, address: str, callers: int) -> tuple[float, float]:
    """Calls per second, and milliseconds."""
    rate, milliseconds = (await load.asked(f"{protocol} {address} {callers} {SECONDS}")).split()
    return float(rate), float(milliseconds)


async def _subject(address: str) -> tuple[str, str]:
    """A hotel, and what somebody who has just signed up sends in the header `authorization`."""
    email = f"{uuid.uuid4()}@example.org"
    async with grpc.aio.insecure_channel(address) as channel:
        auth = AuthServiceStub(channel)
        account = CreateAccountRequest(account=Account(email=email), password=PASSWORD, request_id=str(uuid.uuid4()))
        await auth.CreateAccount(account)
        tokens = await auth.SignIn(SignInRequest(email=email, password=PASSWORD, request_id=str(uuid.uuid4())))
        page = await HotelsServiceStub(channel).ListHotels(ListHotelsRequest(page_size=1))
    return page.hotels[0].name, f"Bearer {tokens.access_token}"
