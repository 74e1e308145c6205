"""`innkeeper events redrive`."""

from __future__ import annotations

from clients.cli.events.dead import Aggregate, Service
from clients.cli.options import Address


def redrive(service: Service = "", aggregate: Aggregate = "", address: Address = "") -> None:
    """Try dead letters once more, now, those of each aggregate in order.

    One that fails again stays, with the new reason, and so do those behind it: `innkeeper events dead` shows them. None
    takes effect twice.
    """
    import grpc

    from clients.cli.events.control import event_logs, pass_over
    from clients.cli.failure import Failure

    redriven = left = 0
    with event_logs(service, address) as logs:
        for name, log in logs.items():
            try:
                answer = log.RedriveDeadLetters(service=name, aggregate=aggregate)
            except grpc.RpcError as error:
                pass_over(error, name, logs)
                continue
            redriven += answer.redriven_count
            left += answer.left_count
    print(f"{redriven} took effect, {left} left")
    if left:
        raise Failure(f"{left} dead letters are left: `innkeeper events dead` says why")
