"""What the contracts say about themselves: the comment beside each method, message, field and enum value."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.image import Image
from contracts.paths import GENERATED, IMAGE


def comments() -> Mapping[str, str]:
    """The comment of everything that the contracts declare, by full name; none where the image is not there."""
    path = GENERATED / IMAGE
    if not path.exists():
        return {}
    return {element.name: element.comment for element in Image.load(path).elements()}
