"""`innkeeper fault`: what callers do to a share of a method's calls, to rehearse a failure."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address

Method = Annotated[str, typer.Argument(metavar="SERVICE/METHOD", help="The method, such as `booking/CreateBooking`.")]


def set_fault(
    method: Method,
    delay: Annotated[
        str, typer.Option(metavar="TIME", help="Hold calls back for so long before they go out, such as `500ms`.")
    ] = "",
    abort: Annotated[
        str, typer.Option(metavar="STATUS", help="Fail calls with this gRPC status, such as `UNAVAILABLE`.")
    ] = "",
    share: Annotated[
        int, typer.Option(metavar="PERCENT", min=1, max=100, help="The share of the calls that this is done to.")
    ] = 100,
    address: Address = "",
) -> None:
    """Have a share of a method's calls delayed, aborted, or both, by its callers.

    It takes the place of what was set before, and lasts until `innkeeper fault clear`.
    """
    from clients.cli.failure import Mistake
    from clients.cli.mesh import told, words
    from clients.cli.mesh.control import registry

    service, name = words.method(method)
    if not delay and not abort:
        raise Mistake(f"{method}: a fault needs --delay, such as 500ms, or --abort, such as UNAVAILABLE")
    fault: dict[str, object] = {"service": service, "method": name, "percent": share}
    if delay:
        fault["delay"] = words.delay(delay)
    if abort:
        fault["abort_code"] = words.status(abort)
    with registry(address) as control:
        print(f"{method}: {told.fault(control.SetFault(fault=fault))}")


def clear_fault(method: Method, address: Address = "") -> None:
    """Let all calls of a method through again."""
    from clients.cli.mesh import told, words
    from clients.cli.mesh.control import registry

    service, name = words.method(method)
    with registry(address) as control:
        print(f"{method}: {told.fault(control.SetFault(fault={'service': service, 'method': name}))}")
