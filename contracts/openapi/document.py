"""The whole description: what is true of every request, the operations by path, and the schemas that they share."""

from __future__ import annotations

from typing import Final

from contracts.image import Image
from contracts.openapi import security, web
from contracts.openapi.failures import STATUS
from contracts.openapi.operations import Operations
from contracts.openapi.schemas import Schemas
from contracts.openapi.standard_types import Schema
from contracts.openapi.wording import text
from contracts.protoc import ContractError

DESCRIPTION: Final = """\
Searching, quoting and booking of stays at hotels. The same methods can be called by gRPC and gRPC-Web at the same
address; `x-grpc-method` says which each operation is, `x-deadline-seconds` how long it may take.

- **Fields** have their JSON names (`checkIn`); those of the contracts (`check_in`) are taken as well. Messages that are
  not set are left out of answers; all else is there, be it zero or empty. Fields of a body that nobody knows are not
  looked at; parameters of a query that nobody knows are an error.
- **Errors** are a `google.rpc.Status`; the `reason` in its `ErrorInfo` is for programs. After 503, 504 and 429 a
  request may be sent again, a command with the same `Idempotency-Key`.
- **Commands** have a UUID of the caller's in `Idempotency-Key`: one that is sent twice is carried out once. The field
  `requestId`, in the body or the query, does the same where there is no header.
- **Lists** come in pages: `nextPageToken` sent as `pageToken`, with all else the same, brings the next one.
- **Changes** (`PATCH`) are of the fields that `updateMask` names; without it, of all that are in the body. An `etag` in
  the body is the version that is to be changed.
- **Live changes** come by WebSocket from `/v1/bookings/{booking}/events` and `/v1/users/{user}/events`, what users are
  told from `/v1/users/{user}/notifications`: each a JSON message with an id, after which one that reconnects can go on.
"""


def document(image: Image) -> Schema:
    """The OpenAPI document of the contracts in an image.

    Raises ContractError where a contract says something that there are no words for.
    """
    schemas = Schemas(image)
    operations = Operations(image, schemas)
    paths: dict[str, Schema] = {}
    names: set[str] = set()
    for method in image.methods():
        for binding, operation in operations.of(method):
            if operation["operationId"] in names or binding.verb in paths.setdefault(binding.path, {}):
                raise ContractError(f"{method.name}: another method has this name, or this verb and path")
            names.add(operation["operationId"])
            paths[binding.path][binding.verb] = operation
    used = {tag for path in paths.values() for operation in path.values() for tag in operation["tags"]}
    tags = [
        {"name": service.proto.name, "description": text(service.comment)}
        for service in image.services()
        if service.proto.name in used
    ]
    components = {"Status": STATUS} | dict(sorted(schemas.components.items()))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Innkeeper",
            "version": "v1",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [*tags, {"name": web.TAG, "description": "OAuth 2, and the state of the platform."}],
        "paths": paths | web.PATHS,
        "components": {"schemas": components, "securitySchemes": security.schemes(image)},
    }
