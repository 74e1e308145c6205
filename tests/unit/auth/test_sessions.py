"""Whatever is presented in whatever order, of each session only the newest token is good, until one comes twice."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from services.auth.credentials import digest
from services.auth.refresh import RefreshTokenInvalid, RefreshTokenReused
from services.auth.store import families
from tests.unit.auth.storing import ISSUER, REFRESH_LIFE, START, stored


class Sessions(RuleBasedStateMachine):
    """Each session is modelled by its refresh tokens, oldest first, and by when the newest runs out; None has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.database = self.stack.enter_context(stored())
        self.now = START
        self.tokens: list[list[str]] = []
        self.good_until: list[datetime | None] = []

    @rule()
    def signs_in(self) -> None:
        self.tokens.append([ISSUER.begin(self.database, "users/ada", self.now).refresh_token])
        self.good_until.append(self.now + REFRESH_LIFE)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def presents_a_token(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.tokens) - 1), label="session")
        tokens, good_until = self.tokens[number], self.good_until[number]
        token = data.draw(st.sampled_from(tokens), label="token")
        if good_until is None or self.now >= good_until:
            with pytest.raises(RefreshTokenInvalid):
                ISSUER.renew(self.database, token, None, [], self.now)
        elif token == tokens[-1]:
            tokens.append(ISSUER.renew(self.database, token, None, [], self.now).refresh_token)
            self.good_until[number] = self.now + REFRESH_LIFE
        else:
            with pytest.raises(RefreshTokenReused):
                ISSUER.renew(self.database, token, None, [], self.now)
            families.revoke_of_token(self.database, digest(token), self.now)
            self.good_until[number] = None

    @rule()
    def forgets_what_is_expired(self) -> None:
        families.forget_expired(self.database, self.now)

    def teardown(self) -> None:
        self.stack.close()


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
