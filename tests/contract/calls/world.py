"""A whole platform, people on it, and calls of any method in anybody's name.

Of a stream of answers, a call brings the first. The stream stays open for as long as the world is there: an instance
that a test has registered is there while others are looked at.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.message import Message

from chassis.context import INTERNAL
from chassis.policy import Method
from chassis.security.service_clients import all_scopes
from chassis.server.authentication import AUTHORIZATION, END_USER
from innkeeper.auth.v1.auth_pb2 import CreateAccountRequest
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL, ACCESS_PUBLIC
from services.catalogue import CATALOGUE
from tests.conftest import RunningPlatform
from tests.contract.calls.filling import filled
from tests.contract.calls.served import BY_NAME, STUBS

Metadata = Sequence[tuple[str, str]]
MATRIX: Final = "matrix"
"""The client in whose name services call here."""


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with an account, and from some moment on with a record; `name` is the user's resource name."""

    name: str
    email: str
    password: str
    has_record: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that will be granted, and the person who may make it."""

    method: Method
    request: Any
    person: Person


class World:
    """A platform on which calls are made. `aclose` ends the streams that are open."""

    def __init__(self, running: RunningPlatform) -> None:
        self.running = running
        self.every_scope = all_scopes(CATALOGUE)
        self._outside = {name: running.stub(stub) for name, stub in STUBS.items()}
        self._streams = AsyncExitStack()
        self.aclose = self._streams.aclose

    async def call(self, method: Method, request: Any, metadata: Metadata = ()) -> Any:
        """The answer to a call over the socket, or to a stream of that one request."""
        return await self._called(self._outside[method.service], method, request, metadata=metadata)

    def inside(self, method: Method, *, user: str = "", staff: bool = True) -> Callable[[Any], Awaitable[Any]]:
        """What calls in process, as a service with every scope does, in the name of a user or of none."""
        stub = self.running.inside(STUBS[method.service], as_service=MATRIX, user=user, staff=staff)
        return lambda request: self._called(stub, method, request)

    async def newcomer(self) -> Person:
        """Somebody who has just signed up."""
        request: CreateAccountRequest = filled(CreateAccountRequest)
        account = await self.call(BY_NAME["innkeeper.auth.v1.AuthService.CreateAccount"], request)
        return Person(name=account.user, email=account.email, password=request.password)

    async def granted(self, name: str, request: Message, person: Person) -> Any:
        """The answer to a call in that person's name by a service that may do everything but what only staff may."""
        return await self.inside(BY_NAME[name], user=person.name, staff=False)(request)

    def token(self, subject: str, scopes: Iterable[str] = (), **claims: Any) -> str:
        """An access token of that subject with those scopes."""
        return self.running.token(subject, scopes, **claims)

    def entitled(self, method: Method, person: Person, *, without: str = "") -> Metadata:
        """What somebody sends who has exactly the rights that the method asks for, without the one named.

        Of a public method that is nothing; a method for services alone is called by one, in the person's name.
        """
        if method.access == ACCESS_PUBLIC:
            return ()
        if method.access == ACCESS_INTERNAL:
            return self.by_service({INTERNAL, *method.scopes} - {without}, user=person.name)
        return bearer(self.token(person.name, method.scopes - {without}))

    def by_service(self, scopes: Iterable[str], *, user: str = "") -> Metadata:
        """What a client sends that calls in the name of a user, or of none."""
        end_user = [(END_USER, self.token(user))] if user else []
        return [*bearer(self.token(f"clients/{MATRIX}", scopes)), *end_user]

    async def _called(self, stub: Any, method: Method, request: Any, **arguments: Any) -> Any:
        answer = getattr(stub, method.name)(_stream(request) if method.client_streaming else request, **arguments)
        return await (self._first(answer) if method.server_streaming else answer)

    async def _first(self, answers: AsyncGenerator[Any, None]) -> Any:
        """Raises StopAsyncIteration where there is none."""
        first = await anext(answers)
        await self._streams.enter_async_context(aclosing(answers))
        return first


def bearer(token: str) -> Metadata:
    """The metadata that carries an access token."""
    return [(AUTHORIZATION, f"Bearer {token}")]


async def _stream(request: Any) -> AsyncIterator[Any]:
    yield request
