"""What the in-process channel saves: one call at a time through our own client and all interceptors, over a loopback
socket and without one. Medians, by turns in one run."""

from __future__ import annotations

import statistics
import time
from typing import cast

import grpc

from benchmarks.trivial import CONTRACT, REQUEST, Signer, chassis_endpoints
from chassis.client.channel import Channel, Transport
from chassis.client.inprocess_transport import InProcessTransport
from chassis.client.socket_transport import SocketTransport
from chassis.observability.tracing import Tracing
from chassis.policy import methods
from chassis.server.lifecycle import Server
from chassis.settings import Settings
from chassis.stack import client_stack
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub

ROUNDS, CALLS = 10, 500


async def measure() -> dict[str, float]:
    """`inprocess_vs_loopback`: how many times faster the median call is; and both medians in microseconds."""
    signer = Signer()
    endpoints = chassis_endpoints(signer)
    server = Server(endpoints, Settings.read(port=0))
    await server.start()
    contract = {method.path: method for method in methods(CONTRACT)}

    def stub(transport: Transport) -> UsersServiceStub:
        interceptors = client_stack(tracing=Tracing("bench", 0.0, None), tokens=signer)
        channel = Channel(contract.__getitem__, transport, interceptors)
        return UsersServiceStub(cast(grpc.aio.Channel, channel))

    socket = SocketTransport(server.address, contract.values())
    loopback, inprocess = stub(socket), stub(InProcessTransport(endpoints.__getitem__))
    times: dict[UsersServiceStub, list[float]] = {loopback: [], inprocess: []}
    for _ in range(ROUNDS):
        for called, measured in times.items():
            await called.GetUser(REQUEST)
            for _ in range(CALLS):
                begun = time.perf_counter()
                await called.GetUser(REQUEST)
                measured.append(time.perf_counter() - begun)
    await socket.close()
    await server.drain()
    slow, fast = statistics.median(times[loopback]), statistics.median(times[inprocess])
    return {"inprocess_vs_loopback": slow / fast, "loopback_us": slow * 1e6, "inprocess_us": fast * 1e6}
