"""REST: JSON over HTTP into gRPC and back, by the `google.api.http` annotations of the contracts."""

from __future__ import annotations

from collections.abc import Iterable

from envoy.extensions.filters.http.grpc_json_transcoder.v3.transcoder_pb2 import GrpcJsonTranscoder
from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.wrappers_pb2 import UInt32Value
from google.rpc import error_details_pb2

from chassis.policy import methods
from services.registry.edge.access import is_open

TRANSCODER = "envoy.filters.http.grpc_json_transcoder"

LARGEST_RESPONSE = 32 * 1024 * 1024
"""Bytes of JSON that an answer may have: that of the largest message is several times as long as the message."""


def transcoder(contracts: Iterable[ServiceDescriptor]) -> GrpcJsonTranscoder:
    """Takes REST requests for the open methods of these contracts, and leaves all others as they are.

    Errors come back as `google.rpc.Status` with their details, streams as a line of JSON for each message. Every field
    is printed, also one that has its default value, and a query parameter that the contract does not know is an error.
    """
    offered = list(contracts)
    return GrpcJsonTranscoder(
        proto_descriptor_bin=_descriptors(offered).SerializeToString(deterministic=True),
        services=sorted({contract.full_name for contract in offered}),
        print_options=GrpcJsonTranscoder.PrintOptions(
            always_print_primitive_fields=True, stream_newline_delimited=True
        ),
        convert_grpc_status=True,
        query_param_unescape_plus=True,
        request_validation_options=GrpcJsonTranscoder.RequestValidationOptions(
            reject_unknown_query_parameters=True, reject_binding_body_field_collisions=True
        ),
        max_response_body_size=UInt32Value(value=LARGEST_RESPONSE),
    )


def _descriptors(contracts: Iterable[ServiceDescriptor]) -> FileDescriptorSet:
    """The files of these contracts and all that they import, imported files first, with those of the details that
    errors have; less the methods that are not for callers from outside."""
    files: dict[str, FileDescriptor] = {}
    for file in (error_details_pb2.DESCRIPTOR, *(contract.file for contract in contracts)):
        _with_imports(file, files)
    made = FileDescriptorSet()
    for file in files.values():
        copy = made.file.add()
        file.CopyToProto(copy)
        for service in copy.service:
            offered = [method.name for method in methods(file.services_by_name[service.name]) if is_open(method)]
            kept = [method for method in service.method if method.name in offered]
            del service.method[:]
            service.method.extend(kept)
    return made


def _with_imports(file: FileDescriptor, found: dict[str, FileDescriptor]) -> None:
    if file.name not in found:
        for imported in file.dependencies:
            _with_imports(imported, found)
        found[file.name] = file
