"""A notice to a hotel: what it is after what has happened, and who may acknowledge it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.notifications.notices.notice import Notice, State, name_for
from services.notifications.notices.token import NoticeTokenInvalid, NoticeTokens

THEN, NOW = datetime(2027, 4, 1, 12, tzinfo=UTC), datetime(2027, 4, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("happened", "state"),
    [
        pytest.param((), State.WAITING, id="nothing"),
        pytest.param(("send_time",), State.WAITING, id="sent"),
        pytest.param(("send_time", "escalate_time"), State.ESCALATED, id="sent-twice"),
        pytest.param(("send_time", "acknowledge_time"), State.ACKNOWLEDGED, id="acknowledged"),
        pytest.param(("escalate_time", "acknowledge_time"), State.ACKNOWLEDGED, id="acknowledged-late"),
        pytest.param(("send_time", "withdraw_time"), State.WITHDRAWN, id="cancelled"),
        pytest.param(("acknowledge_time", "withdraw_time"), State.ACKNOWLEDGED, id="acknowledged-then-cancelled"),
    ],
)
def test_its_state_and_whether_it_can_be_acknowledged(happened: tuple[str, ...], state: State) -> None:
    known = Notice(name="notices/b", booking="bookings/b", hotel="hotels/sacher", create_time=THEN)
    for time in happened:
        known = Notice(**{field: getattr(known, field) for field in Notice.__slots__} | {time: THEN})
    assert known.state is state
    acknowledged = known.acknowledged(NOW)
    if state in (State.WAITING, State.ESCALATED):
        assert (acknowledged.state, acknowledged.acknowledge_time) == (State.ACKNOWLEDGED, NOW)
    else:
        assert acknowledged == known


def test_a_token_says_which_notice_it_is_in_every_process_with_the_secret() -> None:
    name = name_for("bookings/7f3a")
    assert NoticeTokens(b"s" * 32).read(NoticeTokens(b"s" * 32).issue(name)) == name == "notices/7f3a"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param(".", id="a-dot"),
        pytest.param("7f3a", id="without-a-signature"),
        pytest.param("{other}", id="by-another-secret"),
        pytest.param("7f3b.{signature}", id="of-another-notice"),
        pytest.param("{good}A", id="a-letter-more"),
        pytest.param("7f3a.\u00e9", id="no-ascii"),
    ],
)
def test_a_token_that_was_not_made_here_is_refused(token: str) -> None:
    tokens = NoticeTokens(b"s" * 32)
    good, other = tokens.issue("notices/7f3a"), NoticeTokens(b"o" * 32).issue("notices/7f3a")
    with pytest.raises(NoticeTokenInvalid):
        tokens.read(token.format(good=good, other=other, signature=good.partition(".")[2]))
