"""The pages that a person sees, without scripts, in no frame, and kept by no cache."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

TEMPLATES: Final = Path(__file__).parent / "templates"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Pages:
    """Renders templates."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._style = (TEMPLATES / "style.css").read_text()
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        self._style_source = f"'sha256-{digest}'"

    def render(self, template: str, status: int = 200, *, form_targets: str = "'none'", **values: Any) -> Response:
        """A page; `form_targets` are the sources to which its forms may lead (`form-action` of CSP 3)."""
        content = self._templates.get_template(template).render(style=self._style, **values)
        policy = (
            f"default-src 'none'; style-src {self._style_source}; form-action {form_targets}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        return HTMLResponse(content, status, {**HEADERS, "Content-Security-Policy": policy})
