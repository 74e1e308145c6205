"""Certificates are checked before anyone relies on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis.errors import StartError
from chassis.security.certificate_files import CertificateFiles, open_to_others
from chassis.security.tls_directory import own_directory
from clients.cli.development_ca import DevelopmentCa
from tests.certificates import NOW, authority, put

Spoil = Callable[[Path], None]


@pytest.fixture
def ca(tmp_path: Path) -> DevelopmentCa:
    return authority(tmp_path / "authority")


@pytest.fixture
def files(tmp_path: Path, ca: DevelopmentCa) -> Path:
    """A directory with a good certificate for booking."""
    return put(tmp_path / "tls", ca, ["booking", "127.0.0.1"])


def intermediate(root: DevelopmentCa, *, good_for: timedelta = timedelta(days=1)) -> DevelopmentCa:
    """An authority that another one vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "between")]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW)
        .not_valid_after(NOW + good_for)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root.key, hashes.SHA256())
    )
    return DevelopmentCa(certificate, key)


def test_what_is_good_is_read(files: Path) -> None:
    read = CertificateFiles.read(files, ["booking"])
    assert read.certificate == (files / "tls.crt").read_bytes()
    assert read.key == (files / "tls.key").read_bytes()
    assert read.authority == (files / "ca.crt").read_bytes()
    assert "PRIVATE KEY" not in repr(read)


def test_a_client_serves_nothing(tmp_path: Path, ca: DevelopmentCa) -> None:
    CertificateFiles.read(put(tmp_path / "tls", ca, ["cli"], server=False), ())


def test_a_chain_over_another_authority(tmp_path: Path, ca: DevelopmentCa) -> None:
    between = intermediate(ca)
    directory = put(tmp_path / "tls", between, ["booking"], trusted=ca)
    with pytest.raises(StartError, match=r"tls.crt: is not signed by an authority of"):
        CertificateFiles.read(directory, ["booking"])
    with (directory / "tls.crt").open("ab") as chain:
        chain.write(between.pem)
    CertificateFiles.read(directory, ["booking"])


def test_an_authority_that_has_expired(tmp_path: Path, ca: DevelopmentCa) -> None:
    between = intermediate(ca, good_for=timedelta(minutes=1))
    directory = put(tmp_path / "tls", between, ["booking"])
    CertificateFiles.read(directory, ["booking"], now=NOW)
    with pytest.raises(StartError, match=r"tls.crt: is not signed by an authority of .* that is good now"):
        CertificateFiles.read(directory, ["booking"], now=NOW + timedelta(minutes=2))


def test_two_authorities_while_one_takes_the_place_of_the_other(tmp_path: Path, ca: DevelopmentCa) -> None:
    directory = put(tmp_path / "tls", ca, ["booking"], trusted=authority(tmp_path / "new"))
    with (directory / "ca.crt").open("ab") as trusted:
        trusted.write(ca.pem)
    CertificateFiles.read(directory, ["booking"])


def encrypted(path: Path) -> bytes:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    lock = serialization.BestAvailableEncryption(b"secret")
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def another_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


SPOILT = [
    pytest.param(lambda d: (d / "tls.crt").unlink(), "tls.crt: is missing", id="no certificate"),
    pytest.param(lambda d: (d / "tls.key").unlink(), "tls.key: is missing", id="no key"),
    pytest.param(lambda d: (d / "ca.crt").unlink(), "ca.crt: is missing", id="no authority"),
    pytest.param(lambda d: (d / "tls.crt").write_text("x"), "tls.crt: holds no certificate in PEM", id="no PEM"),
    pytest.param(
        lambda d: (d / "tls.crt").write_bytes((d / "tls.crt").read_bytes().replace(b"M", b"N")),
        "tls.crt: holds no certificate in PEM",
        id="a damaged certificate",
    ),
    pytest.param(lambda d: (d / "ca.crt").write_bytes(b""), "ca.crt: holds no certificate in PEM", id="empty"),
    pytest.param(
        lambda d: (d / "tls.key").write_bytes((d / "tls.crt").read_bytes()),
        "tls.key: holds no private key in PEM",
        id="a certificate for a key",
    ),
    pytest.param(
        lambda d: (d / "tls.key").write_bytes(encrypted(d / "tls.key")), "tls.key: is encrypted", id="an encrypted key"
    ),
    pytest.param(
        lambda d: (d / "tls.key").write_bytes(another_key()), "tls.key: is not the key of .*tls.crt", id="another key"
    ),
    pytest.param(
        lambda d: (d / "tls.key").chmod(0o644), r"tls.key: a key that others can read; run chmod 600", id="open to all"
    ),
    pytest.param(lambda d: (d / "tls.key").chmod(0o620), "tls.key: a key that others can read", id="open to a group"),
]


