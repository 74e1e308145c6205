"""What has to be there, and is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from buf.validate import validate_pb2
from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import is_identifier, is_required

MAY_BE_NOTHING: Final = frozenset({"innkeeper.hotels.v1.RoomType.units"})
"""Numbers that have to be said of something new, and may later become zero."""


def missing(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A required field that is not set, or is empty."""
    if is_needed(request, spot):
        yield "not set", lambda holder: holder.ClearField(spot.field.name)


def is_needed(request: Any, spot: Spot) -> bool:
    """Whether the field is required here. A resource's own name is, unless the resource is only being made."""
    makes = type(request).__name__.startswith("Create")
    if spot.field.full_name in MAY_BE_NOTHING:
        return makes
    if is_identifier(spot.field):
        return not makes
    return is_required(spot.field) and is_read(request, spot)


def is_read(request: Any, spot: Spot) -> bool:
    """Whether what stands there has an effect: of what an update brings, only the fields of its mask have."""
    if not spot.way or "update_mask" not in request.DESCRIPTOR.fields_by_name:
        return True
    return (*spot.way, spot.field.name)[1] in request.update_mask.paths


def no_alternative(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A oneof of which nothing is set."""
    oneof = spot.field.containing_oneof
    if oneof is None or oneof.fields[0] != spot.field:
        return
    if oneof.GetOptions().Extensions[validate_pb2.oneof].required:
        yield "none set", lambda holder: holder.ClearField(oneof.name)
