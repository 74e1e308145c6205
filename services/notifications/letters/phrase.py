"""A sentence of a catalogue with values in it, the same for text and for HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from services.notifications.letters.foreign import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE

ISOLATES = str.maketrans("", "", FIRST_STRONG_ISOLATE + POP_DIRECTIONAL_ISOLATE)


@dataclass(frozen=True, slots=True)
class Phrase:
    """`pattern` is the catalogue's, with places such as `{hotel}`. The values are put in as they are: what looks like a
    place or a tag in one of them is nothing but letters."""

    pattern: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """As the subject of a mail has it, whose reader may not know marks of direction."""
        return str(self).translate(ISOLATES)

    def __str__(self) -> str:
        return self.pattern.format(**{name: str(value) for name, value in self.values.items()})

    def __html__(self) -> Markup:
        return escape(self.pattern).format(**self.values)
