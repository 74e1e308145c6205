"""What a client asks of a user, as it comes in an address or a form (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response

from innkeeper.auth.v1.auth_pb2 import AuthorizationRequest
from services.web.oauth.parameters import Parameters

NAMES: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
LONGEST_STATE: Final = 2048


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of the standard."""

    parameters: Parameters

    @property
    def values(self) -> dict[str, str]:
        """Each by its name, as the form carries them along."""
        return {name: self.parameters[name] for name in NAMES if self.parameters[name]}

    @property
    def encoded(self) -> str:
        """All of it as one text, the same for the same."""
        return urlencode(self.values)

    @property
    def message(self) -> AuthorizationRequest:
        """In the words of the contract."""
        return AuthorizationRequest(
            client_id=self.parameters["client_id"],
            redirect_uri=self.parameters["redirect_uri"],
            scopes=self.parameters.scopes,
            code_challenge=self.parameters["code_challenge"],
            code_challenge_method=self.parameters["code_challenge_method"],
        )

    @property
    def broken(self) -> tuple[str, str] | None:
        """The error code and its description where the parameters break a rule that the auth service does not check."""
        if self.parameters.repeated:
            return "invalid_request", "a parameter is repeated"
        if len(self.parameters["state"]) > LONGEST_STATE:
            return "invalid_request", f"state has more than {LONGEST_STATE} characters"
        if not self.parameters["response_type"]:
            return "invalid_request", "response_type is missing"
        if self.parameters["response_type"] != "code":
            return "unsupported_response_type", "response_type must be code"
        return None

    def redirect(self, issuer: str, **answer: str) -> Response:
        """Back to the client, with the answer, its own `state`, and who answers (RFC 9207).

        Only for a redirect URI that the auth service has found to be the client's.
        """
        uri = self.parameters["redirect_uri"]
        state = self.parameters["state"]
        echoed = {"state": state} if state and len(state) <= LONGEST_STATE else {}
        query = urlencode({**answer, **echoed, "iss": issuer})
        response = RedirectResponse(f"{uri}{'&' if '?' in uri else '?'}{query}", 303)
        response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        return response

    @property
    def source(self) -> str:
        """Where the redirect leads, as a source of CSP 3: browsers that follow a redirect after a form want it among
        the form's targets. An IPv6 address has no such form, so there it is the scheme."""
        target = urlsplit(self.parameters["redirect_uri"])
        if target.scheme not in ("http", "https") or "[" in target.netloc:
            return f"{target.scheme}:"
        return f"{target.scheme}://{target.netloc}"
