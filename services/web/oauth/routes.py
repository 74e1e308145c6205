"""Every path of the authorization server."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from chassis.service import Kit
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from services.web.oauth import paths
from services.web.oauth.authorize import Authorize
from services.web.oauth.client_authentication import ClientAuthentication
from services.web.oauth.form_token import FormTokens
from services.web.oauth.introspect import Introspect
from services.web.oauth.jwks import Jwks
from services.web.oauth.metadata import Metadata
from services.web.oauth.oauth_error import answering
from services.web.oauth.revoke import Revoke
from services.web.oauth.token import Token
from services.web.page import Pages


def routes(kit: Kit) -> list[BaseRoute]:
    """Metadata, keys, the endpoints of programs, and the page of people."""
    auth = kit.stub(AuthServiceStub)
    issuer = kit.settings.public_url
    authorize = Authorize(auth, issuer, Pages(), FormTokens(kit.secret("authorize-form"), issuer))
    introspect = Introspect(auth, ClientAuthentication(auth))
    return [
        Route(paths.METADATA, Metadata(issuer, kit.catalogue).answer),
        Route(paths.JWKS, Jwks(auth).answer),
        Route(paths.AUTHORIZE, authorize.ask, methods=["GET"]),
        Route(paths.AUTHORIZE, authorize.decide, methods=["POST"]),
        Route(paths.TOKEN, answering(Token(auth).answer), methods=["POST"]),
        Route(paths.REVOKE, answering(Revoke(auth).answer), methods=["POST"]),
        Route(paths.INTROSPECT, answering(introspect.answer), methods=["POST"]),
    ]
