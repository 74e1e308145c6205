"""The toy contract, compiled for the test run, with its messages and stubs."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from chassis.policy import Method, methods
from contracts.paths import GENERATED, IMAGE
from contracts.protoc import protoc


@cache
def file() -> FileDescriptor:
    """`toy.proto`, known to the process."""
    with tempfile.TemporaryDirectory() as scratch:
        compiled = Path(scratch) / "toy.binpb"
        flags = [f"--proto_path={Path(__file__).parent}", f"--descriptor_set_out={compiled}"]
        protoc(GENERATED / IMAGE, flags, ["toy.proto"])
        (toy,) = FileDescriptorSet.FromString(compiled.read_bytes()).file
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(toy.SerializeToString())
    found: FileDescriptor = pool.FindFileByName("toy.proto")
    return found


def service(name: str) -> ServiceDescriptor:
    """A service of the contract."""
    return file().services_by_name[name]


def method(name: str) -> Method:
    """A method of ToyService, with its policy."""
    return next(found for found in methods(service("ToyService")) if found.name == name)


def message(name: str, /, **fields: Any) -> Message:
    """A message of the contract."""
    return message_class(name)(**fields)


def message_class(name: str) -> type[Message]:
    """The class of a message."""
    return GetMessageClass(file().message_types_by_name[name])


def told(text: str) -> Message:
    return message("Told", text=text)


class Stub:
    """What a generated stub is: a callable for each method."""

    def __init__(self, channel: Any, contract: ServiceDescriptor) -> None:
        kinds = {
            (False, False): channel.unary_unary,
            (False, True): channel.unary_stream,
            (True, False): channel.stream_unary,
            (True, True): channel.stream_stream,
        }
        for method in methods(contract):
            setattr(self, method.name, kinds[method.client_streaming, method.server_streaming](method.path))


def toy_stub(channel: Any) -> Stub:
    """A stub of ToyService."""
    return Stub(channel, service("ToyService"))


def asking_stub(channel: Any) -> Stub:
    """A stub of AskingService."""
    return Stub(channel, service("AskingService"))
