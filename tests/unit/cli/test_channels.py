"""What the command line's channels do with a call that does not get through."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from chassis.client.retry import ATTEMPTS
from clients.cli.channels import channel_to


class Unreachable(grpc.GenericRpcHandler):
    """Lets no call through, and counts them."""

    def __init__(self) -> None:
        self.calls = 0

    def service(self, _: Any) -> grpc.RpcMethodHandler[Any, Any]:
        def refuse(_: bytes, context: grpc.ServicerContext) -> bytes:
            self.calls += 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was reset")

        return grpc.unary_unary_rpc_method_handler(refuse)


@pytest.fixture
def unreachable() -> Iterator[tuple[Unreachable, str]]:
    """Somebody who lets no call through, and the address."""
    handler = Unreachable()
    server = grpc.server(ThreadPoolExecutor(1), [handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler, f"127.0.0.1:{port}"
    server.stop(None).wait()


@pytest.mark.parametrize(
    ("path", "tries"),
    [
        pytest.param("/innkeeper.search.v1.SearchService/SearchHotels", ATTEMPTS, id="safe to repeat"),
        pytest.param("/innkeeper.bookings.v9.Unknown/Method", 1, id="nobody knows"),
    ],
)
def test_what_the_contract_calls_safe_is_tried_again(
    unreachable: tuple[Unreachable, str], path: str, tries: int
) -> None:
    handler, address = unreachable
    with channel_to(address) as channel:
        call = channel.unary_unary(path, Empty.SerializeToString)
        with pytest.raises(grpc.RpcError, match="the connection was reset"):
            call(Empty(), timeout=10)
    assert handler.calls == tries
