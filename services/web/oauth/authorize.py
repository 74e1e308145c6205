"""The authorization endpoint (RFC 6749 section 3.1): a user signs in below what a client asks for, and so allows it.

There is no session of the browser here. Whoever comes has to sign in, so that nothing is allowed by a click that
another site has led to.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

from google.rpc.error_details_pb2 import RetryInfo
from grpc.aio import AioRpcError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chassis.errors import detail_of, reason_of
from innkeeper.auth.v1.auth_pb2 import (
    CheckAuthorizationRequest,
    CheckAuthorizationResponse,
    CreateAuthorizationCodeRequest,
)
from services.web.oauth import paths
from services.web.oauth.authorization import Asked
from services.web.oauth.form_token import FormTokens
from services.web.oauth.parameters import Parameters
from services.web.oauth.scope_words import in_words
from services.web.page import Pages

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub

SHOWN: Final = {
    "RESOURCE_NOT_FOUND": "The application that sent you here is not registered.",
    "REDIRECT_URI_MISMATCH": "The application wants you to be sent back to an address that is not registered for it.",
    "INVALID_FIELD": "The application sent a request that cannot be read.",
}
"""What the user alone is told: nobody knows yet who is at the redirect URI."""

REDIRECTED: Final = {
    "CODE_CHALLENGE_INVALID": ("invalid_request", "code_challenge by S256 is missing or malformed (RFC 7636)"),
    "SCOPE_NOT_GRANTED": ("invalid_scope", "a scope was asked for that the client may not have"),
}
"""What the client is told."""

REFUSED: Final = {
    "WRONG_CREDENTIALS": (403, "No account has this e-mail address and password."),
    "INVALID_FIELD": (403, "No account has this e-mail address and password."),
    "TOO_MANY_ATTEMPTS": (429, "Too many wrong passwords. Wait a minute, then try again."),
}
"""What a user is told who cannot be signed in, and the HTTP code."""

EXPIRED: Final = "This page was open for too long. Please sign in again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why the form is shown again."""

    status: int
    message: str
    retry_after: int = 0


class Authorize:
    """Shows the page, and takes the form in.

    Args:
        auth: The auth service.
        issuer: Who answers: the address at which the platform is found from outside.
        pages: Renders.
        forms: Tells our own forms from others'.
    """

    def __init__(self, auth: AuthServiceStub, issuer: str, pages: Pages, forms: FormTokens) -> None:
        self._auth = auth
        self._issuer = issuer
        self._pages = pages
        self._forms = forms

    async def ask(self, request: Request) -> Response:
        """The page with the form; or back to the client, or a page that says what is wrong."""
        try:
            asked = Asked(Parameters.of_query(request))
        except HTTPException as error:
            return self._problem(SHOWN["INVALID_FIELD"], error.status_code)
        checked = await self._checked(asked)
        return checked if isinstance(checked, Response) else self._form(request, asked, checked)

    async def decide(self, request: Request) -> Response:
        """Back to the client with a code, or with the user's refusal; or the page once more."""
        try:
            form = await Parameters.of_form(request)
        except HTTPException as error:
            return self._problem("The form cannot be read.", error.status_code)
        asked = Asked(form)
        checked = await self._checked(asked)
        if isinstance(checked, Response):
            return checked
        if not self._forms.is_good(form["form_token"], self._forms.visitor(request), asked.encoded):
            return self._form(request, asked, checked, Complaint(status=403, message=EXPIRED))
        if form["decision"] != "allow":
            return asked.redirect(self._issuer, error="access_denied", error_description="the user refused")
        try:
            code = await self._auth.CreateAuthorizationCode(
                CreateAuthorizationCodeRequest(
                    authorization=asked.message,
                    email=form["email"],
                    password=form["password"],
                    request_id=str(uuid.uuid4()),
                )
            )
        except AioRpcError as error:
            return self._form(request, asked, checked, _complaint(error), email=form["email"])
        return asked.redirect(self._issuer, code=code.code)

    async def _checked(self, asked: Asked) -> CheckAuthorizationResponse | Response:
        """What the user is to be told; or the answer to what the client may not ask for."""
        try:
            checked = await self._auth.CheckAuthorization(CheckAuthorizationRequest(authorization=asked.message))
        except AioRpcError as error:
            if reason_of(error) in SHOWN:
                return self._problem(SHOWN[reason_of(error)], 400)
            if reason_of(error) not in REDIRECTED:
                raise
            code, description = asked.broken or REDIRECTED[reason_of(error)]
            return asked.redirect(self._issuer, error=code, error_description=description)
        if asked.broken:
            code, description = asked.broken
            return asked.redirect(self._issuer, error=code, error_description=description)
        return checked

    def _form(
        self,
        request: Request,
        asked: Asked,
        checked: CheckAuthorizationResponse,
        complaint: Complaint | None = None,
        email: str = "",
    ) -> Response:
        visitor = self._forms.visitor(request)
        response = self._pages.render(
            "authorize.html",
            complaint.status if complaint else 200,
            form_targets=f"'self' {asked.source}",
            action=paths.AUTHORIZE,
            client=checked.client_display_name,
            permissions=[in_words(scope) for scope in checked.scopes],
            hidden={**asked.values, "form_token": self._forms.issue(visitor, asked.encoded)},
            complaint=complaint.message if complaint else "",
            email=email,
        )
        if complaint and complaint.retry_after:
            response.headers["Retry-After"] = str(complaint.retry_after)
        self._forms.remember(response, visitor)
        return response

    def _problem(self, message: str, status: int) -> Response:
        return self._pages.render("problem.html", status, message=message)


def _complaint(error: AioRpcError) -> Complaint:
    """Why the user is not signed in. Raises the error where it is not about that."""
    if reason_of(error) not in REFUSED:
        raise error
    status, message = REFUSED[reason_of(error)]
    wait = detail_of(error, RetryInfo)
    return Complaint(
        status=status,
        message=message,
        retry_after=ceil(wait.retry_delay.ToTimedelta().total_seconds()) if wait else 0,
    )
