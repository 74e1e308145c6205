"""What is at hand at the prompt: a name for each service, and those by which one signs in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc

from chassis.contracts import contracts
from clients.cli.access import ClientToken, signed_in
from clients.cli.prompt.comments import comments
from clients.cli.prompt.remote import Bearer, Remote
from services.catalogue import CATALOGUE


class Names:
    """The names of one session.

    Args:
        channel: The way to the platform.
        secret: The command line's own, in whose name calls are made until somebody signs in.
    """

    def __init__(self, channel: grpc.Channel, secret: str) -> None:
        self._channel = channel
        self._client = ClientToken(channel, secret)
        self._bearer: Bearer = self._client
        said = comments()
        self._services = {
            name: Remote(contract, channel, lambda: self._bearer(), said)
            for name, contract in contracts(CATALOGUE).items()
        }

    def all(self) -> Mapping[str, Any]:
        """Each name with what it stands for."""
        return {**self._services, "sign_in": self.sign_in, "sign_out": self.sign_out}

    def banner(self, address: str) -> str:
        """What is told at the beginning of a session."""
        return (
            f"Innkeeper at {address}. At hand: {', '.join(self._services)}, sign_in, sign_out.\n"
            'Try hotels.ListHotels(page_size=3), users.GetUser? or search.SearchHotels(city="Vienna", …).\n'
        )

    def sign_in(self, email: str, password: str) -> str:
        """Make the calls that follow as this user. Returns the user's name, `users/…`."""
        tokens = signed_in(self._channel, email, password)
        self._bearer = lambda: tokens.access_token
        return tokens.subject

    def sign_out(self) -> None:
        """Make the calls that follow as the command line again."""
        self._bearer = self._client
