"""Where the mail server is, and whom mails are from, as the settings say it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chassis.settings import Settings
from chassis.start_error import StartError
from services.notifications.sending.sender import Sender
from services.notifications.sending.smtp.place import Place, Protection
from services.notifications.unsubscribing.token import UnsubscribeTokens

TOKENS = UnsubscribeTokens(bytes(32), "")
TLS, STARTTLS, NONE = Protection.TLS, Protection.STARTTLS, Protection.NONE


@pytest.mark.parametrize(
    ("url", "host", "port", "protection"),
    [
        pytest.param("smtp://mx.example", "mx.example", 587, STARTTLS, id="STARTTLS it must be"),
        pytest.param("smtp://mx.example:25?starttls=no", "mx.example", 25, NONE, id="unless it is told not to"),
        pytest.param("smtp://localhost:1025", "localhost", 1025, NONE, id="or is on loopback"),
        pytest.param("smtp://127.0.0.1?starttls=yes", "127.0.0.1", 587, STARTTLS, id="on loopback on demand"),
        pytest.param("smtp://[::1]:2525/", "::1", 2525, NONE, id="IPv6"),
        pytest.param("smtps://mx.example", "mx.example", 465, TLS, id="TLS from the beginning"),
    ],
)
def test_a_place(url: str, host: str, port: int, protection: Protection) -> None:
    assert Settings.read(smtp_url=url).smtp_url == url
    assert Place.of(url) == Place(host=host, port=port, protection=protection)


def test_an_account() -> None:
    place = Place.of("smtps://ada%40hotels.example:a%3Ab%2Fc%40d%25@mx.example:4465")
    assert (place.user, place.password, place.port) == ("ada@hotels.example", "a:b/c@d%", 4465)
    assert "a:b" not in repr(place)
    assert "a:b" not in str(place)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("smtp://ada:hunter2@mx.example?starttls=no", "unencrypted", id="a password in the clear"),
        pytest.param("smtps://ada:hunter2@mx.example?starttls=yes", "leave", id="encrypted twice"),
    ],
)
def test_no_place(url: str, words: str) -> None:
    with pytest.raises(StartError, match=words) as raised:
        Place.of(url)
    assert "INNKEEPER_SMTP_URL: " in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("content", [None, b"no certificate"], ids=["no file", "another file"])
def test_no_certificates(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StartError, match="INNKEEPER_SMTP_CA_FILE"):
        Place.of("smtps://mx.example").tls(file)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Hotels & Söhne <desk@hotels.example>", "Hotels & Söhne <desk@hotels.example>"),
        ("Hotels, Wien <desk@hotels.example>", "Hotels Wien <desk@hotels.example>"),
        ("desk@hotels.example", "desk@hotels.example"),
        ("<desk@hotels.example>", "desk@hotels.example"),
    ],
)
def test_a_sender(given: str, shown: str) -> None:
    sender = Sender.of(Settings.read(mail_from=given), TOKENS)
    assert str(sender._address) == shown
    assert sender.domain == "hotels.example"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        pytest.param({"smtp_url": "smtps://mx.example"}, "must say whom", id="nobody"),
        pytest.param({"mail_from": "A <a@b..c>"}, "holds no address", id="no domain"),
        pytest.param({"mail_from": "A <jürgen@b.example>"}, "holds no address", id="not every server's"),
    ],
)
def test_no_sender(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(StartError, match=words):
        Sender.of(Settings.read(**settings), TOKENS)
