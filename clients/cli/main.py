"""The `innkeeper` command: its parts, and how it says that something went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Annotated

import typer

from clients.cli import lifeline
from clients.cli.certs import certs
from clients.cli.demo import demo
from clients.cli.edge.command import edge
from clients.cli.events.dead import dead
from clients.cli.events.redrive import redrive
from clients.cli.events.replay import replay
from clients.cli.events.tail import tail
from clients.cli.failure import FAILED, exit_code, tell
from clients.cli.first_hotels import first_hotels
from clients.cli.graph import graph
from clients.cli.import_hotels import import_hotels
from clients.cli.links import create, delete, list_links
from clients.cli.links import show as show_link
from clients.cli.mail.commands import mail, show_mail
from clients.cli.mesh.fault import clear_fault, set_fault
from clients.cli.mesh.limits import clear_limits, set_limits
from clients.cli.mesh.mesh import mesh
from clients.cli.mesh.traffic import clear_traffic, set_traffic, show_traffic
from clients.cli.migrate import migrate
from clients.cli.privacy.erasure import repeat, status
from clients.cli.privacy.export import export
from clients.cli.serve import serve
from clients.cli.shell import shell
from clients.cli.token import token
from clients.cli.up import up

GROUPS: Mapping[str, tuple[str, Mapping[str, Callable[..., None]]]] = {
    "erasure": ("See that the data of deleted people is gone.", {"status": status, "repeat": repeat}),
    "events": (
        "See what happens, and bring on its way what could not take effect.",
        {"tail": tail, "dead": dead, "redrive": redrive, "replay": replay},
    ),
    "hotels": ("Fill the catalogue of hotels.", {"import": import_hotels}),
    "links": (
        "Make short links, and see how often they are followed.",
        {"create": create, "list": list_links, "show": show_link, "delete": delete},
    ),
    "traffic": (
        "Split the calls of a service between its variants.",
        {"set": set_traffic, "clear": clear_traffic, "show": show_traffic},
    ),
    "fault": ("Rehearse a failure: delay or abort calls.", {"set": set_fault, "clear": clear_fault}),
    "limits": ("Bound how much one client asks of a service.", {"set": set_limits, "clear": clear_limits}),
}
"""Commands of two words: what each group is for, and its commands by their second word."""


def main() -> int:
    """Run the command line; the exit code. Whatever a user can put right is told in one line on standard error."""
    # What gRPC's core has to say of a failure, we say ourselves; read when grpc is first imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    lifeline.hold()
    try:
        return exit_code(lambda: command_line()(standalone_mode=False))
    except typer.Abort:
        return FAILED
    except typer.TyperException as error:
        tell(error.format_message())
        return error.exit_code


def command_line() -> typer.Typer:
    """Every command, in the order of `innkeeper --help`."""
    app = typer.Typer(name="innkeeper", rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(innkeeper)
    for command in (up, serve, edge, migrate, demo, shell, token, export, graph, certs, mesh):
        app.command()(command)
    app.command(hidden=True)(first_hotels)
    for name, (title, commands) in GROUPS.items():
        group = typer.Typer(name=name, help=title, rich_markup_mode=None)
        group.callback()(lambda: None)
        for word, command in commands.items():
            group.command(word)(command)
        app.add_typer(group)
    mails = typer.Typer(name="mail", rich_markup_mode=None)
    mails.callback(invoke_without_command=True)(mail)
    mails.command("show")(show_mail)
    app.add_typer(mails)
    return app


def innkeeper(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False,
) -> None:
    """A hotel booking platform made of gRPC services.

    `innkeeper up` runs all of it, with a catalogue of made-up hotels, and needs nothing else. Settings are environment
    variables: INNKEEPER_PORT, INNKEEPER_DATA_DIR and so on.
    """
    if version:
        print(f"innkeeper {metadata.version('innkeeper')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
