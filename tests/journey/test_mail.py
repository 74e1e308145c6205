"""A booking on a platform as users have it, and the mails that lie in the mailbox then."""

from __future__ import annotations

import email
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
from pdfminer.high_level import extract_text

from tests.journey.command import PATIENCE, Up, innkeeper, up

BOOK = """
from datetime import date, timedelta as days
rate = next(plan for hotel in hotels.ListHotels().hotels for plan in hotels.ListRatePlans(parent=hotel.name).rate_plans)
arrival, departure = date.today() + days(30), date.today() + days(32)
quote = booking.QuoteStay(rate_plan=rate.name, check_in=arrival, check_out=departure, guests=1)
guest = {'given_name': 'Zoë', 'family_name': '王', 'email': 'zoe@example.org', 'language_code': 'pt-BR'}
booked = booking.CreateBooking(quote_token=quote.token, lead_guest=guest, card_token='tok_success')
paid = [entry.postings[0].amount for entry in payments.ListLedgerEntries(payment=booked.payment).entries]
print(booked.confirmation_code, paid[0].units, paid[0].nanos // 10_000_000, paid[0].currency_code)
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A platform with a small catalogue, whose hotels have contacts."""
    with up(tmp_path_factory.mktemp("mail") / "data", demo_hotels=25) as running:
        yield running


@pytest.fixture(scope="module")
def booked(platform: Up) -> list[str]:
    """The confirmation code, what was paid in units and cents, and its currency."""
    result = innkeeper("shell", "-c", BOOK, data_dir=platform.data_dir)
    assert result.returncode == 0, result
    return result.stdout.split()


def mail(mailbox: Path, to: str) -> EmailMessage:
    """The mail to that address, once it is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for path in mailbox.glob("*.eml"):
            message = email.message_from_bytes(path.read_bytes(), policy=default)
            assert isinstance(message, EmailMessage)
            if to in str(message["To"]):
                return message
        time.sleep(0.05)
    raise AssertionError(f"nothing to {to} in {list(mailbox.iterdir())}")


def test_the_guest_has_confirmation_and_receipt_with_what_the_ledger_says(platform: Up, booked: list[str]) -> None:
    code, units, cents, currency = booked
    message = mail(platform.data_dir / "mail", "zoe@example.org")
    assert str(message["Subject"]).startswith("Reserva confirmada: ")
    papers = {
        str(part.get_filename()): extract_text(BytesIO(part.get_content())) for part in message.iter_attachments()
    }
    assert sorted(papers) == [f"confirmation-{code}.pdf", f"receipt-{code}.pdf"]
    for text in papers.values():
        digits = "".join(char for char in text if char.isdigit() or char == ",")
        assert f"{units},{int(cents):02}" in digits, (units, cents, currency)
        assert "Zoë 王" in text


def test_the_hotel_has_its_notice(platform: Up, booked: list[str]) -> None:
    message = mail(platform.data_dir / "mail", ".example")
    assert booked[0] in str(message["Subject"])


def test_the_command_shows_them(platform: Up, booked: list[str]) -> None:
    mail(platform.data_dir / "mail", "zoe@example.org")
    listed = innkeeper("mail", data_dir=platform.data_dir)
    assert listed.returncode == 0, listed
    [line] = [line for line in listed.stdout.splitlines() if "zoe@example.org" in line]
    shown = innkeeper("mail", "show", line.split("\t")[0], data_dir=platform.data_dir)
    assert shown.returncode == 0, shown
    assert booked[0] in shown.stdout
    assert f"confirmation-{booked[0]}.pdf" in shown.stdout
