"""The header `Idempotency-Key` does what the field `request_id` does."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from chassis.refusal import InvalidFields
from chassis.service import Kit
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, keep, toy

ID = "8e03978e-40d5-43e8-bc93-6894a57f9324"
SCOPES = ("toys.read", "toys.write")


class Keeper:
    """Keeps notes once each, and says how many requests came by a stream."""

    def __init__(self, kit: Kit) -> None:
        self._database = kit.database

    async def keep(self, request: Any) -> Any:
        if request.text == "refused":
            raise InvalidFields([("request_id", "not this one")])
        return await self._database.command(lambda session: message("Kept", name=keep(session, request.text)))

    async def tell(self, request: Any) -> Any:
        return told(request.text)

    async def gather(self, requests: AsyncIterator[Any]) -> Any:
        return told(" ".join([request.text async for request in requests]))


@pytest.fixture
async def running(toys: StartPlatform) -> RunningPlatform:
    def servicer(kit: Kit) -> Toy:
        keeper = Keeper(kit)
        return Toy(keep=keeper.keep, tell=keeper.tell, gather=keeper.gather)

    return await toys(toy(servicer))


def stub(running: RunningPlatform, user: str = "users/ada") -> contract.Stub:
    return running.stub(contract.toy_stub, token=running.token(user, SCOPES))


def keyed(key: str) -> dict[str, Any]:
    return {"metadata": [("idempotency-key", key)]}


@pytest.mark.parametrize("key", [ID, f'"{ID}"', "order-1"], ids=["uuid", "quoted", "text"])
async def test_a_repeated_key_finds_the_answer(running: RunningPlatform, key: str) -> None:
    asked = message("KeepRequest", text="one")
    first = await stub(running).Keep(asked, **keyed(key))
    assert await stub(running).Keep(asked, **keyed(key)) == first
    assert await stub(running, "users/eve").Keep(message("KeepRequest", text="two"), **keyed(key)) != first


async def test_a_key_and_a_request_id_are_one(running: RunningPlatform) -> None:
    first = await stub(running).Keep(message("KeepRequest", text="one"), **keyed(ID.upper()))
    asked = message("KeepRequest", text="one", request_id=ID)
    assert await stub(running).Keep(asked) == first
    assert await stub(running).Keep(asked, **keyed(ID.upper())) == first, "both, and the same"


async def test_a_key_with_another_body(running: RunningPlatform) -> None:
    await stub(running).Keep(message("KeepRequest", text="one"), **keyed("order-1"))
    async with refused(grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"):
        await stub(running).Keep(message("KeepRequest", text="two"), **keyed("order-1"))


@pytest.mark.parametrize(
    ("request_id", "metadata", "said"),
    [
        pytest.param(str(uuid.uuid4()), keyed(ID), "differs from what the header Idempotency-Key says", id="differ"),
        pytest.param("", keyed("a b"), "the header Idempotency-Key must be 1 to 255 visible characters", id="no key"),
        pytest.param("", {}, "or in the header Idempotency-Key", id="neither"),
    ],
)
async def test_what_is_refused(running: RunningPlatform, request_id: str, metadata: dict[str, Any], said: str) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as refusal:
        await stub(running).Keep(message("KeepRequest", text="one", request_id=request_id), **metadata)
    assert refusal.fields == ["request_id"]
    assert said in (refusal.error.details() or "")


@pytest.mark.parametrize(("request_id", "metadata"), [(ID, {}), ("", keyed(ID))], ids=["by field", "by header"])
async def test_whoever_sent_one_is_not_told_how(
    running: RunningPlatform, request_id: str, metadata: dict[str, Any]
) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as refusal:
        await stub(running).Keep(message("KeepRequest", text="refused", request_id=request_id), **metadata)
    assert refusal.error.details() == "request_id: not this one"


async def test_reads_and_streams_do_not_look_at_it(running: RunningPlatform) -> None:
    ask = message("TellRequest", text="hello")
    assert (await stub(running).Tell(ask, **keyed("a b"))).text == "hello"
    assert (await stub(running).Gather(_each(ask, ask), **keyed("a b"))).text == "hello hello"


async def test_bytes_that_are_no_message(running: RunningPlatform) -> None:
    metadata = [("authorization", f"Bearer {running.token('users/ada', SCOPES)}"), ("idempotency-key", ID)]
    async with (
        grpc.aio.insecure_channel(running.address) as channel,
        refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"),
    ):
        await channel.unary_unary("/toy.v1.ToyService/Keep")(b"\x0a\x7f", metadata=metadata)


async def _each(*requests: Any) -> AsyncIterator[Any]:
    for request in requests:
        yield request
