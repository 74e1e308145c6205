"""`innkeeper shell`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address


def shell(
    code: Annotated[str, typer.Option("-c", metavar="CODE", help="Run this Python code and leave.")] = "",
    address: Address = "",
) -> None:
    """Open a Python prompt (IPython) with the services of the running platform at hand.

    Each service is an object, each RPC a method that takes the fields of its request by name. TAB completes both;
    a question mark after a method shows what the contract says of it.

    \b
    users.GetUser(name="users/ada")
    users.GetUser?

    Calls are made as the command line, which may do everything, until somebody signs in:

    \b
    sign_in("ada@example.org", "password")
    sign_out()
    """
    from chassis.settings import Settings
    from clients.cli import running
    from clients.cli.prompt import session
    from clients.cli.prompt.names import Names

    settings = Settings.read()
    place = running.place_of(settings, address)
    with running.connected(place) as channel:
        names = Names(channel, running.secret_of(settings.data_dir))
        if code:
            session.run(code, names.all())
        else:
            session.prompt(names.all(), names.banner(place.address))
