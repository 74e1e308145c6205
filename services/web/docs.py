"""The description of the HTTP interface, for programs at `/openapi.json` and for people at `/docs`.

The page is Swagger UI, whose files an installed package brings: it needs no other host, and may ask none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.routing import BaseRoute, Route
from swagger_ui_bundle import swagger_ui_path

from contracts.paths import GENERATED, OPENAPI
from services.web.unchanging import Unchanging

DOCUMENT: Final = GENERATED / OPENAPI
PAGES: Final = Path(__file__).parent / "pages"

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of the page. Swagger UI has its icons in its style sheet."""

FILES: Final[dict[str, Path]] = {
    "": PAGES / "docs.html",
    "/docs.js": PAGES / "docs.js",
    **{
        f"/{name}": swagger_ui_path / name
        for name in (
            "swagger-ui-bundle.js",
            "swagger-ui.css",
            "index.css",
            "favicon-32x32.png",
            "oauth2-redirect.html",
            "oauth2-redirect.js",
        )
    },
}
"""What is at `/docs` and below."""


def routes() -> list[BaseRoute]:
    """The description and the page."""
    return [
        Route("/openapi.json", Unchanging(DOCUMENT).answer),
        *(
            Route(f"/docs{path}", Unchanging(file, content_security_policy=POLICY).answer)
            for path, file in FILES.items()
        ),
    ]
