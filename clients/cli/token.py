"""`innkeeper token`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address


def token(
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCOPE",
            help="A scope that the token is to have, such as `hotels.write`. May come several times; else all.",
        ),
    ] = None,
    email: Annotated[str, typer.Option(metavar="E-MAIL", help="Sign in as this user instead.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="With --email: read the password from standard input.")
    ] = False,
    address: Address = "",
) -> None:
    """Print an access token, and nothing else.

    The token is the command line's own, and may do everything: its secret is kept in the data directory, so whoever can
    read that gets one. With --email it is a user's, and may do what travellers may. For example:

    \b
    grpcurl -plaintext -H "authorization: Bearer $(innkeeper token)" \\
        127.0.0.1:7000 innkeeper.users.v1.UsersService/ListUsers
    """
    import sys

    from chassis.settings import Settings
    from clients.cli import access, running
    from clients.cli.failure import Mistake

    if bool(email) != password_stdin:
        raise Mistake("to sign a user in, give both --email and --password-stdin")
    if email and scope:
        raise Mistake("a user's token has the scopes of a traveller: leave --scope out, or --email")
    settings = Settings.read()
    with running.connected(running.place_of(settings, address)) as channel:
        if email:
            print(access.signed_in(channel, email, sys.stdin.readline().rstrip("\n")).access_token)
        else:
            print(access.ClientToken(channel, running.secret_of(settings.data_dir), scope or ())())
