"""The mailbox directory on the command line: what is listed, shown and saved, whatever is in a mail."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from clients.cli.failure import Failure, Mistake
from clients.cli.mail.box import found, stored, text_of
from clients.cli.main import command_line

IDS = ("aaaa1111222233334444555566667777", "aaaa9999222233334444555566667777", "bbbb1111222233334444555566667777")


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of three mails, and what a crash has left."""
    monkeypatch.setenv("INNKEEPER_DATA_DIR", str(tmp_path))
    directory = tmp_path / "mail"
    directory.mkdir()
    for number, name in enumerate(IDS):
        message = EmailMessage()
        message["Date"] = f"Sat, 21 Nov 2026 1{number}:00:00 +0000"
        message["To"] = "Ada <ada@guests.example>"
        message["Subject"] = f"Ihre Buchung 你好 {number}"
        message.set_content("Grüß Gott \x1b]0;owned\x07 \x1b[31mred\n")
        message.add_alternative("<p>Grüß Gott</p>", subtype="html")
        for file in ("../../receipt.pdf", "receipt.pdf", ".bashrc", ""):
            message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=file)
        (directory / f"20261121T1{number}0000Z-{name}.eml").write_bytes(bytes(message))
    (directory / f".20261121T100000Z-{IDS[0]}.eml").write_bytes(b"From: half")
    return directory


def run(*words: str) -> None:
    command_line()(["mail", *words], standalone_mode=False)


def test_mails_are_listed_the_oldest_first(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run()
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(name, to, subject) for name, _, to, subject in lines] == [
        (name[:8], "Ada <ada@guests.example>", f"Ihre Buchung 你好 {number}") for number, name in enumerate(IDS)
    ]
    assert all("2026-11-2" in time for _, time, _, _ in lines)


def test_no_mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("INNKEEPER_DATA_DIR", str(tmp_path))
    run()
    told = capsys.readouterr()
    assert (told.out, "no mails" in told.err) == ("", True)


def test_a_mail_is_shown(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", "bbbb")
    shown = capsys.readouterr().out
    assert "Subject: Ihre Buchung 你好 2\n" in shown
    assert "Grüß Gott" in shown
    assert "attached: receipt.pdf (application/pdf, 4 bytes)\n" in shown
    assert "\x1b" not in shown, "what a terminal would obey"


def test_the_html_of_a_mail(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", "BBBB", "--html")
    assert capsys.readouterr().out.strip() == "<p>Grüß Gott</p>"


def test_attachments_stay_in_their_directory(box: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "a" / "b" / "c"
    run("show", "bbbb", "--save", str(directory))
    saved = sorted(path.name for path in directory.iterdir())
    assert saved == ["attachment-4", "bashrc", "receipt-2.pdf", "receipt.pdf"]
    assert not list(tmp_path.glob("**/.bashrc"))
    assert all((directory / name).read_bytes() == b"%PDF" for name in saved)


@pytest.mark.parametrize(
    ("wanted", "error", "says"),
    [
        pytest.param("cccc", Failure, "there is no mail cccc", id="none"),
        pytest.param("", Mistake, "an id is asked for", id="nothing said"),
        pytest.param(" ", Mistake, "an id is asked for", id="a space"),
        pytest.param("aaaa", Mistake, "2 mails begin with aaaa", id="two"),
    ],
)
def test_a_mail_that_is_not_one(box: Path, wanted: str, error: type[Any], says: str) -> None:
    with pytest.raises(error, match=says):
        found(box, wanted)


def test_a_mail_that_says_nothing(box: Path) -> None:
    (box / f"20261121T190000Z-{'c' * 32}.eml").write_bytes(b"Date: never\r\nTo: <<<\r\n\r\n")
    message = stored(box)[-1].message()
    assert text_of(message, html=True) == ""
    run()
    run("show", "cccc")
