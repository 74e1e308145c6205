"""How calls are split, as the mesh has it."""

from __future__ import annotations

import pytest

from services.registry.mesh import Fault, FaultEmpty, Mesh, SharesTooLarge, Traffic
from tests.unit.registry.instances import instance

V1, V2, GO = instance("one"), instance("two", variant="v2"), instance("three", variant="go")

SPLITS = {
    "no split": ((V1, V2), None, {"hotels": 100}),
    "a tenth": ((V1, V2), {"v2": 10}, {"hotels/v2": 10, "hotels/-": 90}),
    "the rest is shared by all others": ((V1, V2, GO), {"v2": 10}, {"hotels/v2": 10, "hotels/-": 90}),
    "everything": ((V1, V2), {"v2": 100}, {"hotels/v2": 100}),
    "nothing": ((V1, V2), {"v2": 0}, {"hotels/-": 100}),
    "both named": ((V1, V2), {"v1": 30, "v2": 70}, {"hotels/v1": 30, "hotels/v2": 70}),
    "a variant that is not there": ((V1,), {"v2": 10}, {"hotels/-": 100}),
    "nobody but the variant": ((V2,), {"v2": 10}, {"hotels/v2": 10}),
    "both named, one not there": ((V2,), {"v1": 30, "v2": 70}, {"hotels/v2": 70}),
    "nothing, and nobody else": ((V2,), {"v2": 0}, {"hotels": 100}),
    "nobody at all": ((), {"v2": 10}, {"hotels": 100}),
}


@pytest.mark.parametrize(("instances", "shares", "weights"), SPLITS.values(), ids=SPLITS)
def test_weights(instances: tuple[object, ...], shares: dict[str, int] | None, weights: dict[str, int]) -> None:
    traffic = {} if shares is None else {"hotels": Traffic(service="hotels", shares=shares)}
    mesh = Mesh(instances=instances, traffic=traffic)  # type: ignore[arg-type]
    assert mesh.clusters("hotels") == weights


@pytest.mark.parametrize(
    ("cluster", "members"),
    [("hotels", [V1, V2, GO]), ("hotels/v2", [V2]), ("hotels/-", [V1, GO]), ("users", []), ("hotels/none", [])],
)
def test_members(cluster: str, members: list[object]) -> None:
    split = Traffic(service="hotels", shares={"v2": 10})
    mesh = Mesh(instances=(V1, V2, GO, instance("x", service="bank")), traffic={"hotels": split})
    assert list(mesh.members(cluster)) == members


def test_every_cluster_of_a_split_has_a_member() -> None:
    for instances, shares, _ in SPLITS.values():
        if instances:
            mesh = Mesh(instances=instances, traffic={"hotels": Traffic(service="hotels", shares=shares or {})})
            assert all(list(mesh.members(cluster)) for cluster in mesh.clusters("hotels"))


def test_shares_of_more_than_the_whole() -> None:
    with pytest.raises(SharesTooLarge, match="110 percent"):
        Traffic(service="hotels", shares={"v1": 60, "v2": 50})


def test_a_fault_that_does_nothing() -> None:
    with pytest.raises(FaultEmpty, match="hotels/GetHotel"):
        Fault(service="hotels", method="GetHotel", delay=0.0, abort_code=0, percent=20)
    assert Fault(service="hotels", method="GetHotel", delay=0.0, abort_code=0, percent=0).percent == 0
