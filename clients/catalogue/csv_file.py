"""Real hotels from a CSV file, with made-up rooms and prices.

The columns are id, name, country (ISO 3166-1 alpha-2), city, address, latitude and longitude, in any order, and where
there are such email, fallback_email and language (BCP 47), by which the hotel's people are reached; others are not
read. Time zone and currency come from the gazetteer.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from random import Random
from typing import Final

from chassis.refusal import InvalidFields
from chassis.validation import check
from clients.catalogue.house import Site, listing
from clients.catalogue.places import TimeZones, local_currencies
from innkeeper.hotels.v1.contacts_pb2 import HotelContact
from innkeeper.hotels.v1.hotels_pb2 import ImportHotelsRequest

COLUMNS: Final = ("id", "name", "country", "city", "address", "latitude", "longitude")
OPTIONAL: Final = ("email", "fallback_email", "language")
"""Columns that may be missing or empty: a hotel of whose people nothing is said keeps the contact that it has."""

COLUMN_OF: Final = {
    "hotel.name": "id",
    "hotel.display_name": "name",
    "hotel.address": "address",
    "hotel.location.latitude": "latitude",
    "hotel.location.longitude": "longitude",
    "contact.email": "email",
    "contact.fallback_email": "fallback_email",
    "contact.language_code": "language",
}
"""Where the contract's complaints about a hotel belong in the file."""

FURTHEST_OUT: Final = 1_000_000.0
"""Metres from the nearest city of its country, beyond which a hotel is not where its coordinates say."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that describes no hotel: where it starts, counted from one, which column, and what is wrong with it.

    The column is empty where the line as a whole is wrong.
    """

    line: int
    column: str
    message: str


class _Wrong(Exception):
    """What is wrong with one column of a line."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


def read_hotels(path: Path | str, *, seed: int = 2026) -> Iterator[ImportHotelsRequest | BadLine]:
    """A hotel for each good line of the file, and a BadLine for each other, in the order of the file.

    What is made up depends on the seed and the hotel's id alone. Raises OSError where the file cannot be read, and
    ValueError where its heading lacks a column.
    """
    with Path(path).open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        heading = [title.strip().casefold() for title in next(reader, [])]
        if missing := [column for column in COLUMNS if column not in heading]:
            raise ValueError(f"{path}: the heading has no column {', '.join(missing)}")
        hotels = _Hotels(seed)
        for line, record in _records(reader):
            try:
                if isinstance(record, csv.Error):
                    raise _Wrong("", f"is no CSV: {record}")
                yield hotels.hotel(line, _fields(heading, record))
            except _Wrong as wrong:
                yield BadLine(line, wrong.column, wrong.message)


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each record that is not blank, with the line on which it starts; the error where it cannot be read."""
    while True:
        line: int = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error
            continue
        if record:
            yield line, record


def _fields(heading: list[str], record: list[str]) -> Mapping[str, str]:
    """The columns that are read, by name."""
    if len(record) > len(heading):
        raise _Wrong("", f"has {len(record)} fields, and the heading {len(heading)}")
    fields = dict(zip(heading, record, strict=False))
    fields = {column: "" for column in OPTIONAL if column not in heading} | fields
    for column in (*COLUMNS, *OPTIONAL):
        if column not in fields:
            raise _Wrong(column, "is missing: the line ends before it")
        if not fields[column].isprintable() and any("\udc80" <= char <= "\udcff" for char in fields[column]):
            raise _Wrong(column, "is not UTF-8")
    return {column: fields[column].strip() for column in (*COLUMNS, *OPTIONAL)}


class _Hotels:
    """Makes hotels of lines, and remembers which ids it has seen."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._time_zones = TimeZones()
        self._currencies = local_currencies()
        self._line_of: dict[str, int] = {}

    def hotel(self, line: int, fields: Mapping[str, str]) -> ImportHotelsRequest:
        """The hotel of a line. Raises _Wrong for the first column in which something is wrong."""
        for column in COLUMNS:
            if not fields[column] and column != "address":
                raise _Wrong(column, "is empty")
        hotel_id = fields["id"].lower()
        if hotel_id in self._line_of:
            raise _Wrong("id", f"stands on line {self._line_of[hotel_id]} already")
        made = listing(self._site(hotel_id, fields), Random(f"{self._seed}:{hotel_id}"))  # noqa: S311 - made up
        try:
            check(made)
            contact = _contact(made.hotel.name, fields)
            check(contact, at="contact")
        except InvalidFields as invalid:
            field, message = invalid.violations[0]
            raise _Wrong(COLUMN_OF.get(field, ""), message) from None
        self._line_of[hotel_id] = line
        said = any(fields[column] for column in OPTIONAL)
        return ImportHotelsRequest(listing=made, contact=contact if said else None)

    def _site(self, hotel_id: str, fields: Mapping[str, str]) -> Site:
        region_code = fields["country"].upper()
        if not self._time_zones.knows(region_code):
            raise _Wrong("country", "must be the code of a country, such as AT")
        latitude, longitude = (_degrees(fields, column) for column in ("latitude", "longitude"))
        time_zone, metres = self._time_zones.nearest(region_code, latitude, longitude)
        if metres > FURTHEST_OUT:
            raise _Wrong("latitude", f"is {metres / 1000:.0f} km from the nearest city of {region_code}")
        return Site(
            hotel_id=hotel_id,
            display_name=fields["name"],
            region_code=region_code,
            city=fields["city"],
            address_line=fields["address"],
            latitude=latitude,
            longitude=longitude,
            time_zone=time_zone,
            currency=self._currencies.get(region_code, ""),
        )


def _contact(hotel: str, fields: Mapping[str, str]) -> HotelContact:
    return HotelContact(
        name=f"{hotel}/contact",
        email=fields["email"],
        fallback_email=fields["fallback_email"],
        language_code=fields["language"],
    )


def _degrees(fields: Mapping[str, str], column: str) -> float:
    try:
        degrees = float(fields[column])
    except ValueError:
        raise _Wrong(column, "must be a number of degrees") from None
    limit = 90 if column == "latitude" else 180
    if not isfinite(degrees) or abs(degrees) > limit:
        raise _Wrong(column, f"must be from -{limit} to {limit} degrees")
    return degrees
