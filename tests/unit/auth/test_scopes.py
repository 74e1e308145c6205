"""Which scopes a token gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.scopes import ScopeNotGranted, granted

SCOPES = st.frozensets(st.sampled_from(["users.read", "users.write", "hotels.write", "admin"]))


@given(allowed=SCOPES, asked=SCOPES)
def test_no_token_has_more_than_its_grant(allowed: frozenset[str], asked: frozenset[str]) -> None:
    if asked <= allowed:
        assert granted(allowed, asked) == (asked or allowed)
    else:
        with pytest.raises(ScopeNotGranted) as refusal:
            granted(allowed, asked)
        assert refusal.value.metadata["scopes"].split() == sorted(asked - allowed)
