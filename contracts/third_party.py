"""The descriptors of the contracts that ours import, taken out of installed packages.

No third-party `.proto` is copied into the repository: protoc takes its imports from this set (`--descriptor_set_in`).
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import google.protobuf
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor
from protovalidate._gen.buf.validate import validate_pb

GOOGLE: Final = ("api", "rpc", "type")
"""The packages of googleapis-common-protos that a contract may import from, below `google`."""

PROTOBUF: Final = ("any", "descriptor", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")
"""The files of `google/protobuf` that a contract may import."""

VALIDATE: Final = "buf/validate/validate.proto"
"""The validation rules. protovalidate has their descriptor but no stubs for google.protobuf: we generate those."""


def descriptor_set() -> descriptor_pb2.FileDescriptorSet:
    """Every third-party file that a contract may import, each after the files that it imports itself."""
    files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
    for descriptor in _google():
        _add(descriptor, files)
    files[VALIDATE] = _validate()
    return descriptor_pb2.FileDescriptorSet(file=files.values())


def write(path: Path) -> Path:
    """Write the set where protoc can read it."""
    path.write_bytes(descriptor_set().SerializeToString(deterministic=True))
    return path


def _google() -> Iterator[FileDescriptor]:
    for name in PROTOBUF:
        yield _descriptor(importlib.import_module(f"google.protobuf.{name}_pb2"))
    # `google` is shared by several distributions; the one asked for lies beside google.protobuf.
    google_dir = Path(google.protobuf.__file__).parent.parent
    for package in GOOGLE:
        for path in sorted((google_dir / package).glob("*_pb2.py")):
            yield _descriptor(importlib.import_module(f"google.{package}.{path.stem}"))


def _descriptor(module: ModuleType) -> FileDescriptor:
    descriptor = module.DESCRIPTOR
    assert isinstance(descriptor, FileDescriptor)
    return descriptor


def _add(descriptor: FileDescriptor, files: dict[str, descriptor_pb2.FileDescriptorProto]) -> None:
    if descriptor.name in files:
        return
    for dependency in descriptor.dependencies:
        _add(dependency, files)
    files[descriptor.name] = descriptor_pb2.FileDescriptorProto.FromString(descriptor.serialized_pb)


def _validate() -> descriptor_pb2.FileDescriptorProto:
    # protovalidate stands on another protobuf runtime; the wire format is what the two share.
    return descriptor_pb2.FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary())