@pytest.mark.parametrize(("spoil", "says"), SPOILT)
def test_what_is_wrong_is_told(files: Path, spoil: Spoil, says: str) -> None:
    spoil(files)
    with pytest.raises(StartError, match=f"^{files}/{says}"):
        CertificateFiles.read(files, ["booking"])


@pytest.mark.parametrize(
    ("after", "says"),
    [
        pytest.param(timedelta(days=1, minutes=1), r"expired on 20\d\d-\d\d-\d\d \d\d:\d\d UTC", id="too late"),
        pytest.param(-timedelta(hours=1), "is good from 20.*is the clock right", id="too early"),
    ],
)
def test_a_certificate_out_of_its_time(files: Path, after: timedelta, says: str) -> None:
    with pytest.raises(StartError, match=f"^{files}/tls.crt: {says}"):
        CertificateFiles.read(files, ["booking"], now=NOW + after)


@pytest.mark.parametrize(
    ("names", "services", "says"),
    [
        pytest.param(["hotels"], ["booking"], "is not for booking, but for hotels", id="another"),
        pytest.param(["hotels", "users"], ["booking", "hotels"], "is not for booking, but for hotels, users", id="one"),
        pytest.param(["127.0.0.1"], ["booking"], "is not for booking, but for nobody", id="only an address"),
    ],
)
def test_a_certificate_for_others(
    tmp_path: Path, ca: DevelopmentCa, names: list[str], services: list[str], says: str
) -> None:
    with pytest.raises(StartError, match=says):
        CertificateFiles.read(put(tmp_path / "tls", ca, names), services)


def test_a_certificate_for_clients_alone(tmp_path: Path, ca: DevelopmentCa) -> None:
    with pytest.raises(StartError, match=r"tls.crt: is not good for servers; .* must have serverAuth and clientAuth"):
        CertificateFiles.read(put(tmp_path / "tls", ca, ["booking"], server=False), ["booking"])


def test_a_certificate_of_another_authority(tmp_path: Path, ca: DevelopmentCa) -> None:
    directory = put(tmp_path / "tls", authority(tmp_path / "other"), ["booking"], trusted=ca)
    with pytest.raises(StartError, match=f"tls.crt: is not signed by an authority of {directory}/ca.crt"):
        CertificateFiles.read(directory, ["booking"])


@pytest.mark.parametrize(
    ("names", "there", "expected"),
    [
        pytest.param(["booking"], ["booking"], "booking", id="its own"),
        pytest.param(["booking"], ["hotels"], ".", id="none of its own"),
        pytest.param(["booking", "hotels"], ["booking", "hotels"], ".", id="several services"),
    ],
)
def test_where_the_files_of_a_process_are(tmp_path: Path, names: list[str], there: list[str], expected: str) -> None:
    for name in there:
        (tmp_path / name).mkdir()
    assert own_directory(tmp_path, names) == tmp_path / expected


@pytest.mark.parametrize(
    ("mode", "owner", "reader", "expected"),
    [
        pytest.param(0o600, 1000, 1000, False, id="one's own"),
        pytest.param(0o640, 1000, 1000, True, id="one's own, open to a group"),
        pytest.param(0o640, 0, 1000, False, id="root's, open to the reader's group"),
        pytest.param(0o660, 0, 1000, True, id="root's, for a group to write"),
        pytest.param(0o644, 0, 1000, True, id="root's, open to all"),
        pytest.param(0o640, 0, 0, True, id="root's, read by root"),
    ],
)
def test_who_can_read_a_key(mode: int, owner: int, reader: int, expected: bool) -> None:
    assert open_to_others(mode, owner=owner, reader=reader) is expected
