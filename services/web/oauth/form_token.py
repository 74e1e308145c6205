"""Tells a form that this server showed to a browser from one that another site has made (RFC 9700 section 4.7)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.web.oauth import paths

LIFE: Final = 1800
"""Seconds that a form is good."""

VISITOR: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class FormTokens:
    """A token stands in the form and is bound to a cookie, to what is asked for, and to a time.

    Args:
        secret: 32 random bytes, the same in every process that serves the page.
        public_url: Where browsers find the page: the cookie is kept to https where that is https.
        clock: Seconds since the epoch.
    """

    def __init__(self, secret: bytes, public_url: str, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._secure = public_url.startswith("https://")
        self.cookie = "__Secure-innkeeper-authorize" if self._secure else "innkeeper-authorize"
        self._clock = clock

    def visitor(self, request: Request) -> str:
        """Who looks at the page, by the cookie; somebody new where there is none."""
        known = request.cookies.get(self.cookie, "")
        return known if VISITOR.fullmatch(known) else secrets.token_urlsafe(32)

    def remember(self, response: Response, visitor: str) -> None:
        """Has the browser bring the cookie along, with this page alone, and not when another site posts."""
        response.set_cookie(
            self.cookie, visitor, path=paths.AUTHORIZE, secure=self._secure, httponly=True, samesite="lax"
        )

    def issue(self, visitor: str, asked: str) -> str:
        """The token of a form shown now."""
        expires = str(int(self._clock()) + LIFE)
        return f"{expires}.{self._signature(expires, visitor, asked)}"

    def is_good(self, token: str, visitor: str, asked: str) -> bool:
        """Whether it was issued to that visitor for what is asked, and not too long ago."""
        expires, _, signature = token.partition(".")
        right = hmac.compare_digest(signature.encode(), self._signature(expires, visitor, asked).encode())
        return right and self._clock() < int(expires)

    def _signature(self, expires: str, visitor: str, asked: str) -> str:
        return hmac.new(self._secret, "\n".join((expires, visitor, asked)).encode(), hashlib.sha256).hexdigest()
