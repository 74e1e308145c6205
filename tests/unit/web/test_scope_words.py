"""Whatever a user may allow is said in words."""

from __future__ import annotations

from services.auth.scopes import TRAVELLER
from services.web.oauth.scope_words import WORDS


def test_every_scope_of_a_traveller_has_words() -> None:
    assert set(WORDS) == TRAVELLER
