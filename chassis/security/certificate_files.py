"""A certificate, its key and the authority that it trusts: read from a directory, and checked before anyone relies on
them."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import geteuid
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from chassis.errors import StartError
from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY

_PURPOSES = {ExtendedKeyUsageOID.SERVER_AUTH: "servers", ExtendedKeyUsageOID.CLIENT_AUTH: "clients"}


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """What the three files hold, in PEM: the certificate with those between it and the authority, its key, and the
    authorities that are trusted."""

    certificate: bytes
    key: bytes = field(repr=False)
    authority: bytes

    @classmethod
    def read(cls, directory: Path, services: Sequence[str], *, now: datetime | None = None) -> CertificateFiles:
        """The files in the directory, for a process that serves these services; for a client that serves none, `()`.

        Raises StartError that names the file and says what is wrong with it: not there, not PEM, readable by others,
        expired, for another key, service or purpose, or not signed by an authority that is good.
        """
        now = now or datetime.now(UTC)
        paths = [directory / name for name in (CERTIFICATE, KEY, AUTHORITY)]
        certificate_path, key_path, authority_path = paths
        certificate, key, authority = (_content(path) for path in paths)
        _refuse_open(key_path)
        leaf, *between = _certificates(certificate_path, certificate)
        trusted = _certificates(authority_path, authority)
        if _private_key(key_path, key).public_key() != leaf.public_key():
            raise StartError(
                f"{key_path}: is not the key of {certificate_path}; put the key there that was made with it"
            )
        _check_dates(certificate_path, leaf, now)
        _check_purpose(certificate_path, leaf, services)
        _check_names(certificate_path, leaf, services)
        if not _leads_to(leaf, _in_time(between, now), _in_time(trusted, now)):
            raise StartError(
                f"{certificate_path}: is not signed by an authority of {authority_path} that is good now; put the"
                f" authority there that signed it, or into {CERTIFICATE} the certificates between the two"
            )
        return cls(certificate, key, authority)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise StartError(
            f"{path}: is missing; INNKEEPER_TLS_DIR must have {CERTIFICATE}, {KEY} and {AUTHORITY}"
            " (`innkeeper certs` makes them for development)"
        ) from None
    except OSError as error:
        raise StartError(f"{path}: cannot be read ({error.strerror})") from None


def _refuse_open(path: Path) -> None:
    status = path.stat()
    if open_to_others(status.st_mode, owner=status.st_uid, reader=geteuid()):
        raise StartError(f"{path}: a key that others can read; run chmod 600 {path}")


def open_to_others(mode: int, *, owner: int, reader: int) -> bool:
    """Whether a file of that mode and owner is open to others than its reader.

    One that belongs to root may be readable by the reader's group: Kubernetes mounts secrets like that for a process
    that is not root. PostgreSQL has the same rule for its keys.
    """
    for_group = stat.S_IRGRP if owner == 0 != reader else 0
    return bool(mode & (stat.S_IRWXG | stat.S_IRWXO) & ~for_group)


def _certificates(path: Path, pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise StartError(f"{path}: holds no certificate in PEM (-----BEGIN CERTIFICATE-----)") from None


def _private_key(path: Path, pem: bytes) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(pem, password=None)
    except TypeError:
        raise StartError(
            f"{path}: is encrypted; a process that starts by itself needs a key without password"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise StartError(f"{path}: holds no private key in PEM (-----BEGIN PRIVATE KEY-----)") from None


def _check_dates(path: Path, leaf: x509.Certificate, now: datetime) -> None:
    if now > leaf.not_valid_after_utc:
        raise StartError(f"{path}: expired on {leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC; put a newer one there")
    if now < leaf.not_valid_before_utc:
        raise StartError(
            f"{path}: is good from {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on, and here it is"
            f" {now:%Y-%m-%d %H:%M}; is the clock right?"
        )


def _in_time(certificates: Sequence[x509.Certificate], now: datetime) -> list[x509.Certificate]:
    return [it for it in certificates if it.not_valid_before_utc <= now <= it.not_valid_after_utc]


def _check_purpose(path: Path, leaf: x509.Certificate, services: Sequence[str]) -> None:
    """A server calls others as well. A certificate that names no purpose is good for all (RFC 5280, 4.2.1.12)."""
    try:
        named = leaf.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
    except x509.ExtensionNotFound:
        return
    assert isinstance(named, x509.ExtendedKeyUsage)
    if ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in named:
        return
    needed = _PURPOSES if services else [ExtendedKeyUsageOID.CLIENT_AUTH]
    if lacking := [_PURPOSES[purpose] for purpose in needed if purpose not in named]:
        raise StartError(
            f"{path}: is not good for {' and '.join(lacking)}; its extended key usage must have serverAuth and"
            " clientAuth"
        )


def _check_names(path: Path, leaf: x509.Certificate, services: Sequence[str]) -> None:
    try:
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = alternatives.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names = []
    if lacking := sorted(set(services) - {name.lower() for name in names}):
        raise StartError(
            f"{path}: is not for {', '.join(lacking)}, but for {', '.join(names) or 'nobody'}; callers expect the name"
            " of the service among its DNS names (subject alternative names)"
        )


def _leads_to(
    certificate: x509.Certificate, between: Sequence[x509.Certificate], trusted: Sequence[x509.Certificate]
) -> bool:
    """Whether a chain of signatures leads from the certificate to one that is trusted, over those between."""
    if any(_signed(certificate, by=authority) for authority in trusted):
        return True
    return any(
        _signed(certificate, by=issuer) and _leads_to(issuer, [*between[:place], *between[place + 1 :]], trusted)
        for place, issuer in enumerate(between)
    )


def _signed(certificate: x509.Certificate, *, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
