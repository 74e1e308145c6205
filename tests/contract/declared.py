"""What today's contracts declare, for tests that go through all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pytest

from contracts.image import Element, Image
from contracts.paths import GENERATED
from contracts.paths import IMAGE as PATH

IMAGE: Final = Image.load(GENERATED / PATH)


def each(elements: Iterable[Element[Any]]) -> pytest.MarkDecorator:
    """Run a test once for each element, under the element's full name."""
    return pytest.mark.parametrize("declared", [pytest.param(element, id=element.name) for element in elements])
