"""What there is at the broker: one exchange for all events, and a queue for each subscriber."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from aiormq.abc import AbstractChannel

    from chassis.service import Service

EVENTS: Final = "innkeeper.events"
"""The exchange that all events go to, by `<source>.<full name of the payload>`."""

DEAD: Final = "innkeeper.dead"
"""The exchange that messages go to which a queue gives up, by the name of the subscriber."""

DELIVERY_LIMIT: Final = 20
"""How often a message is delivered that is never answered for, as when the subscriber's process dies of it."""

_QUORUM: Final[dict[str, Any]] = {"x-queue-type": "quorum", "x-single-active-consumer": True}


def queue_of(subscriber: str) -> str:
    """The queue of what a subscriber is to take in."""
    return f"innkeeper.{subscriber}"


def dead_queue_of(subscriber: str) -> str:
    """The queue of what it was given too often."""
    return f"innkeeper.{subscriber}.dead"


def routing_key(source: str, payload: str) -> str:
    """By which an event is told to the exchange."""
    return f"{source}.{payload}"


async def declare(channel: AbstractChannel, subscribers: Iterable[Service]) -> None:
    """Has the exchanges, and the queues of these subscribers with all that they subscribe to. What is there stays.

    Whoever publishes declares the queues of all that are to be told: what comes to an exchange before a queue is bound
    to it would be lost to that one. All that declare say the same, or the broker refuses.
    """
    await channel.exchange_declare(EVENTS, exchange_type="topic", durable=True)
    await channel.exchange_declare(DEAD, exchange_type="direct", durable=True)
    for subscriber in subscribers:
        await _declare_queues(channel, subscriber)


async def _declare_queues(channel: AbstractChannel, subscriber: Service) -> None:
    queue, dead = queue_of(subscriber.name), dead_queue_of(subscriber.name)
    await channel.queue_declare(dead, durable=True, arguments=_QUORUM)
    await channel.queue_bind(dead, DEAD, routing_key=subscriber.name)
    arguments = _QUORUM | {
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": subscriber.name,
        # Kept until the other queue has it. Asks for this overflow, which does not occur: no length is set.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    await channel.queue_declare(queue, durable=True, arguments=arguments)
    for source in subscriber.subscribes:
        await channel.queue_bind(queue, EVENTS, routing_key=f"{source}.#")
