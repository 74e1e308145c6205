"""Errors as OAuth 2 clients know them (RFC 6749 section 5.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from google.rpc.error_details_pb2 import BadRequest
from grpc.aio import AioRpcError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.errors import detail_of, reason_of

NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
"""What has tokens in it, or tells of them, is kept nowhere (RFC 6749 section 5.1)."""

Answer = Callable[[Request], Awaitable[Response]]


class OAuthError(Exception):
    """A request that an endpoint for programs refuses.

    Args:
        code: The error code of the standard.
        description: What is wrong, in plain ASCII without quotation marks and backslashes.
        status: The HTTP code.
    """

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status

    @property
    def response(self) -> Response:
        """`{"error": "invalid_grant", "error_description": "…"}`"""
        challenge = {"WWW-Authenticate": 'Basic realm="innkeeper", charset="UTF-8"'} if self.status == 401 else {}
        content = {"error": self.code, "error_description": self.description}
        return JSONResponse(content, self.status, {**NO_STORE, **challenge})


def invalid_client() -> OAuthError:
    """The same for an unknown client and for a wrong secret."""
    return OAuthError("invalid_client", "no client has this id and secret", 401)


def invalid_request(description: str) -> OAuthError:
    """A parameter is missing, malformed, or repeated."""
    return OAuthError("invalid_request", description)


def insufficient_scope(scope: str) -> OAuthError:
    """The client may do other things, but not this (RFC 6750 section 3.1)."""
    return OAuthError("insufficient_scope", f"this needs the scope {scope}", 403)


OF_REASON: Final = {
    "WRONG_CREDENTIALS": invalid_client(),
    "AUTHORIZATION_CODE_INVALID": OAuthError(
        "invalid_grant",
        "the code is unknown or has run out, or is for another client, redirect_uri or code_verifier",
    ),
    "AUTHORIZATION_CODE_REUSED": OAuthError(
        "invalid_grant", "the code was used before, so the tokens that it was given for are revoked"
    ),
    "REFRESH_TOKEN_INVALID": OAuthError(
        "invalid_grant", "the refresh token is unknown, has run out, was revoked, or is for another client"
    ),
    "REFRESH_TOKEN_REUSED": OAuthError(
        "invalid_grant", "the refresh token was used before, so all tokens of its sign-in are revoked"
    ),
    "TOKEN_OF_ANOTHER_CLIENT": OAuthError("invalid_grant", "the token was given to another client"),
    "SCOPE_NOT_GRANTED": OAuthError("invalid_scope", "a scope was asked for that this grant does not allow"),
}
"""For reasons of the auth service."""


def oauth_error(error: AioRpcError) -> OAuthError | None:
    """What a refusal of the auth service means for a client; None where it says nothing of the request."""
    if reason_of(error) != "INVALID_FIELD":
        return OF_REASON.get(reason_of(error))
    invalid = detail_of(error, BadRequest)
    names = [violation.field.rpartition(".")[2] for violation in (invalid.field_violations if invalid else ())]
    if any(name in ("client_id", "client_secret") for name in names):
        return invalid_client()
    named = ", ".join(dict.fromkeys(name.partition("[")[0] for name in names))
    return invalid_request(f"malformed: {named}" if named else "a parameter is malformed")


def answering(answer: Answer) -> Answer:
    """An endpoint for programs: what is refused within is answered in the form of the standard."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except OAuthError as error:
            return error.response
        except HTTPException as error:
            return OAuthError("invalid_request", error.detail, error.status_code).response
        except AioRpcError as error:
            known = oauth_error(error)
            if known is None:
                raise
            return known.response

    return answered
