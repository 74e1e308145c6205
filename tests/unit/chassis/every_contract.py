"""Everything that the contracts declare, as the running platform sees it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

from google.protobuf.descriptor import Descriptor, FileDescriptor

import innkeeper

ROOT: Final = Path(next(iter(innkeeper.__path__)))


@cache
def files() -> tuple[FileDescriptor, ...]:
    """Every contract of ours."""
    names = sorted(path.relative_to(ROOT.parent) for path in ROOT.rglob("*_pb2.py"))
    return tuple(import_module(".".join(name.with_suffix("").parts)).DESCRIPTOR for name in names)


def messages() -> list[Descriptor]:
    """Every message type, nested ones included."""
    return [nested for file in files() for message in file.message_types_by_name.values() for nested in _all(message)]


def _all(message: Descriptor) -> Iterator[Descriptor]:
    if not message.GetOptions().map_entry:
        yield message
        for nested in message.nested_types:
            yield from _all(nested)
