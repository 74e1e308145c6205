"""One request and its answer, or one WebSocket, as ASGI has them: what the middleware reads of them."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Message, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ANSWER = "innkeeper.answer"
"""Where in the scope the answer stands."""


def header(scope: Scope, name: str) -> str:
    """A header of the request; empty where there is none of that name."""
    return Headers(scope=scope).get(name, "")


def method_of(scope: Scope) -> str:
    """`GET`; `WEBSOCKET` of one, and `OTHER` of what no standard knows."""
    if scope["type"] == "websocket":
        return "WEBSOCKET"
    method: str = scope["method"]
    return method if method in METHODS else "OTHER"


def route_of(scope: Scope) -> str:
    """The path of the route that took the request, `/v1/users/{id}/events`; empty where none did.

    Known from the moment on when the app has looked for it. Unlike the path it holds nothing that a caller made up.
    """
    return str(getattr(scope.get("route"), "path", ""))


class Answer:
    """Passes an answer on, and remembers what was said. One for a request, in its scope: see `answer_of`.

    `code` is the HTTP status; of a WebSocket 101 once it is accepted. 0 as long as there is none. `reason` says why the
    request failed, empty where it did not. `is_routine` is for the app to set, where somebody asks every few seconds:
    what goes well then leaves no line in the access log.
    """

    __slots__ = ("_send", "code", "is_routine", "reason")

    def __init__(self, scope: Scope, send: Send) -> None:
        scope[_ANSWER] = self
        self._send = send
        self.code = 0
        self.reason = ""
        self.is_routine = False

    async def send(self, message: Message) -> None:
        """The `send` of the app within."""
        match message["type"]:
            case "http.response.start" | "websocket.http.response.start":
                self.code = message["status"]
            case "websocket.accept":
                self.code = 101
            case "websocket.close" if not self.code:  # before it is accepted, that is a refusal
                self.code = 403
        await self._send(message)


def answer_of(scope: Scope) -> Answer:
    """The answer to the request, as far as there is one."""
    answer = scope[_ANSWER]
    assert isinstance(answer, Answer)
    return answer
