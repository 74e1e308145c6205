"""The contract of a service as bytes, and their digest: how an instance tells the registry what it serves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet


def descriptors_of(contract: ServiceDescriptor | None) -> bytes:
    """A serialised FileDescriptorSet: the file of the service and all that it imports, imported files first; empty of a
    service that has none."""
    files = FileDescriptorSet()
    if contract is not None:
        for file in _with_imports(contract.file, set()):
            file.CopyToProto(files.file.add())
    return files.SerializeToString(deterministic=True)


def digest_of(descriptors: bytes) -> str:
    """The SHA-256 of a contract, in hexadecimal."""
    return hashlib.sha256(descriptors).hexdigest()


def _with_imports(file: FileDescriptor, seen: set[str]) -> Iterator[FileDescriptor]:
    if file.name not in seen:
        seen.add(file.name)
        for imported in file.dependencies:
            yield from _with_imports(imported, seen)
        yield file
