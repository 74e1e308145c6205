"""Events say what happened to what, and nothing about people: they are kept for days, go everywhere, and are shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from chassis.policy import is_personal, is_secret
from contracts.paths import PROTOS


def events() -> Iterator[Descriptor]:
    """Every message in a file of events."""
    for path in sorted(PROTOS.rglob("*_events.proto")):
        module = import_module(".".join(path.relative_to(PROTOS).with_suffix("").parts) + "_pb2")
        yield from module.DESCRIPTOR.message_types_by_name.values()


def fields(
    message: Descriptor, path: str = "", above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, FieldDescriptor]]:
    """Each field at any depth, with the way to it."""
    for field in message.fields:
        here = f"{path}.{field.name}" if path else field.name
        yield here, field
        if field.message_type is not None and field.message_type.full_name not in above:
            yield from fields(field.message_type, here, above | {message.full_name})


EVENTS = list(events())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.full_name)
def test_an_event_has_nothing_personal_and_no_secret(event: Descriptor) -> None:
    told = {path for path, field in fields(event) if is_personal(field) or is_secret(field)}
    assert not told


def test_what_is_recorded_is_an_event() -> None:
    """Only what stands in a file of events was looked at."""
    known = {event.name for event in EVENTS}
    recorded = set[str]()
    for path in sorted((PROTOS.parent / "services").rglob("*.py")):
        recorded |= set(payloads(path))
    assert {"UserDeleted", "HotelChanged"} <= recorded <= known


def payloads(path: Path) -> Iterator[str]:
    """The messages that a module makes to have them recorded."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "record":
            made = [argument.value for argument in node.keywords if argument.arg == "payload"]
            names = [ast.unparse(each.func).split(".")[-1] for each in made if isinstance(each, ast.Call)]
            yield from filter(str.isidentifier, names)
