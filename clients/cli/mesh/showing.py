"""Shows the mesh once, or as it changes."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import grpc
from google.protobuf.json_format import MessageToJson
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from clients.cli.failure import refusal
from clients.cli.mesh import table
from innkeeper.registry.v1 import registry_pb2

EVERY = 1.0
"""Seconds between two looks: load changes all the time, and no stream tells of it."""


def once(control: Any, *, as_json: bool) -> None:
    """Show the mesh. Raises grpc.RpcError."""
    mesh = control.GetMesh()
    if as_json:
        print(_json(mesh, indent=2))
    else:
        table.show(mesh)


def watch(control: Any, *, as_json: bool) -> None:
    """Show the mesh again and again until Ctrl-C; while the registry is away, what it told last."""
    with suppress(KeyboardInterrupt):
        if as_json or not Console().is_terminal:
            _write_on(control, as_json=as_json)
        else:
            _redraw(control)


def _write_on(control: Any, *, as_json: bool) -> None:
    while True:
        mesh = control.GetMesh()
        if as_json:
            print(_json(mesh, indent=None), flush=True)
        else:
            table.show(mesh)
            print(flush=True)
        time.sleep(EVERY)


def _redraw(control: Any) -> None:
    mesh = control.GetMesh()
    with Live(screen=True, auto_refresh=False) as screen:
        trouble = ""
        while True:
            shown: RenderableType = table.rendered(mesh, datetime.now(UTC))
            screen.update(Group(Text(trouble, style="red"), shown) if trouble else shown, refresh=True)
            time.sleep(EVERY)
            try:
                mesh, trouble = control.GetMesh(), ""
            except grpc.RpcError as error:
                trouble = refusal(error)


def _json(mesh: registry_pb2.Mesh, indent: int | None) -> str:
    return MessageToJson(mesh, always_print_fields_with_no_presence=True, indent=indent)
