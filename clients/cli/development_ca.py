"""A certificate authority for development, and the certificates that it signs: X.509 as RFC 5280 has it, on P-256."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clients.cli.failure import Failure

CERTIFICATE = "ca.crt"
KEY = "ca.key"
YEARS = 10
SKEW = timedelta(minutes=5)
"""How far the clock of whoever checks a certificate may be behind."""


@dataclass(frozen=True, slots=True)
class DevelopmentCa:
    """Signs certificates. Made by `create` or `load`."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def load(cls, directory: Path, now: datetime) -> DevelopmentCa | None:
        """The authority that is kept in the directory, or None. Raises Failure where it is there and cannot sign."""
        certificate, key = directory / CERTIFICATE, directory / KEY
        if not certificate.exists() and not key.exists():
            return None
        again = f"bring it back, or delete {directory} to make a new authority, whose certificates replace all others"
        for file in (certificate, key):
            if not file.exists():
                raise Failure(f"{file}: is missing; {again}")
        try:
            loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
            private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Failure(f"{directory}: {CERTIFICATE} or {KEY} cannot be read as PEM; {again}") from None
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != loaded.public_key():
            raise Failure(f"{key}: is not the key of {certificate}; {again}")
        if loaded.not_valid_after_utc <= now:
            raise Failure(f"{certificate}: expired on {loaded.not_valid_after_utc:%Y-%m-%d}; {again}")
        return cls(loaded, private)

    @classmethod
    def create(cls, directory: Path, now: datetime) -> DevelopmentCa:
        """A new authority, kept in the directory."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "innkeeper development CA")])
        certificate = (
            _builder(name, name, key.public_key(), key.public_key(), now)
            .not_valid_after(now + timedelta(days=365 * YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        write(directory / KEY, _pem(key), mode=0o600)
        write(directory / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
        return cls(certificate, key)

    @property
    def pem(self) -> bytes:
        """The authority's own certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(
        self, owner: str, names: Iterable[str], *, now: datetime, until: datetime, server: bool = True
    ) -> tuple[bytes, bytes]:
        """A certificate and its key, in PEM.

        Args:
            owner: The subject's common name, for people to read.
            names: What it is for: names, and IP addresses.
            now: When it begins to be good.
            until: When it ends to be good; the authority's own end is the latest.
            server: Whether it is good for a server, beside a client.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
        purposes = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if server:
            purposes.insert(0, ExtendedKeyUsageOID.SERVER_AUTH)
        certificate = (
            _builder(subject, self.certificate.subject, key.public_key(), self.key.public_key(), now)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM), _pem(key)


def write(path: Path, content: bytes, *, mode: int) -> None:
    """Put a file into place at once, with that mode from its first byte on; its directory is made where it is not."""
    path.parent.mkdir(mode=0o755 if mode & 0o044 else 0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
) -> x509.CertificateBuilder:
    """What every certificate has: names, serial number, and the identifiers by which a chain is found."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
