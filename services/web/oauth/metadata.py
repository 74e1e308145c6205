"""What clients can find out about the authorization server by themselves (RFC 8414)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.contracts import contracts
from chassis.policy import methods
from chassis.service import Service
from innkeeper.options.v1.options_pb2 import ACCESS_AUTHENTICATED
from services.web.oauth import paths

AUTHENTICATION = ["client_secret_basic", "client_secret_post"]
"""How a client with a secret proves itself (RFC 6749 section 2.3.1)."""


class Metadata:
    """The same for as long as the process runs.

    Args:
        issuer: The address at which the platform is found from outside.
        catalogue: The services whose scopes clients may be registered for.
    """

    def __init__(self, issuer: str, catalogue: Sequence[Service]) -> None:
        self._document = document(issuer, scopes_of(catalogue))

    async def answer(self, _: Request) -> Response:
        """The document, to be kept for an hour."""
        return JSONResponse(self._document, headers={"Cache-Control": "public, max-age=3600"})


def document(issuer: str, scopes: Sequence[str]) -> dict[str, Any]:
    """The metadata of RFC 8414 section 2 and RFC 9207 section 3."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}{paths.AUTHORIZE}",
        "token_endpoint": f"{issuer}{paths.TOKEN}",
        "jwks_uri": f"{issuer}{paths.JWKS}",
        "revocation_endpoint": f"{issuer}{paths.REVOKE}",
        "introspection_endpoint": f"{issuer}{paths.INTROSPECT}",
        "service_documentation": f"{issuer}/docs",
        "scopes_supported": list(scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*AUTHENTICATION, "none"],
        "revocation_endpoint_auth_methods_supported": [*AUTHENTICATION, "none"],
        "introspection_endpoint_auth_methods_supported": [*AUTHENTICATION, "Bearer"],
        "authorization_response_iss_parameter_supported": True,
    }


def scopes_of(catalogue: Sequence[Service]) -> list[str]:
    """The scopes that methods for users and client applications ask for, in the order of the alphabet."""
    open_methods = (method for contract in contracts(catalogue).values() for method in methods(contract))
    return sorted(
        {scope for method in open_methods if method.access == ACCESS_AUTHENTICATED for scope in method.scopes}
    )
