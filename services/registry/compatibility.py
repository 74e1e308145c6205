"""Whether an instance keeps the promises of the released contract, by buf's own verdict."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError

from chassis.contract_digest import digest_of
from chassis.refusal import InvalidField, Refusal
from chassis.storage.database import Database
from contracts.buf import buf
from contracts.paths import RELEASED
from contracts.protoc import ContractError
from services.registry import store


class ContractUnknown(Refusal):
    """A contract that the registry has to see first."""

    reason = "CONTRACT_UNKNOWN"


class ContractIncompatible(Refusal):
    """A contract that breaks callers of the released one."""

    reason = "CONTRACT_INCOMPATIBLE"


class Compatibility:
    """Compares contracts with the released one, each once.

    Args:
        database: Where it is remembered which were found compatible.
        released: The descriptor image of the released contracts.
    """

    def __init__(self, database: Database, released: Path = RELEASED) -> None:
        self._database = database
        self._released = released
        image = released.read_bytes()
        self._released_digest = digest_of(image)
        self._released_files = frozenset(file.name for file in FileDescriptorSet.FromString(image).file)

    async def require(self, contract: ServiceDescriptor, digest: str, descriptors: bytes) -> None:
        """Raises ContractUnknown for a digest that was not seen before and comes without descriptors,
        ContractIncompatible with buf's findings, InvalidField for descriptors that are not those of the digest."""
        key = (contract.full_name, digest, self._released_digest)
        if await self._database.read(lambda session: store.is_compatible(session, *key)):
            return
        if not descriptors:
            raise ContractUnknown(f"the contract {digest[:12]} was not seen before: send its descriptors along")
        if digest_of(descriptors) != digest:
            raise InvalidField("descriptors", "must be what `instance.contract_digest` is the SHA-256 of")
        # buf is a program: a thread waits for it. subprocess starts it by vfork, which gRPC's threads do not mind.
        await asyncio.to_thread(self._compare, contract, descriptors)
        await self._database.write(lambda session: store.add_compatible(session, *key))

    def _compare(self, contract: ServiceDescriptor, descriptors: bytes) -> None:
        try:
            files = FileDescriptorSet.FromString(descriptors)
        except DecodeError:
            raise InvalidField("descriptors", "must be a serialised google.protobuf.FileDescriptorSet") from None
        own = contract.file.name
        if own not in {file.name for file in files.file}:
            raise InvalidField("descriptors", f"must hold {own}, in which {contract.full_name} is declared")
        if own not in self._released_files:
            return  # nothing is promised yet
        with tempfile.TemporaryDirectory() as scratch:
            image = Path(scratch) / "image.binpb"
            image.write_bytes(_with_json_names(files).SerializeToString())
            try:
                buf("breaking", image, "--against", str(self._released), paths=(own,))
            except ContractError as found:
                raise ContractIncompatible(f"{contract.full_name} breaks the released contract: {found}") from None


def _with_json_names(files: FileDescriptorSet) -> FileDescriptorSet:
    """Descriptors that are embedded in generated code leave out the JSON names that follow from the names."""
    for file in files.file:
        for message in _messages(file):
            for field in message.field:
                if not field.json_name:
                    first, *rest = field.name.split("_")
                    field.json_name = first + "".join(part[:1].upper() + part[1:] for part in rest)
    return files


def _messages(parent: FileDescriptorProto | DescriptorProto) -> Iterator[DescriptorProto]:
    below: Sequence[DescriptorProto] = (
        parent.message_type if isinstance(parent, FileDescriptorProto) else parent.nested_type
    )
    for message in below:
        yield message
        yield from _messages(message)
