"""Distances and boxes, also where the earth makes them hard."""

from __future__ import annotations

from math import asin, atan2, cos, degrees, pi, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.search.geo import EARTH_RADIUS, Point, boxes, distance

POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
RADII = st.integers(1, 100_000)


def away(start: Point, metres: float, bearing: float) -> Point:
    """Where one is who goes so far in a direction, in degrees clockwise from north."""
    latitude, longitude, course, angle = (
        radians(start.latitude),
        radians(start.longitude),
        radians(bearing),
        metres / EARTH_RADIUS,
    )
    there = asin(max(-1.0, min(1.0, sin(latitude) * cos(angle) + cos(latitude) * sin(angle) * cos(course))))
    turned = atan2(sin(course) * sin(angle) * cos(latitude), cos(angle) - sin(latitude) * sin(there))
    return Point(degrees(there), (degrees(longitude + turned) + 180) % 360 - 180)


@given(POINTS, RADII, st.floats(0, 1), st.floats(0, 360))
@example(Point(0, 180), 100_000, 1.0, 90)
@example(Point(0, -180), 100_000, 1.0, 270)
@example(Point(-17.8, 179.99), 15_000, 1.0, 45)
@example(Point(90, 0), 100_000, 1.0, 0)
@example(Point(-89.999, 170), 100_000, 1.0, 180)
@example(Point(89.1, 0), 100_000, 1.0, 90)
def test_whoever_is_within_the_radius_is_in_a_box(centre: Point, radius: int, share: float, bearing: float) -> None:
    point = away(centre, radius * share, bearing)
    assert any(box.holds(point) for box in boxes(centre, radius))


@given(POINTS, RADII)
def test_boxes_lie_on_the_map_and_apart(centre: Point, radius: int) -> None:
    found = boxes(centre, radius)
    assert 1 <= len(found) <= 2
    for box in found:
        assert -90 <= box.south <= box.north <= 90
        assert -180 <= box.west <= box.east <= 180
    if len(found) == 2:
        assert {found[0].east, found[1].west} == {180, -180}
        assert found[1].east < found[0].west


@given(st.floats(-60, 60), st.floats(-180, 180), RADII)
def test_boxes_are_no_larger_than_they_must_be(latitude: float, longitude: float, radius: int) -> None:
    found = boxes(Point(latitude, longitude), radius)
    height = radians(found[0].north - found[0].south) * EARTH_RADIUS
    width = sum(radians(box.east - box.west) for box in found) * cos(radians(latitude)) * EARTH_RADIUS
    assert height == pytest.approx(2 * radius, abs=1)
    assert width == pytest.approx(2 * radius, rel=0.03, abs=1)


@given(POINTS, POINTS, POINTS)
def test_distance_is_a_metric(one: Point, other: Point, third: Point) -> None:
    direct = distance(one, other)
    assert distance(one, one) == 0
    assert direct == distance(other, one)
    assert 0 <= direct <= pi * EARTH_RADIUS
    assert direct <= distance(one, third) + distance(third, other) + 0.1


@given(POINTS, st.floats(0, 100_000), st.floats(0, 360))
def test_distance_is_how_far_one_went(start: Point, metres: float, bearing: float) -> None:
    assert distance(start, away(start, metres, bearing)) == pytest.approx(metres, abs=0.1)


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        pytest.param(Point(48.20849, 16.37208), Point(48.85341, 2.3488), 1033, id="Vienna to Paris"),
        pytest.param(Point(0, 179.5), Point(0, -179.5), 111, id="a degree over the date line"),
        pytest.param(Point(90, 0), Point(-90, 0), 20_015, id="pole to pole"),
        pytest.param(Point(89.9, 0), Point(89.9, 180), 22, id="across the pole"),
    ],
)
def test_known_distances(one: Point, other: Point, kilometres: int) -> None:
    assert distance(one, other) / 1000 == pytest.approx(kilometres, abs=2)
