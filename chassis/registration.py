"""Keeps the services of a process in the registry, from the start to the drain."""

from __future__ import annotations

import asyncio
import os
import random
import time
import uuid
from collections.abc import Callable, Sequence
from math import inf

import grpc
import structlog

from chassis.contract_digest import descriptors_of, digest_of
from chassis.errors import StartError, reason_of
from chassis.observability.load import LoadMeter
from chassis.service import Service
from innkeeper.registry.v1 import registry_pb2
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub

REPORT_EVERY = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
TOLD_EVERY = 60.0
"""Seconds between two warnings that the registry is not to be reached."""

FIRST_TRY = 2.0
"""Seconds that a start waits for the registry; after that it goes on, and registers when the registry is there."""

REFUSALS = frozenset({"CONTRACT_INCOMPATIBLE", "SERVICE_UNKNOWN", "INVALID_FIELD", "TOKEN_INVALID", "INTERNAL_METHOD"})
"""What another try would not change."""


class Registrations:
    """The registrations of all services of a process.

    Args:
        addresses: What the process serves, and where others reach that: an IP address and a port.
        variant: Which version or implementation it is.
        stub: Makes a stub of the registry that calls as that service.
        load: How busy the process is.
        news_seconds: How long callers need to hear that an instance has gone.
        here: Whether the registry is in this process: it then logs by itself what comes, and is sent contracts at once.
    """

    def __init__(
        self,
        addresses: Sequence[tuple[Service, str]],
        variant: str,
        stub: Callable[[str], RegistryServiceStub],
        load: LoadMeter,
        news_seconds: float,
        *,
        here: bool = False,
    ) -> None:
        self._all = [
            Registration(service, address, variant, stub(service.name), here=here) for service, address in addresses
        ]
        self._load = load
        self._news_seconds = news_seconds
        self._reporting: asyncio.Task[None] | None = None

    @property
    def complete(self) -> bool:
        """Whether the registry has everything."""
        return all(registration.registered for registration in self._all)

    async def start(self) -> None:
        """Registers everything. Where the registry is not to be reached, that goes on in the background.

        Raises StartError where the registry refuses.
        """
        await asyncio.gather(*(registration.start() for registration in self._all))
        self._reporting = asyncio.create_task(self._report())

    async def stop(self) -> None:
        """Withdraws everything, and returns when callers have had the time to hear of it."""
        if self._reporting is not None:
            self._reporting.cancel()
        if any(await asyncio.gather(*(registration.stop() for registration in self._all))):
            await asyncio.sleep(self._news_seconds)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY)
            load = self._load.taken()
            await asyncio.gather(*(registration.report(load) for registration in self._all))


class Registration:
    """One service's registration. The stream that keeps it is opened again whenever it ends."""

    def __init__(
        self, service: Service, address: str, variant: str, stub: RegistryServiceStub, *, here: bool = False
    ) -> None:
        self._stub = stub
        self._here = here
        self._descriptors = descriptors_of(service.contract)
        self._instance = registry_pb2.Instance(
            name=f"instances/{uuid.uuid4()}",
            service=service.name,
            address=address,
            variant=variant,
            contract_digest=digest_of(self._descriptors),
            process_id=os.getpid(),
        )
        self.registered = False
        self._told = -inf
        self._task: asyncio.Task[None] | None = None
        self._log = structlog.get_logger().bind(logger="innkeeper.registration", service=service.name)

    async def start(self) -> None:
        """Returns when the service is registered, or the registry was not reached in time.

        Raises StartError where the registry refuses.
        """
        outcome = self._begin()
        await asyncio.wait((outcome,), timeout=FIRST_TRY)
        if outcome.done():
            outcome.result()
        outcome.cancel()  # nobody waits for it any more: from now on a refusal is logged, and it is tried again

    async def stop(self) -> bool:
        """Withdraws the instance, and returns whether it was there to be called."""
        if self._task is None:
            return False
        self._task.cancel()
        await asyncio.wait((self._task,))
        request = registry_pb2.DeregisterInstanceRequest(name=self._instance.name, request_id=str(uuid.uuid4()))
        try:
            await self._stub.DeregisterInstance(request)
        except grpc.aio.AioRpcError as error:  # the lease runs out by itself
            if self.registered:
                self._log.warning("not_deregistered", error=error.details())
        return self.registered

    async def report(self, load: registry_pb2.Load) -> None:
        """Tells the registry how busy the process is, and with that, that it is there."""
        if not self.registered:
            return
        request = registry_pb2.ReportLoadRequest(name=self._instance.name, load=load, request_id=str(uuid.uuid4()))
        try:
            await self._stub.ReportLoad(request)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND and self._task is not None:  # withdrawn while out of reach
                self._task.cancel()
                self._begin().cancel()

    def _begin(self) -> asyncio.Future[None]:
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._keep(outcome))
        return outcome

    async def _keep(self, outcome: asyncio.Future[None]) -> None:
        pause = FIRST_PAUSE
        request = registry_pb2.RegisterInstanceRequest(
            instance=self._instance, descriptors=self._descriptors if self._here else b""
        )
        while True:
            request.request_id = str(uuid.uuid4())
            try:
                async for _ in self._stub.RegisterInstance(request):
                    self.registered = True
                    if not self._here:
                        self._log.info("registered", instance=self._instance.name, address=self._instance.address)
                    if not outcome.done():
                        outcome.set_result(None)
                    pause, self._told = FIRST_PAUSE, -inf
                self._log.info("lease_ended", retry_in=pause)  # the registry stops
            except grpc.aio.AioRpcError as error:
                reason = reason_of(error)
                if reason == "CONTRACT_UNKNOWN" and not request.descriptors:
                    request.descriptors = self._descriptors
                    continue
                if reason in REFUSALS and not outcome.done():
                    outcome.set_exception(
                        StartError(f"the registry refuses {self._instance.service}: {error.details()}")
                    )
                    return
                if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED or not self.registered:  # else the day is over
                    self._tell(error, reason)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _tell(self, error: grpc.aio.AioRpcError, reason: str) -> None:
        """Says now and then that the registry does not take the instance in."""
        now = time.monotonic()
        if now >= self._told + TOLD_EVERY:
            self._told = now
            self._log.warning("not_registered", error=error.details(), reason=reason, setting="INNKEEPER_REGISTRY")
