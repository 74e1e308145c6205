"""A connection to the broker that is there again by itself."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final

import structlog

from chassis.events.rabbitmq.address import end
from chassis.events.unfit import told

if TYPE_CHECKING:
    import aiormq

    from chassis.events.rabbitmq.address import BrokerAddress

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds between tries, also after hours: what has waited for the broker goes on soon after it is back."""


class Link:
    """Connects, and connects again for as long as it runs.

    Args:
        address: Where the broker is.
        name: What the broker lists the connection as.
        tells: Whether it says in the log that the broker is lost, and that it is back: of several links one is enough.
    """

    def __init__(self, address: BrokerAddress, name: str, *, tells: bool) -> None:
        self._address = address
        self._name = name
        self._log = structlog.get_logger().bind(logger="innkeeper.events", broker=str(address)) if tells else None
        self._connection: aiormq.Connection | None = None
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def up(self) -> bool:
        """Whether the broker is reached now."""
        return self._connected.is_set()

    async def connection(self) -> aiormq.Connection:
        """The connection, when there is one. It may end at any time."""
        while True:
            await self._connected.wait()
            if self._connection is not None and not self._connection.is_closed:
                return self._connection
            await asyncio.sleep(0)  # it has just ended: the loop that notes it is about to run

    def start(self) -> None:
        """Begins to connect."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends the connection, and connects no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause, lost = FIRST_PAUSE, ""
        while True:
            try:
                self._connection = await self._address.connect(self._name)
            except Exception as error:
                lost = self._note_lost(told(error), lost)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if lost and self._log is not None:
                self._log.info("broker_reached")
            pause, lost = FIRST_PAUSE, ""
            self._connected.set()
            try:
                await asyncio.wait([self._connection.closing])
            finally:
                self._connected.clear()
                connection, self._connection = self._connection, None
                await end(connection)
            lost = self._note_lost(_ended(connection), lost)

    def _note_lost(self, why: str, before: str) -> str:
        """Says why the broker is not reached, once, and again where the reason has become another."""
        if self._log is not None and why != before:
            self._log.warning("broker_lost", error=why)
        return why


def _ended(connection: aiormq.Connection) -> str:
    closing = connection.closing
    error = None if closing.cancelled() or not closing.done() else closing.exception()
    return told(error) if error is not None else "the connection ended"
