"""Instances come, are heard of, and go."""

from __future__ import annotations

import grpc

from innkeeper.registry.v1 import registry_pb2
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.service.registry.conftest import key, ports, registered, registration, stub_of, until

NOT_FOUND = grpc.StatusCode.NOT_FOUND


async def test_an_instance_is_there_while_its_stream_lasts(stub: RegistryServiceStub) -> None:
    async with registered(stub, registration(1)):
        async with registered(stub, registration(2)) as leaving:
            assert leaving.create_time.seconds > 0
            assert leaving.expire_time.seconds > leaving.create_time.seconds
            assert await ports(stub) == {1, 2}

        async def gone() -> bool:
            return await ports(stub) == {1}

        await until(gone)


async def test_an_instance_that_calls_in_process_is_there_while_its_stream_lasts(running: RunningPlatform) -> None:
    stub = running.inside(RegistryServiceStub, as_service="hotels")
    async with registered(stub, registration(1)):
        async with registered(stub, registration(2)):
            assert await ports(stub) == {1, 2}

        async def gone() -> bool:
            return await ports(stub) == {1}

        await until(gone)


async def test_the_last_instance_of_a_service_stays(stub: RegistryServiceStub) -> None:
    async with registered(stub, registration(1)):
        pass
    async with registered(stub, registration(2)):

        async def replaced() -> bool:
            return await ports(stub) == {2}

        assert 1 in await ports(stub)
        await until(replaced)


async def test_deregistered_is_gone_at_once(stub: RegistryServiceStub) -> None:
    async with registered(stub, registration(1)) as instance:
        for _ in range(2):
            await stub.DeregisterInstance(registry_pb2.DeregisterInstanceRequest(name=instance.name, request_id=key()))
            assert await ports(stub) == set()


async def test_an_instance_that_comes_back_keeps_its_age(stub: RegistryServiceStub) -> None:
    async with (
        registered(stub, registration(1, name="one")) as first,
        registered(stub, registration(2, name="one")) as second,
    ):
        assert second.create_time == first.create_time
        assert await ports(stub) == {2}


async def test_a_stream_that_breaks_late_does_not_end_a_newer_lease(stub: RegistryServiceStub) -> None:
    async with registered(stub, registration(9)):
        old = registered(stub, registration(1, name="one"))
        await old.__aenter__()
        async with registered(stub, registration(2, name="one")):
            before = await _expiry(stub, "instances/one")
            await old.__aexit__(None, None, None)
            async with registered(stub, registration(3)):  # a later change has been through the same writer
                assert await _expiry(stub, "instances/one") >= before


async def test_load_is_taken_in_and_renews_the_lease(stub: RegistryServiceStub) -> None:
    async with registered(stub, registration(1)) as instance:
        load = registry_pb2.Load(calls_in_hand=3, calls_per_second=1.5)
        load.loop_lag.FromMilliseconds(20)
        told = await stub.ReportLoad(registry_pb2.ReportLoadRequest(name=instance.name, load=load, request_id=key()))
        assert told.load == load
        assert told.expire_time.ToNanoseconds() > instance.expire_time.ToNanoseconds()
        listed = await stub.ListInstances(registry_pb2.ListInstancesRequest(service="hotels"))
        assert [it.load for it in listed.instances] == [load]


async def test_load_of_nobody(stub: RegistryServiceStub) -> None:
    async with refused(NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await stub.ReportLoad(
            registry_pb2.ReportLoadRequest(name="instances/none", load=registry_pb2.Load(), request_id=key())
        )


async def test_pages(stub: RegistryServiceStub) -> None:
    async with registered(stub, registration(1)), registered(stub, registration(2)), registered(stub, registration(3)):
        found: list[str] = []
        request = registry_pb2.ListInstancesRequest(service="hotels", page_size=2)
        while True:
            page = await stub.ListInstances(request)
            found += [instance.name for instance in page.instances]
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        assert len(set(found)) == len(found) == 3
        assert not (await stub.ListInstances(registry_pb2.ListInstancesRequest(service="users"))).instances


async def test_instances_outlast_the_registry(platform: StartPlatform, running: RunningPlatform) -> None:
    stub = stub_of(running)
    async with registered(stub, registration(1)), registered(stub, registration(2)):
        other = stub_of(await platform("registry", elsewhere=["hotels"]))  # another registry on the same database
        assert await ports(other) == {1, 2}
        async with registered(other, registration(3)):
            assert await ports(stub) == {1, 2, 3}


async def _expiry(stub: RegistryServiceStub, name: str) -> int:
    instances = (await stub.ListInstances(registry_pb2.ListInstancesRequest())).instances
    return next(instance.expire_time.ToNanoseconds() for instance in instances if instance.name == name)
