"""Makes text and HTML of a letter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from services.notifications.letters.letter import Letter, Link

TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as it is sent."""

    subject: str
    text: str
    html: str


class Rendering:
    """Renders letters; each template is compiled once."""

    @cached_property
    def _templates(self) -> tuple[Template, Template]:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        return environment.get_template("letter.txt"), environment.get_template("letter.html")

    def render(self, letter: Letter, unsubscribe: Link | None = None) -> Rendered:
        """The letter, with a link by which no more of its kind come where there is one."""
        text, html = self._templates
        return Rendered(
            subject=letter.subject.line,
            text=text.render(letter=letter, unsubscribe=unsubscribe),
            html=html.render(letter=letter, unsubscribe=unsubscribe),
        )
