"""Hotels from a CSV file: the good lines become hotels, the bad ones are named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chassis.validation import check
from clients.catalogue.csv_file import BadLine, read_hotels
from innkeeper.hotels.v1.contacts_pb2 import HotelContact
from innkeeper.hotels.v1.hotels_pb2 import ImportHotelsRequest
from services.hotels.messages import to_listing
from tests.unit.hotels.listings import NOW

HEADING = "id,name,country,city,address,latitude,longitude"
GOOD = "17,Zum Beispiel,AT,Vienna,Am Graben 1,48.21,16.37"
EUROPE = Path(__file__).parents[4] / "shared" / "data" / "hotels_europe.csv"


def write(directory: Path, *lines: str | bytes) -> Path:
    path = directory / "hotels.csv"
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


def test_a_line_becomes_a_listing(tmp_path: Path) -> None:
    (read,) = read_hotels(write(tmp_path, HEADING, GOOD))

    assert isinstance(read, ImportHotelsRequest)
    assert not read.HasField("contact")
    listing = read.listing
    check(listing)
    to_listing(listing, now=NOW)
    hotel = listing.hotel
    assert (hotel.name, hotel.display_name, hotel.time_zone) == ("hotels/17", "Zum Beispiel", "Europe/Vienna")
    assert (hotel.address.region_code, hotel.address.locality) == ("AT", "Vienna")
    assert list(hotel.address.address_lines) == ["Am Graben 1"]
    assert (hotel.location.latitude, hotel.location.longitude) == (48.21, 16.37)
    assert hotel.currency_code == "EUR"
    assert listing.room_types
    assert listing.rate_plans


@pytest.mark.parametrize(
    ("line", "currency", "time_zone"),
    [
        ("1,A,US,New York,x,40.7,-74.0", "USD", "America/New_York"),
        ("1,A,us,Honolulu,x,21.3,-157.9", "USD", "Pacific/Honolulu"),
        ("1,A,GB,London,x,51.5,-0.1", "GBP", "Europe/London"),
        ("1,A,ES,Las Palmas,x,28.1,-15.4", "EUR", "Atlantic/Canary"),
        ("1,A,JP,Tokyo,x,35.7,139.7", "JPY", "Asia/Tokyo"),
        ("1,A,FJ,Taveuni,x,-16.8,-179.97", "USD", "Pacific/Fiji"),
    ],
    ids=lambda value: value if "/" in value else None,
)
def test_time_zone_and_currency_come_from_the_gazetteer(
    tmp_path: Path, line: str, currency: str, time_zone: str
) -> None:
    (read,) = read_hotels(write(tmp_path, HEADING, line))
    assert isinstance(read, ImportHotelsRequest)
    listing = read.listing
    assert (listing.hotel.currency_code, listing.hotel.time_zone) == (currency, time_zone)


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        pytest.param(",A,AT,Wien,x,48,16", "id", "is empty", id="no id"),
        pytest.param("a b,A,AT,Wien,x,48,16", "id", "hotel", id="an id that is none"),
        pytest.param("17,A,AT,Wien,x,48,16", "id", "stands on line 2 already", id="an id twice"),
        pytest.param("1,,AT,Wien,x,48,16", "name", "is empty", id="no name"),
        pytest.param(f"1,{'x' * 201},AT,Wien,x,48,16", "name", "200", id="a long name"),
        pytest.param("1,A,XX,Wien,x,48,16", "country", "must be the code of a country", id="no such country"),
        pytest.param("1,A,Austria,Wien,x,48,16", "country", "must be the code of a country", id="a country's name"),
        pytest.param("1,A,AT,,x,48,16", "city", "is empty", id="no city"),
        pytest.param(f"1,A,AT,Wien,{'x' * 201},48,16", "address", "200", id="a long address"),
        pytest.param("1,A,AT,Wien,x,north,16", "latitude", "must be a number", id="no number"),
        pytest.param("1,A,AT,Wien,x,nan,16", "latitude", "must be from -90 to 90", id="not a number"),
        pytest.param("1,A,AT,Wien,x,91,16", "latitude", "must be from -90 to 90", id="beyond the pole"),
        pytest.param("1,A,AT,Wien,x,48,-181", "longitude", "must be from -180 to 180", id="beyond the date line"),
        pytest.param(
            "1,A,AT,Wien,x,16.37,48.21", "latitude", "km from the nearest city of AT", id="the wrong way round"
        ),
        pytest.param("1,A,AT,Wien,x,48", "longitude", "is missing", id="a short line"),
        pytest.param("1,A,AT,Wien,x,48,16,more", "", "has 8 fields, and the heading 7", id="a long line"),
        pytest.param(b"1,H\xf4tel,AT,Wien,x,48,16", "name", "is not UTF-8", id="another encoding"),
        pytest.param('1,"A"B,AT,Wien,x,48,16', "", "is no CSV", id="a stray quotation mark"),
    ],
)
def test_a_bad_line_is_named_and_stops_nobody(tmp_path: Path, line: str | bytes, column: str, message: str) -> None:
    path = write(tmp_path, HEADING, GOOD, line, "18,After,AT,Wien,x,48.2,16.4")

    before, bad, after = read_hotels(path)

    assert isinstance(before, ImportHotelsRequest)
    assert isinstance(bad, BadLine)
    assert isinstance(after, ImportHotelsRequest)
    assert (bad.line, bad.column) == (3, column)
    assert message in bad.message


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = write(tmp_path, HEADING, "", '1,"Two\nlines",AT,Wien,x,48.2,16.4', "2,A,AT,Wien,x,,16")
    first, second = read_hotels(path)
    assert isinstance(first, BadLine)
    assert isinstance(second, BadLine)
    assert (first.line, first.column) == (3, "name")
    assert (second.line, second.column) == (5, "latitude")


def test_columns_may_come_in_any_order_and_others_are_not_read(tmp_path: Path) -> None:
    heading = "\ufeffName,rating,ID,latitude,longitude,country,city,address"
    (read,) = read_hotels(write(tmp_path, heading, "A,9.1,1,48.2,16.4,AT,Wien,"))
    assert isinstance(read, ImportHotelsRequest)
    assert read.listing.hotel.name == "hotels/1"


@pytest.mark.parametrize(
    ("columns", "values", "contact"),
    [
        pytest.param(
            ",email,fallback_email,language",
            ",desk@17.example,boss@17.example,de-AT",
            HotelContact(email="desk@17.example", fallback_email="boss@17.example", language_code="de-AT"),
            id="all",
        ),
        pytest.param(",language,email", ",,desk@17.example", HotelContact(email="desk@17.example"), id="some"),
        pytest.param(",email,fallback_email,language", ",,,", None, id="nothing said"),
    ],
)
def test_how_its_people_are_reached(tmp_path: Path, columns: str, values: str, contact: HotelContact | None) -> None:
    (read,) = read_hotels(write(tmp_path, HEADING + columns, GOOD + values))
    assert isinstance(read, ImportHotelsRequest)
    assert read.HasField("contact") == (contact is not None)
    if contact is not None:
        contact.name = "hotels/17/contact"
        assert read.contact == contact


@pytest.mark.parametrize(
    ("column", "value"), [("email", "nobody"), ("fallback_email", "a@b@c"), ("language", "in German")]
)
def test_a_way_to_reach_them_that_is_none(tmp_path: Path, column: str, value: str) -> None:
    (bad,) = read_hotels(write(tmp_path, f"{HEADING},{column}", f"{GOOD},{value}"))
    assert isinstance(bad, BadLine)
    assert (bad.line, bad.column) == (2, column)


@pytest.mark.parametrize("lines", [[], ["id,name,country,city,address,latitude"]], ids=["empty", "no longitude"])
def test_a_file_without_the_columns_is_refused(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"has no column .*longitude"):
        list(read_hotels(write(tmp_path, *lines)))


def test_what_is_made_up_depends_on_the_seed_and_the_id_alone(tmp_path: Path) -> None:
    other = "18,Anders,AT,Wien,x,48.2,16.4"
    (first, _) = read_hotels(write(tmp_path, HEADING, GOOD, other))
    (_, again) = read_hotels(write(tmp_path, HEADING, other, GOOD))
    (_, otherwise) = read_hotels(write(tmp_path, HEADING, other, GOOD), seed=1)
    assert first == again != otherwise


def test_every_line_of_the_european_file_becomes_a_listing() -> None:
    path = Path(os.environ.get("HOTELS") or EUROPE)
    if not path.exists():
        pytest.skip(f"not run: there is no file {path} of real hotels; HOTELS may name one")
    read = list(read_hotels(path))
    assert [each for each in read if isinstance(each, BadLine)] == []
    for each in read:
        assert isinstance(each, ImportHotelsRequest)
        to_listing(each.listing, now=NOW)
