"""The certificates that `innkeeper certs` makes are such as RFC 5280 wants, and each proves what it should, no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from stat import S_IMODE

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store

from chassis.security.certificate_files import CertificateFiles
from clients.cli.certificate_set import known_host, make
from clients.cli.failure import Failure, Mistake
from tests.certificates import authority

SERVICES = ["auth", "booking", "registry", "edge"]
OWNERS = [".", *SERVICES, "cli"]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
GIVEN = {"inn.example", "10.0.0.5"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of certificates, with two hosts."""
    directory = tmp_path_factory.mktemp("certificates") / "tls"
    make(directory, SERVICES, sorted(GIVEN), 30)
    return directory


def loaded(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names(certificate: x509.Certificate) -> set[str]:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {
        *extension.get_values_for_type(x509.DNSName),
        *map(str, extension.get_values_for_type(x509.IPAddress)),
    }


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        pytest.param(".", {*SERVICES, *LOOPBACK, *GIVEN}, id="all services"),
        pytest.param("auth", {"auth", *LOOPBACK}, id="a service"),
        pytest.param("registry", {"registry", *LOOPBACK, *GIVEN}, id="the registry, which is called at an address"),
        pytest.param("edge", {"edge", *LOOPBACK, *GIVEN}, id="the edge, which callers know by its address"),
        pytest.param("cli", {"cli"}, id="the command line"),
    ],
)
def test_whom_a_certificate_is_for(made: Path, owner: str, expected: set[str]) -> None:
    assert names(loaded(made / owner / "tls.crt")) == expected


@pytest.mark.parametrize("owner", ["auth", "booking", "registry"])
def test_a_verifier_that_is_not_ours_finds_a_server_good(made: Path, owner: str) -> None:
    store = Store([loaded(made / owner / "ca.crt")])
    for subject in (x509.DNSName(owner), x509.IPAddress(ip_address("127.0.0.1"))):
        PolicyBuilder().store(store).build_server_verifier(subject).verify(loaded(made / owner / "tls.crt"), [])


@pytest.mark.parametrize("owner", OWNERS)
def test_a_verifier_that_is_not_ours_finds_a_client_good(made: Path, owner: str) -> None:
    store = Store([loaded(made / "ca.crt")])
    verified = PolicyBuilder().store(store).build_client_verifier().verify(loaded(made / owner / "tls.crt"), [])
    assert len(verified.chain) == 2


@pytest.mark.parametrize("owner", OWNERS)
def test_what_a_certificate_says_of_itself(made: Path, owner: str) -> None:
    certificate = loaded(made / owner / "tls.crt")
    extensions = certificate.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert (basic.critical, basic.value.ca) == (True, False)
    assert (usage.critical, usage.value.digital_signature, usage.value.key_cert_sign) == (True, True, False)
    purposes = set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    served = set() if owner == "cli" else {ExtendedKeyUsageOID.SERVER_AUTH}
    assert purposes == {ExtendedKeyUsageOID.CLIENT_AUTH, *served}
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert timedelta(days=29) < certificate.not_valid_after_utc - datetime.now(UTC) < timedelta(days=31)


def test_what_the_authority_says_of_itself(made: Path) -> None:
    extensions = loaded(made / "ca.crt").extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert (usage.critical, usage.value.digital_signature, usage.value.key_cert_sign) == (True, False, True)


def test_serial_numbers_and_keys_are_not_used_twice(made: Path) -> None:
    certificates = [loaded(made / owner / "tls.crt") for owner in OWNERS]
    assert len({certificate.serial_number for certificate in certificates}) == len(OWNERS)
    assert len({(made / owner / "tls.key").read_bytes() for owner in OWNERS}) == len(OWNERS)


