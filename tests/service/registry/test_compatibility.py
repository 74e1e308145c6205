"""An instance whose contract breaks callers of the released one does not come in, and hears why."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet

from chassis.contract_digest import digest_of
from innkeeper.registry.v1 import registry_pb2
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from tests.conftest import RunningPlatform
from tests.errors import refused
from tests.service.registry.conftest import HOTELS, SCOPES, ports, registered, registration

FAILED_PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
INVALID_ARGUMENT = grpc.StatusCode.INVALID_ARGUMENT
FILE = "innkeeper/hotels/v1/hotels.proto"


def with_contract(edit: Callable[[FileDescriptorProto], None]) -> registry_pb2.RegisterInstanceRequest:
    """Registers an instance with an edited contract of hotels."""
    files = FileDescriptorSet.FromString(HOTELS)
    edit(next(file for file in files.file if file.name == FILE))
    request = registration(1)
    request.descriptors = files.SerializeToString(deterministic=True)
    request.instance.contract_digest = digest_of(request.descriptors)
    return request


def add_field(file: FileDescriptorProto) -> None:
    hotel = next(message for message in file.message_type if message.name == "Hotel")
    hotel.field.add(
        name="number_of_lifts",
        number=900,
        type=FieldDescriptorProto.TYPE_INT32,
        label=FieldDescriptorProto.LABEL_OPTIONAL,
    )


def drop_field(file: FileDescriptorProto) -> None:
    request = next(message for message in file.message_type if message.name == "GetHotelRequest")
    del request.field[:]


def drop_method(file: FileDescriptorProto) -> None:
    del file.service[0].method[0]


def change_type(file: FileDescriptorProto) -> None:
    request = next(message for message in file.message_type if message.name == "GetHotelRequest")
    request.field[0].type = FieldDescriptorProto.TYPE_BYTES


@pytest.mark.parametrize(
    ("edit", "finding"),
    [
        pytest.param(drop_field, '"GetHotelRequest"', id="field gone"),
        pytest.param(drop_method, '"HotelsService"', id="method gone"),
        pytest.param(change_type, '"name"', id="type changed"),
    ],
)
async def test_a_breaking_contract_is_refused(
    stub: RegistryServiceStub, edit: Callable[[FileDescriptorProto], None], finding: str
) -> None:
    async with refused(FAILED_PRECONDITION, "CONTRACT_INCOMPATIBLE") as told, registered(stub, with_contract(edit)):
        pass
    assert finding in str(told.error.details())
    assert not await ports(stub)


async def test_a_contract_that_adds_something_comes_in(stub: RegistryServiceStub) -> None:
    async with registered(stub, with_contract(add_field)) as instance:
        assert instance.service == "hotels"


async def test_a_contract_is_sent_once(stub: RegistryServiceStub) -> None:
    brief = registration(2)
    brief.ClearField("descriptors")
    async with refused(FAILED_PRECONDITION, "CONTRACT_UNKNOWN"), registered(stub, brief):
        pass
    async with registered(stub, registration(1)), registered(stub, brief) as second:
        assert second.address == "127.0.0.1:2"


@pytest.mark.parametrize(
    ("descriptors", "digest"),
    [
        pytest.param(HOTELS, "0" * 64, id="of another digest"),
        pytest.param(b"\xff\xff", digest_of(b"\xff\xff"), id="unreadable"),
        pytest.param(
            FileDescriptorSet().SerializeToString() + b"\x0a\x02\x0a\x00",
            digest_of(b"\x0a\x02\x0a\x00"),
            id="without the service",
        ),
    ],
)
async def test_descriptors_that_are_no_contract(stub: RegistryServiceStub, descriptors: bytes, digest: str) -> None:
    request = registration(1, contract_digest=digest)
    request.descriptors = descriptors
    async with refused(INVALID_ARGUMENT, "INVALID_FIELD") as told, registered(stub, request):
        pass
    assert told.fields == ["descriptors"]


async def test_a_service_that_there_is_not(stub: RegistryServiceStub) -> None:
    async with (
        refused(grpc.StatusCode.NOT_FOUND, "SERVICE_UNKNOWN") as told,
        registered(stub, registration(1, service="stables")),
    ):
        pass
    assert "hotels" in str(told.error.details())


async def test_a_contract_is_known_for_its_own_service_alone(
    running: RunningPlatform, stub: RegistryServiceStub
) -> None:
    borrowed = registration(2, service="registry")
    borrowed.ClearField("descriptors")
    as_registry = running.stub(RegistryServiceStub, token=running.token("clients/registry", SCOPES))
    async with (
        registered(stub, registration(1)),
        refused(FAILED_PRECONDITION, "CONTRACT_UNKNOWN"),
        registered(as_registry, borrowed),
    ):
        pass
