"""The JSON of standard types, whichever message uses them (the JSON mapping of Protocol Buffers, and google.type)."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]
"""A schema, or any other object of an OpenAPI document."""

INLINE: Final[dict[str, Schema]] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time", "examples": ["2030-07-01T12:00:00Z"]},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$", "examples": ["2.5s"]},
    "google.protobuf.FieldMask": {"type": "string", "examples": ["displayName,stars"]},
    "google.protobuf.Empty": {"type": "object", "maxProperties": 0},
}
"""Types that are written as one value."""

NAMED: Final[dict[str, Schema]] = {
    "google.type.Date": {
        "type": "object",
        "description": "A day of the calendar.",
        "properties": {
            "year": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9999},
            "month": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 12},
            "day": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 31},
        },
        "required": ["year", "month", "day"],
        "additionalProperties": False,
        "examples": [{"year": 2030, "month": 7, "day": 1}],
    },
    "google.type.Money": {
        "type": "object",
        "description": "An amount of money: `units` and `nanos` together, both of one sign. Absent numbers are zero.",
        "properties": {
            "currencyCode": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "By ISO 4217."},
            "units": {
                "type": "string",
                "format": "int64",
                "pattern": "^-?[0-9]{1,19}$",
                "description": "Whole units of the currency; a string, as JSON's numbers are not as long.",
            },
            "nanos": {
                "type": "integer",
                "format": "int32",
                "minimum": -999_999_999,
                "maximum": 999_999_999,
                "description": "Billionths of a unit; whole numbers of the smallest coin.",
            },
        },
        "required": ["currencyCode"],
        "additionalProperties": False,
        "examples": [{"currencyCode": "EUR", "units": "129", "nanos": 500_000_000}],
    },
    "google.type.LatLng": {
        "type": "object",
        "description": "A place on the earth, in degrees (WGS84). Absent numbers are zero.",
        "properties": {
            "latitude": {"type": "number", "format": "double", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "format": "double", "minimum": -180, "maximum": 180},
        },
        "additionalProperties": False,
        "examples": [{"latitude": 48.2082, "longitude": 16.3738}],
    },
}
"""Types that have a schema of their own: what their authors ask for, and the platform holds everybody to."""
