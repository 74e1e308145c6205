"""What a client on a discovery stream may ask for, and what is kept of what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import structlog
from envoy.config.core.v3.base_pb2 import Node
from envoy.service.discovery.v3.discovery_pb2 import DiscoveryRequest, DiscoveryResponse
from google.rpc.status_pb2 import Status
from structlog.testing import capture_logs

from chassis.settings import Settings
from services.registry.edge.policy import EdgePolicy
from services.registry.mesh import Mesh
from services.registry.xds.discovery import Discovery
from services.registry.xds.resource import CLUSTER
from services.registry.xds.stream import MOST_NAMES, DiscoveryStream, TooManyNames
from tests.toy.service import toy


@pytest.fixture
def discovery() -> Discovery:
    return Discovery([toy()], Mesh, lambda: datetime.now(UTC), EdgePolicy.of(Settings()))


async def say(discovery: Discovery, *requests: DiscoveryRequest) -> None:
    """A client says this, and hangs up."""

    async def said() -> AsyncIterator[DiscoveryRequest]:
        for request in requests:
            yield request

    async def send(response: DiscoveryResponse) -> None:
        pass

    await DiscoveryStream(discovery, send).serve(said())


async def test_more_names_than_there_can_be(discovery: Discovery) -> None:
    names = [f"toy/{number}" for number in range(MOST_NAMES + 1)]
    await say(discovery, DiscoveryRequest(type_url=CLUSTER, resource_names=names[1:]))
    with pytest.raises(TooManyNames, match=f"{MOST_NAMES + 1} names"):
        await say(discovery, DiscoveryRequest(type_url=CLUSTER, resource_names=names))


async def test_a_refusal_is_kept_in_part_and_fit_for_a_terminal(discovery: Discovery) -> None:
    node = Node(id="\x1b[31m" + "n" * 1000)
    await say(discovery, DiscoveryRequest(node=node, type_url=CLUSTER, error_detail=Status(message="a\nb" * 1000)))
    (rejection,) = discovery.rejections
    assert (rejection.node[:6], len(rejection.node)) == (" [31mn", 100)
    assert (rejection.reason[:3], len(rejection.reason)) == ("a b", 1000)


async def test_a_refusal_of_what_there_is_not_is_not_kept(discovery: Discovery) -> None:
    await say(discovery, DiscoveryRequest(type_url="made.up", error_detail=Status(message="no")))
    assert not discovery.rejections


@pytest.mark.parametrize(
    ("reasons", "lines"),
    [
        pytest.param(["no", "no", "no"], 1, id="the same again"),
        pytest.param(["no", "still no"], 2, id="another reason"),
    ],
)
def test_a_client_that_says_the_same_again_leaves_one_line(reasons: list[str], lines: int) -> None:
    as_ever = structlog.get_config()
    structlog.configure(wrapper_class=structlog.BoundLogger)  # whatever the level
    with capture_logs() as logged:
        discovery = Discovery([toy()], Mesh, lambda: datetime.now(UTC), EdgePolicy.of(Settings()))
        for reason in reasons:
            discovery.rejected(Node(id="one"), CLUSTER, reason)
    structlog.configure(**as_ever)
    assert len(logged) == lines
    assert len(discovery.rejections) == 1
