"""Requests as nobody would write them: right but for a few fields that are guessed, or guessed throughout."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from tests.contract.bad_requests.leaves import Strategy, fair, wild
from tests.contract.bad_requests.spots import spots
from tests.contract.calls.declarations import is_output_only, is_required, rules_of

Draw = Callable[[st.SearchStrategy[Any]], Any]
Leaf = Callable[[FieldDescriptor], Strategy | None]

MOST_ITEMS: Final = 3
DEEPEST: Final = 4


@cache
def values(field: FieldDescriptor, leaf: Leaf, depth: int = 0) -> Strategy:
    """Guesses at one value of a field: of an item, where it is repeated."""
    single = leaf(field)
    return messages(field.message_type, leaf, depth + 1) if single is None else single


@st.composite
def messages(draw: Draw, descriptor: Descriptor, leaf: Leaf, depth: int = 0) -> Message:
    """Guesses at a whole message, with about half of its fields set; fair ones have what is required."""
    message = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if depth == DEEPEST or is_output_only(field):
            continue
        if (leaf is fair and is_required(field)) or draw(st.booleans()):
            guess(draw, message, field, leaf, depth)
    return message


def guess(draw: Draw, message: Any, field: FieldDescriptor, leaf: Leaf, depth: int = 0) -> None:
    """Set a field of a message to a guess."""
    message.ClearField(field.name)
    if field.is_repeated:
        least = rules_of(field).repeated.min_items if leaf is fair else 0
        items = draw(st.lists(values(field, leaf, depth), min_size=least, max_size=MOST_ITEMS))
        getattr(message, field.name).extend(items)
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(draw(values(field, leaf, depth)))
        getattr(message, field.name).SetInParent()
    else:
        setattr(message, field.name, draw(values(field, leaf, depth)))


def mutate(draw: Draw, request: Message, leaf: Leaf) -> None:
    """Guess up to four fields of a request anew; of wild guesses, some take a field away."""
    for _ in range(draw(st.integers(1, 4))):
        places = list(spots(request))
        if not places:
            return
        spot = draw(st.sampled_from(places))
        if leaf is wild and draw(st.booleans()):
            spot.holder(request).ClearField(spot.field.name)
        else:
            guess(draw, spot.holder(request), spot.field, leaf)


def guessed(draw: Draw, request: Any) -> Any:
    """What becomes of a request that would be granted: mostly itself with a few fields guessed."""
    leaf = draw(st.sampled_from([fair, fair, wild]))
    if draw(st.integers(0, 4)):
        mutate(draw, request, leaf)
        return request
    return draw(messages(request.DESCRIPTOR, leaf))
