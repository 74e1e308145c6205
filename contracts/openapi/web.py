"""The paths that are no methods of a contract: OAuth 2 by its own standards, short links, and what watches a platform
asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.openapi.security import BEARER, CLIENT, OAUTH2
from contracts.openapi.standard_types import Schema

TAG: Final = "Web"


def _answer(description: str, kind: str = "application/json", schema: Schema | None = None) -> Schema:
    return {"description": description, "content": {kind: {"schema": schema or {"type": "object"}}}}


def _operation(name: str, summary: str, responses: Schema, **more: object) -> Schema:
    return {"operationId": name, "tags": [TAG], "summary": summary, "security": [{}], **more, "responses": responses}


def _form(required: list[str], fields: Mapping[str, str]) -> Schema:
    properties = {name: {"type": "string", "description": description} for name, description in fields.items()}
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}


def _query(name: str, description: str, *, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "description": description, "required": required, "schema": {"type": "string"}}


def _path(name: str, description: str) -> Schema:
    return {"name": name, "in": "path", "description": description, "required": True, "schema": {"type": "string"}}


_CLIENT: Final = {
    "client_id": "The client, where it does not say so by HTTP's basic authentication.",
    "client_secret": "The client's secret, likewise.",
}
_OF_TOKEN: Final = {"token": "The token.", "token_type_hint": "Which kind it is.", **_CLIENT}
_ERROR: Final[Schema] = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
    "required": ["error"],
}
_ARCHIVE: Final[Schema] = {
    "type": "object",
    "properties": {
        "manifest": {
            "type": "object",
            "properties": {
                "user": {"type": "string", "description": "The person's resource name."},
                "createTime": {"type": "string", "format": "date-time", "description": "When it was made."},
                "format": {"type": "integer", "description": "Counts up when it is arranged in another way."},
                "services": {"type": "array", "items": {"type": "string"}, "description": "The services asked."},
            },
        },
        "services": {
            "type": "object",
            "description": "By service and kind of thing: what is held, as the API shows it elsewhere.",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "object"}},
            },
        },
    },
    "required": ["manifest", "services"],
}
_STATUS: Final = {"$ref": "#/components/schemas/Status"}
_REFUSED: Final = {
    "400": _answer("`invalid_request`, `invalid_grant` and the like (RFC 6749 section 5.2).", schema=_ERROR),
    "401": _answer("`invalid_client`: unknown, or with a wrong secret.", schema=_ERROR),
    "413": _answer("The body is larger than is taken.", schema=_STATUS),
    "415": _answer("The body is no form.", schema=_ERROR),
    "429": _answer("Too many requests, or too many wrong secrets.", schema=_STATUS),
    "503": _answer("Try again.", schema=_STATUS),
}

_AS_CLIENT: Final[list[Schema]] = [{}, {CLIENT: []}]
"""By basic authentication, or in the form."""

PATHS: Final[Schema] = {
    "/oauth/authorize": {
        "get": _operation(
            "authorize",
            "Asks a user to let a client in: authorization code with PKCE (RFC 6749 section 4.1, RFC 7636)",
            {
                "200": _answer("A page on which the user signs in and agrees.", "text/html", {"type": "string"}),
                "303": {"description": "Back to the client, with a code or an error."},
                "400": _answer("The client or its redirect URI is not known.", "text/html", {"type": "string"}),
            },
            parameters=[
                _query("response_type", "`code`.", required=True),
                _query("client_id", "The client.", required=True),
                _query("redirect_uri", "Where the answer goes; one that the client has registered."),
                _query("scope", "Scopes, with spaces between them."),
                _query("state", "Comes back as it was sent."),
                _query("code_challenge", "The hash of the verifier that the client keeps.", required=True),
                _query("code_challenge_method", "`S256`.", required=True),
            ],
        )
    },
    "/oauth/token": {
        "post": _operation(
            "token",
            "Gives tokens for a client's credentials, an authorization code or a refresh token (RFC 6749)",
            {"200": _answer("Tokens."), **_REFUSED},
            security=_AS_CLIENT,
            requestBody=_form(
                ["grant_type"],
                {
                    "grant_type": "`client_credentials`, `authorization_code` or `refresh_token`.",
                    "scope": "Scopes, with spaces between them; fewer than granted, or all where there is none.",
                    "code": "The authorization code.",
                    "redirect_uri": "The same as at the authorization endpoint.",
                    "code_verifier": "What the code challenge is the hash of.",
                    "refresh_token": "The refresh token; it can be used once.",
                    **_CLIENT,
                },
            ),
        )
    },
    "/oauth/revoke": {
        "post": _operation(
            "revoke",
            "Ends a token's session (RFC 7009)",
            {"200": {"description": "It is ended, if it was there."}, **_REFUSED},
            security=_AS_CLIENT,
            requestBody=_form(["token"], _OF_TOKEN),
        )
    },
    "/oauth/introspect": {
        "post": _operation(
            "introspect",
            "Tells what a token is good for (RFC 7662)",
            {
                "200": _answer("`active`, and what else there is to say."),
                "403": _answer("`insufficient_scope`: the client or token may not ask.", schema=_ERROR),
                **_REFUSED,
            },
            security=[*_AS_CLIENT, {BEARER: []}, {OAUTH2: ["tokens.introspect"]}],
            requestBody=_form(["token"], _OF_TOKEN),
        )
    },
    "/.well-known/oauth-authorization-server": {
        "get": _operation(
            "getAuthorizationServer",
            "Tells what the authorization server can do and where (RFC 8414)",
            {"200": _answer("The authorization server's metadata.")},
        )
    },
    "/.well-known/jwks.json": {
        "get": _operation(
            "getKeys",
            "Returns the keys by which access tokens are verified (RFC 7517)",
            {"200": _answer("A JSON Web Key Set.")},
        )
    },
    "/l/{code}": {
        "get": _operation(
            "followLink",
            "Leads to where a short link leads, and counts that",
            {
                "302": {"description": "To the target, which `Location` says."},
                "404": _answer(
                    "A page for whoever follows a link that is not good: no such, or not any more.",
                    "text/html",
                    {"type": "string"},
                ),
            },
            parameters=[_path("code", "The eight letters and digits of the link.")],
        )
    },
    "/v1/bookings/{booking}/documents/{document}": {
        "get": _operation(
            "getDocument",
            "Returns a document of a booking as PDF, for whoever may see the booking",
            {
                "200": _answer("The document.", "application/pdf", {"type": "string", "format": "binary"}),
                "400": _answer("There is no such document: nothing was paid, or nothing confirmed.", schema=_STATUS),
                "401": _answer("The request brought no token, or one that is not good.", schema=_STATUS),
                "403": _answer("The token is not good for this.", schema=_STATUS),
                "404": _answer("There is no such booking or document, or it is another user's.", schema=_STATUS),
                "429": _answer("Too many requests, or too many documents at once.", schema=_STATUS),
                "503": _answer("Try again.", schema=_STATUS),
            },
            security=[{BEARER: []}, {OAUTH2: ["bookings.read", "payments.read"]}],
            parameters=[
                _path("booking", "The last part of the booking's name."),
                {
                    **_path("document", "Which document. A confirmation needs no `payments.read`."),
                    "schema": {"type": "string", "enum": ["confirmation", "receipt", "invoice"]},
                },
                _query(
                    "language", "The language wanted, such as `pt-BR`; else by `Accept-Language`, else the guest's."
                ),
            ],
        )
    },
    "/v1/users/{user}:export": {
        "get": _operation(
            "exportUser",
            "Returns all that the platform holds of a person, as one file: for that person, and for staff",
            {
                "200": _answer(
                    "`manifest` says when it was made and who was asked, `services` what each of them holds.",
                    schema=_ARCHIVE,
                ),
                "401": _answer("There is no token, or it is not good.", schema=_STATUS),
                "403": _answer("The token lacks a scope.", schema=_STATUS),
                "404": _answer("There is no such person, or it is not the caller.", schema=_STATUS),
                "429": _answer("Too many requests.", schema=_STATUS),
                "503": _answer("A service did not answer, and half of an archive would be none.", schema=_STATUS),
            },
            security=[{BEARER: []}, {OAUTH2: ["bookings.read", "notifications.read", "payments.read", "users.read"]}],
            parameters=[_path("user", "The last part of the person's resource name.")],
        )
    },
    "/healthz": {"get": _operation("isAlive", "Tells that the process is there", {"200": _answer("It is.")})},
    "/readyz": {
        "get": _operation(
            "isReady",
            "Tells whether every service is ready, and which is not",
            {"200": _answer("All are."), "503": _answer("Some are not; the answer names them.")},
        )
    },
    "/openapi.json": {
        "get": _operation("getDescription", "Returns this description", {"200": _answer("OpenAPI 3.1.")})
    },
}
"""The operations of `services/web`, as far as programs call them."""
