"""By which HTTP requests a method is called: the rules of google.api.http, in the words of OpenAPI.

A path of the contract binds a field to several segments, `/v1/{name=hotels/*/ratePlans/*}`; one of OpenAPI gives each
variable segment a parameter, `/v1/hotels/{hotel}/ratePlans/{rate_plan}`, here by the names of the resource's pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from google.api import annotations_pb2, http_pb2, resource_pb2
from google.protobuf import descriptor_pb2 as pb

from contracts.image import Image
from contracts.protoc import ContractError

VARIABLE: Final = re.compile(r"\{(?P<field>[a-z0-9_.]+)(=(?P<template>[^{}]+))?\}")
EVERYTHING: Final = "*"
"""The body that is all of the request that stands nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A field of the request that the path holds."""

    field: str
    """The dotted path of the field, such as `hotel.name`."""
    pattern: str
    """What it holds: `hotels/{hotel}`."""

    @property
    def parameters(self) -> list[str]:
        """The names of the segments that vary."""
        return re.findall(r"\{(\w+)\}", self.pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One HTTP request that calls a method."""

    verb: str
    """In lower case, as OpenAPI has it."""
    path: str
    variables: tuple[Variable, ...]
    body: str
    """The field that is the body, EVERYTHING, or nothing where there is none."""


class Bindings:
    """Reads the bindings of methods, with the names that the contracts give their resources' parts."""

    def __init__(self, image: Image) -> None:
        options: list[Any] = [message.options for message in image.messages().values()]
        patterns: list[str] = [p for o in options for p in o.Extensions[resource_pb2.resource].pattern]
        self._patterns = {re.sub(r"\{\w+\}", "*", pattern): pattern for pattern in patterns}

    def of(self, method: pb.MethodDescriptorProto) -> Iterator[Binding]:
        """The method's bindings, the main one first; none for a method that cannot be called by HTTP."""
        if (rule := http_rule(method)) is not None:
            yield self._binding(rule)
            yield from map(self._binding, rule.additional_bindings)

    def _binding(self, rule: http_pb2.HttpRule) -> Binding:
        verb = str(rule.WhichOneof("pattern"))
        if verb == "custom" or rule.response_body:
            raise ContractError(f"no words for this rule of google.api.http:\n{rule}")
        template: str = getattr(rule, verb)
        variables = [self._variable(found) for found in VARIABLE.finditer(template)]
        path = VARIABLE.sub("{}", template).format(*(variable.pattern for variable in variables))
        return Binding(verb=verb, path=path, variables=tuple(variables), body=rule.body)

    def _variable(self, found: re.Match[str]) -> Variable:
        template = found["template"] or "*"
        if template not in self._patterns:
            raise ContractError(f"no resource has the pattern of {found[0]}")
        return Variable(field=found["field"], pattern=self._patterns[template])


def http_rule(method: pb.MethodDescriptorProto) -> http_pb2.HttpRule | None:
    """How the contract says that the method is called by HTTP, if it is."""
    options: Any = method.options
    rule: http_pb2.HttpRule = options.Extensions[annotations_pb2.http]
    return rule if rule.WhichOneof("pattern") else None
