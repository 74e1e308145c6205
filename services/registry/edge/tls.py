"""TLS on both sides of the edge: towards callers, and towards services."""

from __future__ import annotations

from envoy.config.core.v3.base_pb2 import DataSource, TransportSocket
from envoy.extensions.transport_sockets.tls.v3.common_pb2 import (
    CertificateValidationContext,
    SubjectAltNameMatcher,
    TlsCertificate,
    TlsParameters,
)
from envoy.extensions.transport_sockets.tls.v3.tls_pb2 import (
    CommonTlsContext,
    DownstreamTlsContext,
    UpstreamTlsContext,
)
from envoy.type.matcher.v3.string_pb2 import StringMatcher
from google.protobuf.message import Message

from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY
from services.registry.xds.resource import packed


def towards_callers(directory: str) -> TransportSocket:
    """With the certificate in that directory; TLS 1.2 or later, HTTP/2 or HTTP/1.1."""
    context = CommonTlsContext(
        tls_certificates=[_certificate(directory)],
        tls_params=TlsParameters(tls_minimum_protocol_version=TlsParameters.TLSv1_2),
        alpn_protocols=["h2", "http/1.1"],
    )
    return _socket(DownstreamTlsContext(common_tls_context=context))


def towards_service(directory: str, service: str, protocol: str) -> TransportSocket:
    """Mutual, with the files of that directory; a service's certificate is for its name."""
    context = CommonTlsContext(
        tls_certificates=[_certificate(directory)],
        validation_context=CertificateValidationContext(
            trusted_ca=DataSource(filename=f"{directory}/{AUTHORITY}"),
            match_typed_subject_alt_names=[
                SubjectAltNameMatcher(san_type=SubjectAltNameMatcher.DNS, matcher=StringMatcher(exact=service))
            ],
        ),
        alpn_protocols=[protocol],
    )
    return _socket(UpstreamTlsContext(common_tls_context=context, sni=service))


def _certificate(directory: str) -> TlsCertificate:
    return TlsCertificate(
        certificate_chain=DataSource(filename=f"{directory}/{CERTIFICATE}"),
        private_key=DataSource(filename=f"{directory}/{KEY}"),
    )


def _socket(context: Message) -> TransportSocket:
    return TransportSocket(name="envoy.transport_sockets.tls", typed_config=packed(context))
