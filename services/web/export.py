"""`/v1/users/{user}:export`: what the platform holds of a person, for that person and for staff, as one file."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Final

import grpc
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chassis.context import current_context, principal
from chassis.errors import platform_error
from chassis.http.exchange import header
from chassis.privacy.archive import archive, file_name
from chassis.refusal import NotFound
from chassis.server.authentication import AUTHORIZATION
from chassis.service import Kit
from innkeeper.privacy.v1.privacy_pb2 import ExportPersonalDataRequest
from innkeeper.privacy.v1.privacy_pb2_grpc import PersonalDataServiceStub

PATH: Final = "/v1/users/{user}:export"

NAME: Final = re.compile(r"users/[a-z0-9][a-z0-9-]{0,62}")

SCOPES: Final = frozenset({"users.read", "bookings.read", "payments.read", "notifications.read"})
"""Whoever gets all of it may read all of it."""


class Export:
    """Asks every service that holds personal data, and answers when all have: half of an archive looks like a whole."""

    def __init__(self, kit: Kit) -> None:
        holders = [service.name for service in kit.catalogue if service.holds_personal_data]
        self._stubs = {name: kit.stub(PersonalDataServiceStub, at=name) for name in holders}
        self._clock = kit.clock
        self._log = structlog.get_logger().bind(logger="innkeeper.web.export")

    def routes(self) -> list[BaseRoute]:
        """Where it is."""
        return [Route(PATH, self.export)]

    async def export(self, request: Request) -> Response:
        """The archive, to be kept as a file."""
        user = f"users/{request.path_params['user']}"
        _require_let_in(user)
        # Also of staff's programs, whose tokens speak for no user: the services ask who wants to know.
        current_context().end_user_token = header(request.scope, AUTHORIZATION).partition(" ")[2]
        now = self._clock().astimezone(UTC)
        body = archive(user, await self._held(user), now)
        return Response(body, media_type="application/json", headers=_headers(user, now))

    async def _held(self, user: str) -> dict[str, bytes]:
        answers = await asyncio.gather(*(self._asked(name, user) for name in self._stubs), return_exceptions=True)
        held, missing = dict[str, bytes](), list[str]()
        for name, answer in zip(self._stubs, answers, strict=True):
            if isinstance(answer, bytes):
                held[name] = answer
            elif isinstance(answer, grpc.aio.AioRpcError):
                self._log.warning("not_exported", service=name, code=answer.code().name)
                missing.append(name)
            else:
                raise answer
        if missing:
            without = ", ".join(missing)
            raise platform_error("DEPENDENCY_UNAVAILABLE", f"no archive without {without}: try again", services=without)
        return held

    async def _asked(self, service: str, user: str) -> bytes:
        asked = ExportPersonalDataRequest(user=user, service=service)
        pieces = [piece.content async for piece in self._stubs[service].ExportPersonalData(asked)]
        return b"".join(pieces)


def _require_let_in(user: str) -> None:
    caller = principal()
    if not caller.subject:
        raise platform_error("TOKEN_MISSING", "send an access token: `Authorization: Bearer …`")
    if missing := " ".join(sorted(SCOPES - caller.scopes)):
        raise platform_error("SCOPE_MISSING", f"the access token lacks: {missing}", scopes=missing)
    if not (NAME.fullmatch(user) and caller.may_see(user)):
        raise NotFound(user)


def _headers(user: str, now: datetime) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name(user, now)}"', "Cache-Control": "no-store"}
