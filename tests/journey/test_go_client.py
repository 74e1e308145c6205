"""A gRPC client that is not Python finds the services by the registry alone: nothing in it is of this platform but the
stubs of the method that it calls."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contracts.paths import ROOT
from tests.journey.command import Up, innkeeper, up
from tests.journey.mesh_probe import probing

pytestmark = [pytest.mark.usefixtures("go"), pytest.mark.timeout(300)]
"""The first build fetches and compiles gRPC, which takes a minute."""


def run_go(*arguments: str | Path) -> None:
    """Fails with what Go says where it fails."""
    done = subprocess.run(["go", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def mesh_probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built."""
    program = tmp_path_factory.mktemp("go") / "mesh-probe"
    run_go("build", "-o", program, "./clients/go/cmd/mesh-probe")
    return program


class Mesh:
    """A registry, with auth beside it to prove to it who may change it, and replicas of hotels."""

    def __init__(self, stack: ExitStack, directory: Path) -> None:
        self._stack = stack
        self._data_dir = directory / "data"
        self.registry = self._start("registry", "auth")

    def replica(self, variant: str) -> Up:
        """One more, ready and registered."""
        return self._start("hotels", f"--registry={self.registry.address}", f"--variant={variant}")

    def split(self, **shares: int) -> None:
        """Set the traffic of hotels, in percent by variant."""
        told = [{"variant": variant, "percent": percent} for variant, percent in shares.items()]
        self._ask(f"registry.SetTraffic(traffic={{'service': 'hotels', 'shares': {told}}})")

    @property
    def rejections(self) -> str:
        """What clients refused of what the registry told them; empty where they took it all."""
        return self._ask("print(*registry.GetMesh().rejections)").strip()

    def _ask(self, code: str) -> str:
        done = innkeeper("shell", f"--address={self.registry.address}", "-c", code, data_dir=self._data_dir)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _start(self, *arguments: str) -> Up:
        return self._stack.enter_context(up(self._data_dir, "serve", *arguments))


@pytest.fixture
def mesh(tmp_path: Path) -> Iterator[Mesh]:
    with ExitStack() as stack:
        yield Mesh(stack, tmp_path)


def test_its_own_tests_pass() -> None:
    run_go("test", "./clients/go/...")


def test_it_follows_the_mesh_without_a_failed_call(mesh: Mesh, mesh_probe: Path) -> None:
    one, two = mesh.replica("v1"), mesh.replica("v2")
    method = "innkeeper.hotels.v1.HotelsService/ListHotels"
    with probing(mesh_probe, mesh.registry.address, "xds:///hotels", method) as probe:
        probe.until_only(one.address, two.address)
        assert probe.share(100) == {one.address: pytest.approx(0.5, abs=0.1), two.address: pytest.approx(0.5, abs=0.1)}

        mesh.split(v2=100)
        probe.until_only(two.address)
        assert probe.share(50)[two.address] > 0.9  # but for calls that were on their way to the other

        mesh.split()
        probe.until_only(one.address, two.address)

        three = mesh.replica("v1")
        probe.until_only(one.address, two.address, three.address)

        assert one.stop() == 0
        probe.until_only(two.address, three.address)

        assert mesh.rejections == ""
        mesh.registry.stop(signal.SIGKILL)
        assert probe.share(50).keys() == {two.address, three.address}

        final = probe.stop()
    assert final.calls > 0
    assert not final.failed, final
