"""Mutual TLS: both ends of a connection show a certificate of the platform's authority, and a server proves with it to
be the service that its caller asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc

from chassis.security.certificate_files import CertificateFiles
from chassis.security.tls_directory import own_directory


@dataclass(frozen=True, slots=True)
class TransportSecurity:
    """What a process shows of itself, and whom it trusts."""

    files: CertificateFiles

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
        return cls(CertificateFiles.read(own_directory(tls_dir, names), services))

    def server_credentials(self) -> grpc.ServerCredentials:
        """For a port that takes only clients with a certificate of the authority."""
        return grpc.ssl_server_credentials(
            [(self.files.key, self.files.certificate)],
            root_certificates=self.files.authority,
            require_client_auth=True,
        )

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """For a channel to a server with a certificate of the authority, for the name that the channel is to."""
        return grpc.ssl_channel_credentials(
            root_certificates=self.files.authority,
            private_key=self.files.key,
            certificate_chain=self.files.certificate,
        )
