"""Who may call, in OpenAPI's words: an access token, by hand or by one of the OAuth 2 flows, with a method's scopes."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from google.protobuf import descriptor_pb2 as pb

from contracts.image import Image
from contracts.openapi.bindings import http_rule
from contracts.openapi.standard_types import Schema
from innkeeper.options.v1 import options_pb2

BEARER: Final = "bearer"
OAUTH2: Final = "oauth2"
CLIENT: Final = "client"


def schemes(image: Image) -> Schema:
    """The ways to get in. Each scope is explained by the methods that it is for."""
    uses: dict[str, list[str]] = defaultdict(list)
    for method in image.methods():
        if http_rule(method.proto) is not None:
            for scope in method.proto.options.Extensions[options_pb2.method].scopes:
                uses[scope].append(method.proto.name)
    scopes = {scope: ", ".join(uses[scope]) for scope in sorted(uses)}
    token = {"tokenUrl": "/oauth/token", "scopes": scopes}
    by_code = {"authorizationUrl": "/oauth/authorize", "refreshUrl": "/oauth/token", **token}
    return {
        CLIENT: {
            "type": "http",
            "scheme": "basic",
            "description": "The id and the secret of a client application, at the endpoints of OAuth 2.",
        },
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token, as `SignIn`, `IssueToken` or the token endpoint give it.",
        },
        OAUTH2: {
            "type": "oauth2",
            "description": "For users by authorization code with PKCE, for client applications by their credentials.",
            "flows": {"authorizationCode": by_code, "clientCredentials": token},
        },
    }


def needed(method: pb.MethodDescriptorProto) -> list[Schema]:
    """What a method asks for: any one of these."""
    policy = method.options.Extensions[options_pb2.method]
    token: list[Schema] = [{BEARER: []}, {OAUTH2: list(policy.scopes)}]
    return [{}, *token] if policy.access == options_pb2.ACCESS_PUBLIC else token
