"""How a service is declared: what it serves, whom it calls, what it keeps, and how its parts are put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message
from sqlalchemy import MetaData

from chassis.personal_data import PersonalData
from chassis.settings import Settings
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.events.v1.events_pb2 import Event

if TYPE_CHECKING:
    from grpc import GenericRpcHandler
    from grpc.aio import Channel
    from prometheus_client.registry import Collector
    from starlette.types import ASGIApp

    from chassis.server.authentication import Verifier

E = TypeVar("E", bound=Message)
S = TypeVar("S")
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What to do when an event of that type happens elsewhere.

    `handle(session, event, payload)` runs in the transaction that marks the event as taken in, so that it takes effect
    exactly once.
    """

    payload: type[Message]
    handle: Callable[[Session, Event, Any], None]


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do again and again: `run`, `every` so many seconds after it last ended."""

    name: str
    every: float
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The parts of a service, put together.

    `servicer` has an async method for each RPC, named in snake case; a service without a contract has none. `app` is
    served by HTTP, within the middleware of `chassis.http`. `start` runs once, before the first call; `drain`
    runs once when the process is told to stop, and ends what would go on for as long as it lasts, such as streams.
    `stop` runs once after the last call, and ends what the service has running. `handlers` are protocols of others that
    are served on the same port, without interceptors. `personal_data` is of a service that declares to hold some.
    `collectors` have metrics of its own.
    """

    servicer: object | None = None
    app: ASGIApp | None = None
    subscriptions: Sequence[Subscription] = ()
    timers: Sequence[Timer] = ()
    start: Callable[[], Awaitable[None]] | None = None
    drain: Callable[[], None] | None = None
    stop: Callable[[], Awaitable[None]] | None = None
    handlers: Sequence[GenericRpcHandler] = ()
    personal_data: PersonalData | None = None
    collectors: Sequence[Collector] = ()


class Kit(Protocol):
    """What the platform hands to a service for its assembly."""

    @property
    def settings(self) -> Settings:
        """The settings of the process."""

    @property
    def database(self) -> Database:
        """The service's own database. Raises LookupError for a service without tables."""

    @property
    def clock(self) -> Clock:
        """Tells the time, aware and in UTC."""

    @property
    def verifier(self) -> Verifier:
        """Tells whom an access token speaks for."""

    @property
    def catalogue(self) -> Sequence[Service]:
        """All services of the platform."""

    def stub(self, stub_class: Callable[[Channel], S], *, at: str = "") -> S:
        """A stub of another service, which is to be among `calls`. Calls go with this service's own token. `at` names
        the service, of a contract that several serve."""

    def outside_stub(self, stub_class: Callable[[Channel], S]) -> S:
        """A stub of another service that calls as the outside world does: in whose name, each call's metadata says."""

    async def unready(self, service: str) -> str:
        """Asks any service of the platform whether it takes calls now; returns why not, and nothing where it does."""

    def secret(self, name: str) -> bytes:
        """32 random bytes of that name, the same at every start."""

    def client_secret(self, client_id: str) -> str:
        """The OAuth 2 secret of one of the platform's own clients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service. `name` is its folder, the name it is called by, and the name of its database.

    `calls` names the services whose stubs it asks for, `subscribes` those whose events it takes in. `scopes` are those
    that its own token needs of all that the methods of `calls` ask for; None where it needs every one of them.

    Every process knows the declarations of all services and runs a few of them, so a declaration is light: `assemble`
    and `tables` import what they need when they are called.

    One that `holds_personal_data` hears of `users` who was deleted, and tells it that the data is erased; one that
    `exports_personal_data` may ask each of them for it. That need not stand in `calls` and `subscribes`.

    One without a contract serves HTTP alone. One without tables has no database, and so no events either.
    """

    name: str
    contract: ServiceDescriptor | None = None
    tables: Callable[[], MetaData] | None = None
    migrations: str = ""
    assemble: Callable[[Kit], Assembly]
    calls: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None
    subscribes: tuple[str, ...] = ()
    holds_personal_data: bool = False
    exports_personal_data: bool = False
