"""Distances on the surface of the earth, taken as a sphere, and boxes of latitude and longitude around a point."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt

EARTH_RADIUS = 6_371_008.8
"""Metres; the mean radius R1 of the WGS 84 ellipsoid (IUGG)."""

MARGIN = 1e-6
"""Degrees, a tenth of a metre: what rounding may take from a box."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees of latitude, north positive, and of longitude, east positive (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """All points with `south <= latitude <= north` and `west <= longitude <= east`."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, point: Point) -> bool:
        """Whether the point is in the box or on its edge."""
        return self.south <= point.latitude <= self.north and self.west <= point.longitude <= self.east


def distance(one: Point, other: Point) -> float:
    """Metres from one point to the other along a great circle (haversine formula)."""
    south, north = radians(one.latitude), radians(other.latitude)
    across = sin(radians(other.longitude - one.longitude) / 2)
    up = sin((north - south) / 2)
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(up * up + cos(south) * cos(north) * across * across)))


def boxes(centre: Point, radius: float) -> tuple[Box, ...]:
    """One or two boxes that hold every point within so many metres: two where the circle crosses the date line.

    Around a pole all longitudes are near. Elsewhere the circle touches the meridians asin(sin(r) / cos(latitude)) away
    from its middle, r being the radius as an angle (J. P. Matuschek, "Finding Points Within a Distance of a
    Latitude/Longitude Using Bounding Coordinates").
    """
    reach = radius / EARTH_RADIUS
    south = centre.latitude - degrees(reach) - MARGIN
    north = centre.latitude + degrees(reach) + MARGIN
    if south <= -90 or north >= 90:
        return (Box(south=max(south, -90.0), north=min(north, 90.0), west=-180.0, east=180.0),)
    width = degrees(asin(min(1.0, sin(reach) / cos(radians(centre.latitude))))) + MARGIN
    west, east = centre.longitude - width, centre.longitude + width
    spans: tuple[tuple[float, float], ...]
    if west < -180:
        spans = ((west + 360, 180.0), (-180.0, east))
    elif east > 180:
        spans = ((west, 180.0), (-180.0, east - 360))
    else:
        spans = ((west, east),)
    return tuple(Box(south=south, north=north, west=west, east=east) for west, east in spans)
