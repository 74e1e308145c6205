"""Where everything is."""

from __future__ import annotations

from typing import Final

METADATA: Final = "/.well-known/oauth-authorization-server"
JWKS: Final = "/.well-known/jwks.json"
AUTHORIZE: Final = "/oauth/authorize"
TOKEN: Final = "/oauth/token"  # noqa: S105, a path
REVOKE: Final = "/oauth/revoke"
INTROSPECT: Final = "/oauth/introspect"
