"""Which methods concern what is somebody's own, and who comes to ask that has no business with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Final

from google.protobuf.descriptor import FieldDescriptor

from chassis.context import INTERNAL
from chassis.policy import Method
from chassis.server.authentication import END_USER
from innkeeper.options.v1.options_pb2 import ACCESS_AUTHENTICATED
from services.auth.scopes import TRAVELLER
from tests.contract.calls.declarations import resource_of
from tests.contract.calls.served import METHODS
from tests.contract.calls.world import Metadata, Person, World, bearer


def owned_field(method: Method) -> FieldDescriptor:
    """The field of the request that names the resource with an owner."""
    *way, last = method.owned_resource.split(".")
    request = method.request_class.DESCRIPTOR
    return reduce(lambda message, name: message.fields_by_name[name].message_type, way, request).fields_by_name[last]


OWNED: Final = [method for method in METHODS if method.owned_resource]
OWNED_TYPES: Final = sorted({resource_of(owned_field(method)) for method in OWNED})
FOR_EVERYBODY: Final = [
    method for method in METHODS if method.access == ACCESS_AUTHENTICATED and method.scopes <= TRAVELLER
]
"""The methods for whoever has signed in."""

BOB: Final = "users/bob"
STRANGERS: Final[dict[str, Callable[[World, Method, Person], Metadata]]] = {
    "another user": lambda world, method, owner: bearer(world.token(BOB, method.scopes)),
    "another user with the owner's token": lambda world, method, owner: [
        *bearer(world.token(BOB, method.scopes)),
        (END_USER, world.token(owner.name)),
    ],
    "a client": lambda world, method, owner: bearer(world.token("clients/agency", method.scopes)),
    "a service for another user": lambda world, method, owner: world.by_service({INTERNAL, *method.scopes}, user=BOB),
    "a service for nobody": lambda world, method, owner: world.by_service({INTERNAL, *method.scopes}),
}
"""Callers with every scope that the method asks for, to whom the owner's resources are none of their business."""
