"""Mutual TLS: both ends of a connection show a certificate of the platform's authority, and a server proves with it to
be the service that its caller asked for."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc

from chassis.security.certificate_files import CertificateFiles
from chassis.security.tls_directory import CERTIFICATE, KEY, own_directory


@dataclass(frozen=True, slots=True)
class TransportSecurity:
    """What a process shows of itself, and whom it trusts."""

    files: CertificateFiles
    directory: Path

    @classmethod
    def of_services(cls, tls_dir: Path | None, services: Sequence[str]) -> TransportSecurity | None:
        """That of a process with these services; None without a directory. Raises StartError (see CertificateFiles)."""
        return cls._read(tls_dir, services, services)

    @classmethod
    def of_client(cls, tls_dir: Path | None, name: str) -> TransportSecurity | None:
        """That of a client of that name, which serves nothing; None without a directory. Raises StartError."""
        return cls._read(tls_dir, [name], ())

    @classmethod
    def _read(cls, tls_dir: Path | None, names: Sequence[str], services: Sequence[str]) -> TransportSecurity | None:
        if tls_dir is None:
            return None
        directory = own_directory(tls_dir, names)
        return cls(CertificateFiles.read(directory, services), directory)

    def server_credentials(self) -> grpc.ServerCredentials:
        """For a port that takes only clients with a certificate of the authority."""
        return grpc.ssl_server_credentials(
            [(self.files.key, self.files.certificate)],
            root_certificates=self.files.authority,
            require_client_auth=True,
        )

    def server_context(self) -> ssl.SSLContext:
        """The same for a port of HTTP."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=self.files.authority.decode())
        context.load_cert_chain(self.directory / CERTIFICATE, self.directory / KEY)
        context.verify_mode = ssl.CERT_REQUIRED
        context.set_alpn_protocols(["http/1.1"])
        return context

    def client_context(self) -> ssl.SSLContext:
        """For connections to a server that is not of the platform, such as a broker: its certificate is to be of the
        platform's authority, or of one that the system trusts."""
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=self.files.authority.decode())
        context.load_cert_chain(self.directory / CERTIFICATE, self.directory / KEY)
        return context

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """For a channel to a server with a certificate of the authority, for the name that the channel is to."""
        return grpc.ssl_channel_credentials(
            root_certificates=self.files.authority,
            private_key=self.files.key,
            certificate_chain=self.files.certificate,
        )
