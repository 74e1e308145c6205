"""Access tokens: those of the command line itself, which is one of the platform's own OAuth 2 clients, and a user's."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import grpc

from chassis.security.service_clients import CLI
from clients.cli.prompt.remote import Remote
from innkeeper.auth.v1 import auth_pb2

MARGIN = 30.0
"""Seconds before its end at which a token is renewed."""


class ClientToken:
    """Gives the access token of the command line, and renews it in time.

    Args:
        channel: The way to the platform.
        secret: What the client proves itself with.
        scopes: What the token is to be good for; all that the client has where there are none.
    """

    def __init__(self, channel: grpc.Channel, secret: str, scopes: Sequence[str] = ()) -> None:
        self._auth = _auth(channel)
        self._secret = secret
        self._scopes = scopes
        self._token = ""
        self._renew_at = 0.0

    def __call__(self) -> str:
        """The token. Raises grpc.RpcError where the client is not let in, or not for these scopes."""
        if time.monotonic() >= self._renew_at:
            credentials = {"client_id": CLI, "client_secret": self._secret}
            issued = self._auth.IssueToken(client_credentials=credentials, scopes=self._scopes)
            self._token = issued.access_token
            self._renew_at = time.monotonic() + issued.expires_in.ToTimedelta().total_seconds() - MARGIN
        return self._token


def signed_in(channel: grpc.Channel, email: str, password: str) -> auth_pb2.Tokens:
    """A user's tokens. Raises grpc.RpcError where e-mail address and password do not fit."""
    tokens: auth_pb2.Tokens = _auth(channel).SignIn(email=email, password=password)
    return tokens


def _auth(channel: grpc.Channel) -> Any:
    # Whoever asks for a token has none to show.
    return Remote(auth_pb2.DESCRIPTOR.services_by_name["AuthService"], channel, bearer=str, comments={})
