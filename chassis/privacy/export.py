"""PersonalDataService: hands out what the services of this process hold of a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from chassis.context import ADMIN, principal
from chassis.personal_data import PersonalData
from chassis.refusal import NotFound
from chassis.storage.database import Database
from innkeeper.privacy.v1.privacy_pb2 import ExportPersonalDataRequest, ExportPersonalDataResponse

PIECE: Final = 256 * 1024
"""Bytes of JSON in one message."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A service of this process that holds personal data."""

    database: Database
    personal_data: PersonalData


class PersonalDataServicer:
    """Asks the service that a request names.

    Args:
        holders: The services, by name.
    """

    def __init__(self, holders: Mapping[str, Holder]) -> None:
        self._holders = holders

    async def export_personal_data(
        self, request: ExportPersonalDataRequest
    ) -> AsyncIterator[ExportPersonalDataResponse]:
        caller = principal()
        if caller.user != request.user and ADMIN not in caller.user_scopes | caller.scopes:
            raise NotFound(request.user)
        holder = self._holders.get(request.service)
        if holder is None:
            raise NotFound(f"service {request.service} with personal data in this process")
        held = await holder.database.read(lambda session: holder.personal_data.export(session, request.user))
        content = msgspec.json.encode(held)
        for start in range(0, len(content), PIECE):
            yield ExportPersonalDataResponse(content=content[start : start + PIECE])