def test_keys_are_for_their_owner_and_the_authoritys_is_in_a_directory_of_its_own(made: Path) -> None:
    keys = sorted(made.rglob("*.key"))
    assert [key.relative_to(made).as_posix() for key in keys] == sorted(
        ["ca/ca.key", "tls.key", *(f"{owner}/tls.key" for owner in OWNERS if owner != ".")]
    )
    assert {S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert S_IMODE((made / "ca").stat().st_mode) == 0o700


def test_services_take_them(made: Path) -> None:
    CertificateFiles.read(made, SERVICES)
    for service in SERVICES:
        CertificateFiles.read(made / service, [service])
    CertificateFiles.read(made / "cli", ())


def test_the_authority_is_used_again_and_that_is_said(tmp_path: Path) -> None:
    first = make(tmp_path, ["auth"], [], 1)
    kept, replaced = (tmp_path / "ca.crt").read_bytes(), (tmp_path / "tls.crt").read_bytes()
    second = make(tmp_path, ["auth"], [], 1)
    assert "ca: new" in first
    assert "used again" not in first
    assert "ca: was there already, and is used again" in second
    assert "in place of those that were there" in second
    assert (tmp_path / "ca.crt").read_bytes() == kept
    assert (tmp_path / "tls.crt").read_bytes() != replaced
    assert f"INNKEEPER_TLS_DIR={tmp_path}" in second


def test_no_certificate_outlives_the_authority(tmp_path: Path) -> None:
    authority(tmp_path / "ca", now=datetime.now(UTC) - timedelta(days=3650 - 10))
    said = make(tmp_path, ["auth"], [], 365)
    end = loaded(tmp_path / "ca.crt").not_valid_after_utc
    assert loaded(tmp_path / "auth" / "tls.crt").not_valid_after_utc == end
    assert f"until {end:%Y-%m-%d}" in said


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(lambda ca: (ca / "ca.key").unlink(), "ca.key: is missing; bring it back", id="no key"),
        pytest.param(lambda ca: (ca / "ca.crt").unlink(), "ca.crt: is missing; bring it back", id="no certificate"),
        pytest.param(lambda ca: (ca / "ca.key").write_bytes(b"x"), "cannot be read as PEM", id="a damaged key"),
        pytest.param(
            lambda ca: (ca / "ca.key").write_bytes((ca.parent / "tls.key").read_bytes()),
            "is not the key of",
            id="another key",
        ),
    ],
)
def test_an_authority_that_cannot_sign_is_left_alone(tmp_path: Path, spoil: object, says: str) -> None:
    make(tmp_path, ["auth"], [], 1)
    assert callable(spoil)
    spoil(tmp_path / "ca")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    with pytest.raises(Failure, match=says):
        make(tmp_path, ["auth"], [], 1)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()} == before


def test_an_authority_that_has_expired(tmp_path: Path) -> None:
    authority(tmp_path / "ca", now=datetime.now(UTC) - timedelta(days=3651))
    with pytest.raises(Failure, match=r"ca.crt: expired on 20.*delete .* to make a new authority"):
        make(tmp_path, ["auth"], [], 1)


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="cannot be written"):
        make(tmp_path / "file" / "tls", ["auth"], [], 1)


@pytest.mark.parametrize(
    ("given", "known"),
    [
        pytest.param("10.0.0.5", "10.0.0.5", id="IPv4"),
        pytest.param("[FD00::5]", "fd00::5", id="IPv6"),
        pytest.param("Inn.Example", "inn.example", id="a name"),
        pytest.param("xn--caf-dma.example", "xn--caf-dma.example", id="a name in Punycode"),
        pytest.param("*.inn.example", "*.inn.example", id="all names of a domain"),
    ],
)
def test_hosts(given: str, known: str) -> None:
    assert known_host(given) == known


@pytest.mark.parametrize(
    "given", ["", "https://inn.example", "inn.example:7000", "café.example", "a b", "-a", "a..b", "10.0.0", "a" * 64]
)
def test_what_is_no_host(given: str) -> None:
    with pytest.raises(Mistake, match=r"--host .*: is neither an IP address nor the name of a machine"):
        known_host(given)
