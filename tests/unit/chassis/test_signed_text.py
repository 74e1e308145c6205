"""What is signed is believed, and nothing else."""

from __future__ import annotations

import pytest

from chassis.security.signed_text import NotSigned, TextSigner

SIGNER = TextSigner(b"s" * 32)
GOOD = SIGNER.sign("reminders users/ada")


@pytest.mark.parametrize("text", ["", "users/ada", "7f3a", "你好 é", "a.b"])
def test_what_is_signed_comes_back_in_every_process_with_the_secret(text: str) -> None:
    token = SIGNER.sign(text)
    assert TextSigner(b"s" * 32).read(token) == text
    assert not set(token) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param(".", id="a-dot"),
        pytest.param("====", id="padding"),
        pytest.param("é.é", id="no-ascii"),
        pytest.param("\ud800.", id="no-unicode"),
        pytest.param("_w.AAAAAAAAAAAAAAAAAAAAAA", id="no-utf-8"),
        pytest.param(TextSigner(b"o" * 32).sign("reminders users/ada"), id="by-another-secret"),
        pytest.param(SIGNER.sign("users/eve").partition(".")[0] + "." + GOOD.partition(".")[2], id="of-another-text"),
        pytest.param(GOOD + "A", id="a-letter-more"),
        pytest.param(GOOD + "=", id="padded"),
        pytest.param(GOOD[:3] + "!" + GOOD[3:], id="what-base64-leaves-out"),
        *(pytest.param(GOOD[:place] + GOOD[place + 1 :], id=f"without-{place}") for place in range(len(GOOD))),
    ],
)
def test_what_was_altered_is_refused(token: str) -> None:
    with pytest.raises(NotSigned):
        SIGNER.read(token)
