"""`python -m tests.unit.documents.settings_table`: write the page of settings from chassis/settings.py."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from chassis.settings import PREFIX, Settings
from contracts.paths import ROOT

PAGE: Final = ROOT / "docs" / "runbooks" / "settings.md"
HEAD: Final = """\
# Settings

Everything that can be set from outside is an environment variable. A value that is not good stops the start, with one
line that names it and says what would be right.

| variable | default | says |
|---|---|---|
"""
TAIL: Final = """
`OTEL_EXPORTER_OTLP_ENDPOINT` and its sisters count as well: see [traces](observing.md#traces).

This page is made from `chassis/settings.py` by `.venv/bin/python -m tests.unit.documents.settings_table`.
"""


def page() -> str:
    """The page as it should be."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items()) + TAIL


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


def _row(name: str, field: FieldInfo) -> str:
    says = f"{docstrings()[name]} {_values(field)}".strip().replace("|", "\\|")
    return f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {says} |\n"


def _values(field: FieldInfo) -> str:
    """Which values are good, as far as the type says so."""
    if get_origin(field.annotation) is Literal:
        return "One of " + ", ".join(f"`{value}`" for value in get_args(field.annotation)) + "."
    lowest = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
    highest = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
    if lowest is None:
        return ""
    return f"From {lowest}." if highest is None else f"{lowest} to {highest}."


def _shown(default: Any) -> str:
    if default in ("", {}):
        return "none"
    return f"`{json.dumps(default) if isinstance(default, bool) else default}`"


if __name__ == "__main__":
    PAGE.write_text(page())
