"""Dead letters as a person reads them, or a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import grpc
from google.protobuf.json_format import MessageToJson
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clients.cli.events.control import Logs, pass_over
from clients.cli.mesh.table import plain
from clients.cli.mesh.told import age
from innkeeper.events.v1 import event_log_pb2 as pb

PREFIX = "DEAD_LETTER_REASON_"
COLUMNS = ("for", "from", "number", "aggregate", "type", "reason", "tries", "age", "next try", "why")
NUMBERS = frozenset({"number", "tries", "age"})


def letters_of(logs: Logs, aggregate: str) -> Iterator[pb.DeadLetter]:
    """The dead letters of these services, of one aggregate where it is given. Raises Failure, grpc.RpcError."""
    for service, log in logs.items():
        token = ""
        while True:
            try:
                page = log.ListDeadLetters(service=service, aggregate=aggregate, page_token=token)
            except grpc.RpcError as error:
                pass_over(error, service, logs)
                break
            yield from page.dead_letters
            token = page.next_page_token
            if not token:
                break


def show(letters: Iterable[pb.DeadLetter], *, as_json: bool) -> None:
    """Print them, as they come or as a table."""
    if as_json:
        for letter in letters:
            print(MessageToJson(letter, always_print_fields_with_no_presence=True, indent=None), flush=True)
        return
    now = datetime.now(UTC)
    rows = [_row(letter, now) for letter in letters]
    if not rows:
        print("no dead letters")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in NUMBERS else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    if console.is_terminal:
        console.print(table)
    else:
        print(plain(table))


def _row(letter: pb.DeadLetter, now: datetime) -> tuple[str, ...]:
    return (
        letter.subscriber,
        letter.source,
        str(letter.sequence),
        letter.aggregate,
        letter.type.rpartition(".")[2],
        pb.DeadLetterReason.Name(letter.reason).removeprefix(PREFIX).lower().replace("_", " "),
        str(letter.attempts),
        age((now - letter.park_time.ToDatetime(UTC)).total_seconds()),
        _in(letter.retry_time, now) if letter.HasField("retry_time") else "",
        " ".join(letter.detail.split()),
    )


def _in(time: Timestamp, now: datetime) -> str:
    return f"in {age((time.ToDatetime(UTC) - now).total_seconds())}"
