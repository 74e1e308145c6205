"""The four kinds of xDS resources, one of them as it is sent, and how one refers to others."""

from __future__ import annotations

from typing import TypeAlias

from envoy.config.cluster.v3.cluster_pb2 import Cluster
from envoy.config.core.v3.config_source_pb2 import AggregatedConfigSource, ApiVersion, ConfigSource
from envoy.config.endpoint.v3.endpoint_pb2 import ClusterLoadAssignment
from envoy.config.listener.v3.listener_pb2 import Listener
from envoy.config.route.v3.route_pb2 import RouteConfiguration
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message

PREFIX = "type.googleapis.com/"
LISTENER = PREFIX + Listener.DESCRIPTOR.full_name
ROUTES = PREFIX + RouteConfiguration.DESCRIPTOR.full_name
CLUSTER = PREFIX + Cluster.DESCRIPTOR.full_name
ENDPOINTS = PREFIX + ClusterLoadAssignment.DESCRIPTOR.full_name

TYPE_URLS = (CLUSTER, ENDPOINTS, LISTENER, ROUTES)
"""In the order to send them in: what is referred to goes before what refers to it."""

Resource: TypeAlias = bytes
"""A resource, serialised: the same bytes for the same content."""


def packed(message: Message) -> Packed:
    """The message, with the URL of its type. The same bytes for the same content."""
    return Packed(type_url=PREFIX + message.DESCRIPTOR.full_name, value=serialised(message))


def serialised(message: Message) -> Resource:
    """The message's bytes, the same for the same content."""
    return message.SerializeToString(deterministic=True)


def over_ads() -> ConfigSource:
    """What a resource refers to comes on the same stream as itself."""
    return ConfigSource(ads=AggregatedConfigSource(), resource_api_version=ApiVersion.V3)
