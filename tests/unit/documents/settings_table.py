"""`python -m tests.unit.documents.settings_table`: write the page of settings from chassis/settings.py."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from msgspec.structs import FieldInfo, fields

from chassis.settings import PREFIX, Settings
from contracts.paths import ROOT

PAGE: Final = ROOT / "docs" / "runbooks" / "settings.md"
HEAD: Final = """\
# Settings

Everything that can be set from outside is an environment variable. A value that is not good stops the start, with one
line that names it and says what would be right; so does the name of a variable that is nearly one of these.

| variable | default | says |
|---|---|---|
"""
TAIL: Final = """
`OTEL_EXPORTER_OTLP_ENDPOINT` and its sisters count as well: see [traces](observing.md#traces).

This page is made from `chassis/settings.py` by `.venv/bin/python -m tests.unit.documents.settings_table`.
"""


def page() -> str:
    """The page as it should be."""
    return HEAD + "".join(map(_row, fields(Settings))) + TAIL


def docstrings() -> dict[str, str]:
    """The string below each setting."""
    (settings,) = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(settings, ast.ClassDef)
    return dict(_documented(settings.body))


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, below in pairwise(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str() as text)):
                    yield statement.target.id, " ".join(text.split())


def _row(field: FieldInfo) -> str:
    says = f"{docstrings()[field.name]} {_values(field.type)}".strip().replace("|", "\\|")
    return f"| `{PREFIX}{field.name.upper()}` | {_shown(getattr(Settings(), field.name))} | {says} |\n"


def _values(kind: Any) -> str:
    """Which values are good, as far as the type says so."""
    if get_origin(kind) is Literal:
        return "One of " + ", ".join(f"`{value}`" for value in get_args(kind)) + "."
    limits = get_args(kind)[1] if get_origin(kind) is Annotated else None
    if limits is None or limits.ge is None:
        return ""
    return f"From {limits.ge}." if limits.le is None else f"{limits.ge} to {limits.le}."


def _shown(default: Any) -> str:
    if default in ("", {}, None):
        return "none"
    return f"`{json.dumps(default) if isinstance(default, bool) else default}`"


if __name__ == "__main__":
    PAGE.write_text(page())
