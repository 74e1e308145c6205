"""What one client asks for of one type, and what it was sent: the bookkeeping of xDS, state of the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from envoy.service.discovery.v3.discovery_pb2 import DiscoveryRequest, DiscoveryResponse
from google.protobuf.any_pb2 import Any as Packed

from services.registry.xds.resource import CLUSTER, LISTENER, Resource
from services.registry.xds.view import View

WILDCARD = "*"


class Subscription:
    """The subscription of one stream to one type of resources."""

    def __init__(self, type_url: str) -> None:
        self.type_url = type_url
        self._whole = type_url in (LISTENER, CLUSTER)
        self._asked: frozenset[str] | None = None
        self._sent: dict[str, Resource] = {}
        self._nonce = 0
        self._answered = False

    def take(self, request: DiscoveryRequest) -> None:
        """Takes in which resources are asked for from now on.

        A request with a nonce that is not the last is an answer to an earlier response and counts for nothing: the
        client repeats what it asks for when it answers the last one. Resources that it lets go of are forgotten, so
        that it gets them again when it asks again.
        """
        if self._asked is not None and request.response_nonce != (str(self._nonce) if self._nonce else ""):
            return
        asked = frozenset(request.resource_names)
        if not asked and self._whole and (self._asked is None or WILDCARD in self._asked):
            asked = frozenset({WILDCARD})
        self._asked = asked
        if WILDCARD not in asked:
            self._sent = {name: resource for name, resource in self._sent.items() if name in asked}

    def forget(self, names: Iterable[str]) -> None:
        """Has these sent again, changed or not."""
        for name in names:
            self._sent.pop(name, None)

    def response(
        self, view: View, version: str, *, but: Callable[[str], bool] = lambda name: False
    ) -> tuple[DiscoveryResponse, list[str]] | None:
        """What is to be sent, with the names of what the client has of it in an older form; None where nothing differs.

        Of listeners and clusters a response has all that are asked for, since what is missing in it is deleted; of the
        other types it has what differs, `but` for what is to wait. A client that asks for all keeps what it was sent
        once, such as the cluster of a variant whose last instance has left, since its routes may still lead there for
        a moment.
        """
        if self._asked is None:
            return None
        found = {name: resource for name in self._names(view) if (resource := view.resource(self.type_url, name))}
        different = [
            name
            for name, resource in found.items()
            if self._sent.get(name) != resource and not (name in self._sent and but(name))
        ]
        if not different and (self._answered or not self._whole):
            return None
        renewed = [name for name in different if name in self._sent]
        self._sent.update((name, found[name]) for name in different)
        self._answered = True
        self._nonce += 1
        return DiscoveryResponse(
            version_info=version,
            type_url=self.type_url,
            nonce=str(self._nonce),
            resources=[
                Packed(type_url=self.type_url, value=found[name]) for name in (found if self._whole else different)
            ],
        ), renewed

    def _names(self, view: View) -> list[str]:
        asked = self._asked or frozenset()
        return sorted((asked | {*view.all(self.type_url), *self._sent}) - {WILDCARD} if WILDCARD in asked else asked)
