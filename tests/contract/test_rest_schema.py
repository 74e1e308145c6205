"""What the edge answers is what the OpenAPI document says, whatever it is asked: thousands of requests, good ones and
bad ones, that schemathesis makes of that document, the same in every run.

https://schemathesis.readthedocs.io
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import sysconfig
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

import pytest

from chassis.context import ADMIN
from contracts.paths import GENERATED, OPENAPI
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import BY_NAME, Example
from tests.contract.calls.world import World
from tests.contract.protocols.http_rule import bindings
from tests.edge import RunningEdge

pytestmark = pytest.mark.asyncio(loop_scope="session")

DOCUMENT: Final[dict[str, Any]] = json.loads((GENERATED / OPENAPI).read_text(encoding="utf-8"))
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)
LEFT_OUT: Final = r"events$|:watch$"
"""Streams that go on for as long as somebody listens."""


@pytest.mark.timeout(300)
async def test_thousands_of_requests_are_answered_as_described(edge: RunningEdge, tmp_path: Path) -> None:
    token = edge.platform.token("users/staff", {*edge.platform.scopes, ADMIN})
    staff = ("--header", f"Authorization: Bearer {token}")
    async with aclosing(World(edge.platform)) as world:
        known = await configuration(world)
    runs = await asyncio.gather(
        run(edge.url, tmp_path / "nobody", "--phases", "fuzzing", "--max-examples", "5"),
        run(edge.url, tmp_path / "staff", "--phases", "coverage", *staff),
        run(edge.url, tmp_path / "at-home", "--phases", "fuzzing", "--max-examples", "15", *staff, configured=known),
    )

    assert [said["failures"] + said["errors"] for said in runs] == [[]] * 3
    assert sum(said["test_cases"]["generated"] for said in runs) >= 2_000
    assert all(said["operations"]["tested"] == said["operations"]["selected"] > 30 for said in runs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("x#y", "a", id="name-that-is-none-of-grpc"),
        pytest.param("~", "a", id="name-of-one-sign"),
        pytest.param("x-trace-bin", "!", id="bytes-that-are-no-base64"),
        pytest.param("grpc-encoding", "unheard-of", id="encoding-of-messages"),
        pytest.param("grpc-timeout", "soon", id="deadline-that-is-none"),
        pytest.param("x-name", "Zoë", id="letters-beyond-ascii"),
    ],
)
async def test_headers_that_grpc_does_not_have_do_no_harm(name: str, value: str, edge: RunningEdge) -> None:
    async with edge.http() as http:
        answer = await http.get("/v1/jwks", headers=[(name.encode(), value.encode())])
    assert answer.status_code == 200


async def configuration(world: World) -> str:
    """What tells schemathesis, for each operation, of a resource that is there: with others it would not get far."""
    lines: list[str] = []
    for template, item in DOCUMENT["paths"].items():
        for verb, operation in item.items():
            if "{" in template and "x-grpc-method" in operation and re.search(LEFT_OUT, template) is None:
                method = BY_NAME[operation["x-grpc-method"].replace("/", ".")]
                prepared = await prepare(world, Example(method))
                path = next(b for b in bindings(method) if b.verb.lower() == verb).request(prepared.request).path
                found = re.fullmatch(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)), path)
                assert found is not None, f"{path} is no {template}"
                lines += ["[[operations]]", f'include-name = "{verb.upper()} {template}"', "[operations.parameters]"]
                lines += [f'"path.{name}" = "{value}"' for name, value in found.groupdict().items()]
    return "\n".join(lines)


async def run(url: str, scratch: Path, *options: str, configured: str = "") -> dict[str, Any]:
    """What schemathesis reports of a run against that address; its own words are shown where it found something."""
    config, report = files(scratch, configured)
    process = await asyncio.create_subprocess_exec(
        Path(sysconfig.get_path("scripts")) / "schemathesis",
        *("--config-file", config),
        *("run", f"{url}/openapi.json"),
        *("--checks", ",".join(CHECKS)),
        *("--exclude-path-regex", LEFT_OUT),
        *("--request-timeout", "30"),
        *("--report", "json", "--report-json-path", report),
        "--generation-deterministic",
        "--continue-on-failure",
        "--no-color",
        *options,
        cwd=scratch,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    sys.stdout.write(output.decode())
    said: dict[str, Any] = json.loads(report.read_bytes())
    return said


def files(scratch: Path, configured: str) -> tuple[Path, Path]:
    """Where the configuration of a run is, and where its report will be."""
    scratch.mkdir()
    config = scratch / "schemathesis.toml"
    config.write_text(configured)
    return config, scratch / "report.json"
