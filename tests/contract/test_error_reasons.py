"""Every way in which a call may fail has a reason, a gRPC code and an example, and methods name only such reasons."""

from __future__ import annotations

import re

from google.protobuf import descriptor_pb2 as pb
from google.rpc import code_pb2

from contracts.image import Element
from contracts.openapi.failures import PLATFORM, PREFIX, named_reasons
from innkeeper.options.v1 import options_pb2
from tests.contract.declared import IMAGE, each

REASONS = [value for enum in IMAGE.enums() if enum.proto.name == "ErrorReason" for value in IMAGE.values(enum.name)]


@each(reason for reason in REASONS if reason.proto.number != 0)
def test_a_reason_has_a_code(declared: Element[pb.EnumValueDescriptorProto]) -> None:
    code = declared.proto.options.Extensions[options_pb2.error].code
    assert code != code_pb2.OK, f"{declared.place}: no gRPC code"


@each(reason for reason in REASONS if reason.proto.number != 0)
def test_a_reason_is_explained_by_a_sentence_and_an_example(declared: Element[pb.EnumValueDescriptorProto]) -> None:
    assert re.match(r"\S.+\. Example: \S.+", declared.comment), f"{declared.place}: {declared.comment!r}"


@each(IMAGE.methods())
def test_a_method_fails_for_known_reasons(declared: Element[pb.MethodDescriptorProto]) -> None:
    known = {
        reason.proto.name.removeprefix(PREFIX) for reason in REASONS if reason.package in (declared.package, PLATFORM)
    }
    unknown = sorted(set(named_reasons(declared.comment)) - known)
    assert not unknown, f"{declared.place}: no such reason in {declared.package} or {PLATFORM}: {', '.join(unknown)}"
