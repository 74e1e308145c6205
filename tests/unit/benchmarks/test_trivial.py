"""The two servers that the call benchmarks compare give the same answer."""

from __future__ import annotations

import asyncio

import grpc

from benchmarks.trivial import ANSWER, REQUEST, Signer, chassis_endpoints, start_bare
from chassis.server.lifecycle import Server
from chassis.settings import Settings
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub


async def test_both_servers_answer() -> None:
    signer = Signer()
    bare, bare_address = await start_bare()
    server = Server(chassis_endpoints(signer), Settings.read(port=0))
    await server.start()
    for address in (bare_address, server.address):
        async with grpc.aio.insecure_channel(address) as channel:
            call = UsersServiceStub(channel).GetUser(REQUEST, metadata=(("authorization", signer.authorization),))
            assert await asyncio.wait_for(call, 5) == ANSWER
    await server.drain()
    await bare.stop(None)
