"""Accounts, clients, keys and tokens in the words of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration

from chassis.dates import to_timestamp
from innkeeper.auth.v1 import auth_pb2
from services.auth.account import Account
from services.auth.client import Client
from services.auth.refresh import TokenFamily
from services.auth.signing_keys import SigningKey
from services.auth.tokens import AccessClaims


def account_message(account: Account) -> auth_pb2.Account:
    """The account, without its password."""
    return auth_pb2.Account(
        name=account.name, user=account.user, email=account.email, create_time=to_timestamp(account.create_time)
    )


def client_message(client: Client, secret: str = "") -> auth_pb2.Client:
    """The client; with its secret in the one answer that shows it."""
    return auth_pb2.Client(
        name=client.name,
        display_name=client.display_name,
        scopes=sorted(client.scopes),
        secret=secret,
        create_time=to_timestamp(client.create_time),
        redirect_uris=client.redirect_uris,
        public=client.is_public,
    )


def tokens_message(
    access_token: str, *, life: timedelta, scopes: frozenset[str], subject: str, refresh_token: str = ""
) -> auth_pb2.Tokens:
    """The answer to a grant."""
    expires_in = Duration()
    expires_in.FromTimedelta(life)
    return auth_pb2.Tokens(
        access_token=access_token,
        token_type="Bearer",  # noqa: S106, the scheme of RFC 6750
        expires_in=expires_in,
        refresh_token=refresh_token,
        scopes=sorted(scopes),
        subject=subject,
    )


def jwks_message(keys: Sequence[SigningKey]) -> auth_pb2.Jwks:
    """The public parts of keys, in the same order."""
    return auth_pb2.Jwks(
        keys=[
            auth_pb2.Jwk(kty="EC", crv="P-256", kid=key.kid, use="sig", alg="ES256", x=key.x, y=key.y) for key in keys
        ]
    )


def of_access_token(claims: AccessClaims) -> auth_pb2.IntrospectTokenResponse:
    """What a good access token says."""
    return auth_pb2.IntrospectTokenResponse(
        active=True,
        subject=claims.subject,
        scopes=sorted(claims.scopes),
        audience=[claims.audience],
        expire_time=to_timestamp(claims.expire_time),
        token_type="access_token",  # noqa: S106, a kind of token (RFC 7009)
        client_id=claims.client_id,
        issuer=claims.issuer,
        issue_time=to_timestamp(claims.issue_time),
        jti=claims.jti,
    )


def of_refresh_token(family: TokenFamily, *, audience: str, issuer: str) -> auth_pb2.IntrospectTokenResponse:
    """What a good refresh token stands for."""
    return auth_pb2.IntrospectTokenResponse(
        active=True,
        subject=family.user,
        scopes=sorted(family.scopes),
        audience=[audience],
        expire_time=to_timestamp(family.expire_time),
        token_type="refresh_token",  # noqa: S106, a kind of token (RFC 7009)
        client_id=family.client_id,
        issuer=issuer,
    )


def inactive() -> auth_pb2.IntrospectTokenResponse:
    """All that is told of a token that is not good."""
    return auth_pb2.IntrospectTokenResponse(active=False)
