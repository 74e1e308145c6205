"""Each call takes the channel of the service that it is for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import grpc
import pytest

from clients.cli.channel_by_service import ChannelByService
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from innkeeper.users.v1 import users_pb2, users_pb2_grpc


class Users(users_pb2_grpc.UsersServiceServicer):
    def GetUser(self, request: users_pb2.GetUserRequest, _: Any) -> users_pb2.User:
        return users_pb2.User(name=request.name)


class Hotels(hotels_pb2_grpc.HotelsServiceServicer):
    def ImportHotels(
        self, requests: Iterator[hotels_pb2.ImportHotelsRequest], _: Any
    ) -> hotels_pb2.ImportHotelsResponse:
        return hotels_pb2.ImportHotelsResponse(created_count=len(list(requests)))


@pytest.fixture
def addresses() -> Iterator[dict[str, str]]:
    """Two servers, each with one service."""
    servers = {name: grpc.server(ThreadPoolExecutor(1)) for name in ("users", "hotels")}
    users_pb2_grpc.add_UsersServiceServicer_to_server(Users(), servers["users"])  # type: ignore[no-untyped-call]
    hotels_pb2_grpc.add_HotelsServiceServicer_to_server(Hotels(), servers["hotels"])  # type: ignore[no-untyped-call]
    with ExitStack() as stack:
        ports = {name: server.add_insecure_port("127.0.0.1:0") for name, server in servers.items()}
        for server in servers.values():
            server.start()
            stack.callback(lambda server=server: server.stop(None).wait())
        yield {name: f"127.0.0.1:{port}" for name, port in ports.items()}


def test_calls_find_their_service(addresses: dict[str, str]) -> None:
    opened = list[str]()

    def open_channel(service: str) -> grpc.Channel:
        opened.append(service)
        return grpc.insecure_channel(addresses[service])

    with ChannelByService(open_channel) as channel:
        users = users_pb2_grpc.UsersServiceStub(channel)
        hotels = hotels_pb2_grpc.HotelsServiceStub(channel)
        assert users.GetUser(users_pb2.GetUserRequest(name="users/ada")).name == "users/ada"
        assert hotels.ImportHotels(iter([hotels_pb2.ImportHotelsRequest()] * 2)).created_count == 2
        assert users.GetUser(users_pb2.GetUserRequest(name="users/bob")).name == "users/bob"
    assert sorted(opened) == ["hotels", "users"], "one channel each, however many methods there are"
    with pytest.raises(ValueError, match="closed channel"):
        users.GetUser(users_pb2.GetUserRequest(name="users/ada"))
