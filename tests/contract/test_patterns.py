"""Whoever breaks a pattern of the contracts is told in words what would be right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.protobuf import descriptor_pb2 as pb

from buf.validate import validate_pb2
from chassis.forms import WORDS, asked
from tests.contract.declared import IMAGE


def patterns_of(rules: validate_pb2.FieldRules) -> Iterator[str]:
    if rules.string.HasField("pattern"):
        yield rules.string.pattern
    if rules.HasField("repeated"):
        yield from patterns_of(rules.repeated.items)
    if rules.HasField("map"):
        yield from patterns_of(rules.map.keys)
        yield from patterns_of(rules.map.values)


PATTERNS = {
    pattern: element.name
    for element in IMAGE.elements()
    if isinstance(element.proto, pb.FieldDescriptorProto)
    for pattern in patterns_of(element.proto.options.Extensions[validate_pb2.field])
}


def test_every_form_is_in_use() -> None:
    assert PATTERNS
    assert {f"^{bare}$" for bare in WORDS} <= PATTERNS.keys()


@pytest.mark.parametrize("pattern", PATTERNS, ids=PATTERNS.values())
def test_a_pattern_has_words(pattern: str) -> None:
    assert asked(pattern) != f"must match {pattern}", f"{PATTERNS[pattern]}: chassis.forms has no words for {pattern}"
