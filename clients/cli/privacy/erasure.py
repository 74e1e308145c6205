"""`innkeeper erasure`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from clients.cli.options import Address
from clients.cli.privacy.person import User, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.timestamp_pb2 import Timestamp

    from innkeeper.users.v1 import erasures_pb2

PENDING: Final = 3
"""The exit code that says that something is left."""

EVERY: Final = 0.5
"""Seconds between two looks of one who waits."""


def status(
    user: User,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until every service is done.")] = False,
    address: Address = "",
) -> None:
    """Show which services have erased what they held of a person who was deleted.

    `last look` is when a service has looked once more, after the last access token of the person ran out. The exit code
    is 0 when all are done, and 3 as long as some are not; those are named.
    """
    import time

    name = f"{name_of(user)}/erasure"
    with _users(address) as users:
        erasure = users.GetErasure(name=name)
        while wait and _pending(erasure):
            time.sleep(EVERY)
            erasure = users.GetErasure(name=name)
    print("\n".join(_lines(erasure)))
    if pending := _pending(erasure):
        print(f"not done: {', '.join(pending)}")
        raise typer.Exit(PENDING)


def repeat(user: User, address: Address = "") -> None:
    """Have every service erase what it holds of a deleted person once more, as after a backup was restored."""
    name = f"{name_of(user)}/erasure"
    with _users(address) as users:
        erasure = users.RepeatErasure(name=name)
    print(f"{len(erasure.services)} services are told: see `innkeeper erasure status {user}`")


def _users(address: str) -> Any:
    from clients.cli.calls import remote
    from innkeeper.users.v1 import users_pb2

    return remote(users_pb2.DESCRIPTOR.services_by_name["UsersService"], address, ("erasures.read", "erasures.write"))


def _pending(erasure: erasures_pb2.Erasure) -> list[str]:
    from innkeeper.users.v1 import erasures_pb2

    return [told.service for told in erasure.services if told.state != erasures_pb2.ERASURE_STATE_DONE]


def _lines(erasure: erasures_pb2.Erasure) -> Iterator[str]:
    from innkeeper.users.v1 import erasures_pb2

    user = erasure.name.removesuffix("/erasure")
    yield f"{user} was deleted at {_time(erasure.delete_time)}"
    yield f"{'service':<16}{'state':<10}{'erased':<22}last look"
    for told in erasure.services:
        state = erasures_pb2.ErasureState.Name(told.state).removeprefix("ERASURE_STATE_")
        erased = _time(told.erase_time) if told.HasField("erase_time") else "-"
        last = _time(told.last_time) if told.HasField("last_time") else "-"
        yield f"{told.service:<16}{state:<10}{erased:<22}{last}"


def _time(time: Timestamp) -> str:
    return f"{time.ToDatetime():%Y-%m-%d %H:%M:%S}Z"
