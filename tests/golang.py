"""Whether there is a Go to build with."""

from __future__ import annotations

import os

import pytest

from contracts import go_stubs


@pytest.fixture(scope="session")
def go() -> None:
    """Continuous integration has to have the Go that go.mod asks for; at a desk it may be missing."""
    if missing := go_stubs.why_not():
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(f"not run: {missing}")
