"""`innkeeper events replay`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address


def replay(
    service: Annotated[str, typer.Option(metavar="SERVICE", help="The service that told of them, such as `booking`.")],
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="TIME",
            help="What happened then or later: `2027-03-01T12:00:00Z`, `90m`, `12h` or `3d` ago, or a number, `#4711`.",
        ),
    ],
    subscriber: Annotated[
        str, typer.Option("--to", metavar="SERVICE", help="Whom to send it to, such as `search`. Without it, to all.")
    ] = "",
    address: Address = "",
) -> None:
    """Send what happened in a service once more, to those who have lost what they had.

    Where it took effect before, it has none now. What is older than INNKEEPER_EVENT_DAYS is not sent.
    """
    import grpc

    from clients.cli.events import words
    from clients.cli.events.control import event_logs, pass_over
    from clients.cli.events.told import replayed

    begin = words.beginning(start)
    with event_logs(service, address) as logs:
        try:
            answer = logs[service].ReplayEvents(service=service, subscriber=subscriber, **begin)
        except grpc.RpcError as error:
            pass_over(error, service, logs)
            return
    for line in replayed(answer, begin.get("from_time")):
        print(line)
