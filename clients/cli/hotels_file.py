"""A file of hotels on its way into the catalogue of a running platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import grpc

from clients.catalogue.csv_file import BadLine, read_hotels
from clients.cli.access import ClientToken
from clients.cli.failure import Mistake
from clients.cli.prompt.remote import Remote
from clients.cli.taking_in import requests
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.hotels.v1.hotels_pb2 import ImportHotelsRequest, ImportHotelsResponse


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the lines of a file."""

    answer: ImportHotelsResponse
    bad: Sequence[BadLine]
    path: Path

    @property
    def taken(self) -> int:
        """How many hotels of the file are in the catalogue now."""
        return self.answer.created_count + self.answer.updated_count + self.answer.unchanged_count

    @property
    def complaints(self) -> Iterator[str]:
        """What kept each of the others out, a line each: `hotels.csv:7: latitude: must be a number of degrees`."""
        for bad in self.bad:
            yield ": ".join(part for part in (f"{self.path}:{bad.line}", bad.column, bad.message) if part)
        for refused in self.answer.refused:
            yield f"{self.path}: {refused.hotel}: {refused.message}"
        if unnamed := self.answer.refused_count - len(self.answer.refused):
            yield f"{self.path}: {unnamed} more were refused"

    @property
    def summary(self) -> str:
        """All of it in a line."""
        got = self.answer
        taken = f"{got.created_count} created, {got.updated_count} updated, {got.unchanged_count} unchanged"
        return f"hotels: {taken}, {got.refused_count} refused; bad lines: {len(self.bad)}"


class HotelsFile:
    """A CSV file. Raises Mistake where it cannot be read, or has not the columns that it needs.

    Args:
        path: Where it is.
        seed: What its rooms and prices are made up from.
    """

    def __init__(self, path: Path, seed: int) -> None:
        self._path = path
        self._bad: list[BadLine] = []
        try:
            with path.open("rb") as file:
                self.lines = sum(1 for _ in file) - 1
            found = read_hotels(path, seed=seed)
            # What is wrong with the file as a whole shows with its first line.
            self._found = chain(list(islice(found, 1)), found)
        except OSError as error:
            raise Mistake(f"{path}: {error.strerror}") from None
        except ValueError as error:
            raise Mistake(str(error)) from None

    def hotels(self) -> Iterator[ImportHotelsRequest]:
        """The hotels of the good lines; the others are put aside."""
        for found in self._found:
            if isinstance(found, BadLine):
                self._bad.append(found)
            else:
                yield found

    def take_to(self, channel: grpc.Channel, secret: str) -> Outcome:
        """Stream the hotels to the hotels service, and return what became of them."""
        contract = hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"]
        hotels: Any = Remote(contract, channel, ClientToken(channel, secret, ["hotels.write"]), comments={})
        return Outcome(hotels.ImportHotels(requests(self.hotels(), self.lines)), self._bad, self._path)
