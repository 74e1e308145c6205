"""`innkeeper mail` and `innkeeper mail show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def mail(context: typer.Context) -> None:
    """List the mails of a platform that has no mail server: when each was sent, to whom, and what about.

    Without INNKEEPER_SMTP_URL mails go to the directory `mail` in the data directory; this reads it, whether the
    platform runs or not.
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from clients.cli.mail.box import SHORT, header, stored, time_of

    directory = _directory()
    mails = stored(directory)
    if not mails:
        typer.echo(f"no mails in {directory}", err=True)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "time", "to", "subject"):
        table.add_column(column, no_wrap=column != "subject")
    console = Console()
    for each in mails:
        message = each.message()
        row = (each.id[:SHORT], time_of(message), header(message, "To"), header(message, "Subject"))
        if console.is_terminal:
            table.add_row(*map(Text, row))
        else:
            print("\t".join(row))
    if console.is_terminal:
        console.print(table)


def show_mail(
    id: Annotated[  # noqa: A002 - the argument's name
        str, typer.Argument(metavar="ID", help="The mail, as `innkeeper mail` lists it; the beginning is enough.")
    ],
    html: Annotated[bool, typer.Option("--html", help="Show the HTML instead of the text.")] = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="Write the attachments to this directory.")
    ] = None,
) -> None:
    """Show a mail: headers, text, and what is attached."""
    from clients.cli.mail.box import content_of, found, header, printable, save_attachments, text_of

    message = found(_directory(), id).message()
    if html:
        print(text_of(message, html=True))
    else:
        for name in message.keys():  # noqa: SIM118 - a message is no mapping: to iterate over it gives its parts
            print(f"{name}: {header(message, name)}")
        print(f"\n{text_of(message, html=False)}")
        for part in message.iter_attachments():
            name, size = printable(part.get_filename() or ""), len(content_of(part))
            print(f"attached: {name} ({part.get_content_type()}, {size} bytes)")
    for path in save_attachments(message, save) if save is not None else ():
        print(f"saved: {path}")


def _directory() -> Path:
    from chassis.settings import Settings
    from services.notifications.sending.mailbox import FOLDER

    return Settings.read().data_dir / FOLDER
