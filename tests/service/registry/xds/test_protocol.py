"""The discovery stream, spoken by hand: what is answered, what is said again, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
import pytest
from envoy.config.core.v3.base_pb2 import Node
from envoy.config.endpoint.v3.endpoint_pb2 import ClusterLoadAssignment
from envoy.config.listener.v3.listener_pb2 import Listener
from envoy.service.discovery.v3.discovery_pb2 import DeltaDiscoveryResponse, DiscoveryRequest, DiscoveryResponse
from google.rpc.status_pb2 import Status

from services.registry.xds.discovery import ADS
from services.registry.xds.resource import CLUSTER, ENDPOINTS, LISTENER
from tests.service.registry.xds.conftest import SOON, ControlPlane, until
from tests.unit.registry.instances import instance


class Client:
    """A client of the discovery service that says what the test has it say."""

    def __init__(self, call: Any, node: Node) -> None:
        self._call = call
        self._node = node

    async def ask(
        self, type_url: str, names: Iterable[str], *, after: DiscoveryResponse | None = None, refused: str = ""
    ) -> None:
        """Asks for resources, and thereby accepts the response before, or refuses it."""
        request = DiscoveryRequest(node=self._node, type_url=type_url, resource_names=names)
        if after is not None:
            request.response_nonce = after.nonce
        if refused:
            request.error_detail.CopyFrom(Status(message=refused))
        await self._call.write(request)

    async def told(self) -> DiscoveryResponse:
        """The next response."""
        response: DiscoveryResponse = await asyncio.wait_for(self._call.read(), SOON)
        return response

    async def next_of(self, type_url: str, names: Iterable[str]) -> DiscoveryResponse:
        """The response to a question of another type: what came before it would have been read here."""
        await self.ask(type_url, names)
        response = await self.told()
        assert response.type_url == type_url, f"unexpected: {response}"
        return response


@pytest.fixture
async def client(plane: ControlPlane) -> AsyncIterator[Client]:
    async with grpc.aio.insecure_channel(plane.address) as channel:
        method = channel.stream_stream(
            f"/{ADS}/StreamAggregatedResources",
            request_serializer=DiscoveryRequest.SerializeToString,
            response_deserializer=DiscoveryResponse.FromString,
        )
        call = method()
        yield Client(call, Node(id="by-hand"))
        call.cancel()


def clusters_in(response: DiscoveryResponse) -> dict[str, int]:
    """How many endpoints each cluster of a response has."""
    loads = [ClusterLoadAssignment.FromString(packed.value) for packed in response.resources]
    return {load.cluster_name: sum(len(locality.lb_endpoints) for locality in load.endpoints) for load in loads}


async def test_whatever_name_is_asked_for_is_answered(plane: ControlPlane, client: Client) -> None:
    await client.ask(ENDPOINTS, ["toy", "nothing", "nothing/v2"])
    assert clusters_in(await client.told()) == {"nothing": 0, "nothing/v2": 0, "toy": 0}
    await client.ask(LISTENER, ["nothing"])
    (listener,) = (await client.told()).resources
    assert Listener.FromString(listener.value).name == "nothing"


async def test_a_change_is_told_once_and_only_of_what_differs(plane: ControlPlane, client: Client) -> None:
    await client.ask(ENDPOINTS, [plane.service, "other"])
    first = await client.told()
    await client.ask(ENDPOINTS, [plane.service, "other"], after=first)
    plane.route(instance("one"))
    second = await client.told()
    assert clusters_in(second) == {plane.service: 1}
    assert (second.version_info, first.version_info) == ("1", "0")
    assert second.nonce != first.nonce
    await client.ask(ENDPOINTS, [plane.service, "other"], after=second)
    plane.change(limits={"elsewhere": 5})
    await client.next_of(CLUSTER, [plane.service])


async def test_changes_that_come_together_are_told_as_one(plane: ControlPlane, client: Client) -> None:
    await client.ask(ENDPOINTS, [plane.service])
    first = await client.told()
    await client.ask(ENDPOINTS, [plane.service], after=first)
    await client.next_of(CLUSTER, [plane.service])
    plane.route(instance("one"))
    for limit in range(5):
        plane.change(limits={plane.service: limit + 1})
    assert [(await client.told()).type_url for _ in range(2)] == [CLUSTER, ENDPOINTS]
    await client.next_of(LISTENER, [plane.service])


async def test_a_response_on_clusters_has_all_that_are_asked_for(plane: ControlPlane, client: Client) -> None:
    await client.ask(CLUSTER, [plane.service, "other"])
    first = await client.told()
    await client.ask(CLUSTER, [plane.service, "other"], after=first)
    plane.change(limits={plane.service: 5})
    assert len((await client.told()).resources) == 2, "what is missing would be deleted"


async def test_what_is_refused_is_remembered_and_not_repeated(plane: ControlPlane, client: Client) -> None:
    await client.ask(CLUSTER, [plane.service])
    first = await client.told()
    await client.ask(CLUSTER, [plane.service], after=first, refused="no such policy")
    await until(lambda: plane.discovery.rejections)
    (rejection,) = plane.discovery.rejections
    assert (rejection.node, rejection.type_url, rejection.reason) == ("by-hand", CLUSTER, "no such policy")
    await client.ask(CLUSTER, [plane.service], after=first, refused="still no such policy")
    await client.next_of(LISTENER, [plane.service])
    (rejection,) = plane.discovery.rejections
    assert rejection.reason == "still no such policy"
    plane.change(limits={plane.service: 5})
    assert (await client.told()).type_url == CLUSTER, "something else may be acceptable"


async def test_an_answer_to_an_earlier_response_counts_for_nothing(plane: ControlPlane, client: Client) -> None:
    await client.ask(ENDPOINTS, [plane.service])
    first = await client.told()
    plane.route(instance("one"))
    second = await client.told()
    await client.ask(ENDPOINTS, [plane.service, "late"], after=first)
    await client.next_of(CLUSTER, [plane.service])
    await client.ask(ENDPOINTS, [plane.service, "late"], after=second)
    assert clusters_in(await client.told()) == {"late": 0}


async def test_what_was_let_go_of_and_is_asked_for_again_is_answered_again(plane: ControlPlane, client: Client) -> None:
    await client.ask(ENDPOINTS, ["one", "two"])
    first = await client.told()
    await client.ask(ENDPOINTS, ["one"], after=first)
    await client.ask(ENDPOINTS, ["one", "two"], after=first)
    assert clusters_in(await client.told()) == {"two": 0}


async def test_a_stop_ends_streams_and_takes_no_others(plane: ControlPlane, client: Client) -> None:
    await client.ask(ENDPOINTS, [plane.service])
    await client.told()
    plane.discovery.stop()
    assert await client.told() is grpc.aio.EOF
    await until(lambda: not plane.discovery.clients)
    plane.change(limits={plane.service: 5})
    async with grpc.aio.insecure_channel(plane.address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await channel.stream_stream(f"/{ADS}/StreamAggregatedResources")().read()
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_the_incremental_protocol_is_not_served(plane: ControlPlane) -> None:
    async with grpc.aio.insecure_channel(plane.address) as channel:
        call = channel.stream_stream(
            f"/{ADS}/DeltaAggregatedResources", response_deserializer=DeltaDiscoveryResponse.FromString
        )()
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call.read()
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_client_that_does_not_read_holds_up_nobody(plane: ControlPlane, client: Client) -> None:
    many = [f"cluster-{number}" for number in range(2000)]
    async with grpc.aio.insecure_channel(plane.address) as channel:
        sluggish = channel.stream_stream(
            f"/{ADS}/StreamAggregatedResources", request_serializer=DiscoveryRequest.SerializeToString
        )()
        await sluggish.write(DiscoveryRequest(node=Node(id="sluggish"), type_url=CLUSTER, resource_names=many))
        await client.ask(ENDPOINTS, [plane.service])
        await client.told()
        await until(lambda: len(plane.discovery.clients) == 2)
        for count in range(1, 30):
            plane.change(limits=dict.fromkeys(many, count))
            plane.route(*(instance(f"{number}", port=7000 + number) for number in range(count)))
            assert clusters_in(await client.told()) == {plane.service: count}
        plane.discovery.stop()
        await until(lambda: not plane.discovery.clients)


async def test_no_more_than_so_many_rejections_are_kept(plane: ControlPlane) -> None:
    for number in range(150):
        plane.discovery.rejected(Node(id=f"node-{number}"), CLUSTER, "no")
    assert len(plane.discovery.rejections) == 100
    assert plane.discovery.rejections[0].node == "node-149", "the latest first"
