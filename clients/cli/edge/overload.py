"""When an Envoy takes no more connections, and no more requests."""

from __future__ import annotations

from envoy.config.overload.v3.overload_pb2 import (
    OverloadAction,
    OverloadManager,
    ResourceMonitor,
    ThresholdTrigger,
    Trigger,
)
from envoy.extensions.resource_monitors.downstream_connections.v3.downstream_connections_pb2 import (
    DownstreamConnectionsConfig,
)
from envoy.extensions.resource_monitors.fixed_heap.v3.fixed_heap_pb2 import FixedHeapConfig
from google.protobuf.duration_pb2 import Duration

from services.registry.xds.resource import packed


def overload_manager(max_connections: int, max_heap_bytes: int) -> OverloadManager:
    """With so many connections from callers at most, and so much memory, or as much as there is where that is 0."""
    connections = DownstreamConnectionsConfig(max_active_downstream_connections=max_connections)
    made = OverloadManager(
        refresh_interval=Duration(nanos=250_000_000),
        resource_monitors=[
            ResourceMonitor(
                name="envoy.resource_monitors.global_downstream_max_connections", typed_config=packed(connections)
            )
        ],
    )
    if max_heap_bytes:
        heap = "envoy.resource_monitors.fixed_heap"
        made.resource_monitors.append(
            ResourceMonitor(name=heap, typed_config=packed(FixedHeapConfig(max_heap_size_bytes=max_heap_bytes)))
        )
        for action, share in (
            ("envoy.overload_actions.shrink_heap", 0.9),
            ("envoy.overload_actions.stop_accepting_requests", 0.95),
        ):
            trigger = Trigger(name=heap, threshold=ThresholdTrigger(value=share))
            made.actions.append(OverloadAction(name=action, triggers=[trigger]))
    return made
