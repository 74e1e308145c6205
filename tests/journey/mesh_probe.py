"""Runs `mesh-probe`, the client in Go, and reads what it reports."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from tests.journey.command import PATIENCE

RATE: Final = 50
"""Calls per second: few, so that a busy machine does not shed any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of the calls of the last half second, or of all in the final one.

    `peers` are calls answered, by address; `failed` calls failed, by status, and `error` is what the last one said.
    """

    final: bool
    calls: int
    peers: Mapping[str, int]
    failed: Mapping[str, int]
    error: str

    @classmethod
    def read(cls, line: str) -> Report:
        """A line of the probe's output."""
        told = json.loads(line)
        return cls(
            final=told["final"],
            calls=told["calls"],
            peers=told["peers"],
            failed=told["failed"],
            error=told.get("error", ""),
        )


class Probe:
    """A probe that runs, from its start."""

    def __init__(self, process: subprocess.Popen[str], lines: IO[str]) -> None:
        self._process = process
        self._reports = (Report.read(line) for line in lines)

    def until_only(self, *addresses: str) -> None:
        """Returns when these instances answer all calls, each some."""
        deadline = time.monotonic() + PATIENCE
        for report in self._reports:
            assert not report.failed, report
            if report.peers.keys() == set(addresses):
                return
            assert time.monotonic() < deadline, f"{addresses} should answer, and it is {report}"
        raise AssertionError("the probe has ended")

    def share(self, calls: int) -> dict[str, float]:
        """The share of each instance in that many of the next calls, or a few more."""
        counted = Counter[str]()
        for report in self._reports:
            assert not report.failed, report
            counted.update(report.peers)
            if counted.total() >= calls:
                return {address: count / counted.total() for address, count in counted.items()}
        raise AssertionError("the probe has ended")

    def stop(self) -> Report:
        """Has it end; what came of all calls."""
        self._process.terminate()
        *_, final = self._reports
        assert final.final
        return final


@contextmanager
def probing(program: Path, registry: str, target: str, method: str) -> Iterator[Probe]:
    """A probe that calls a method, and finds who serves it by that registry, while the block lasts."""
    bootstrap = {
        "xds_servers": [
            {"server_uri": registry, "channel_creds": [{"type": "insecure"}], "server_features": ["xds_v3"]}
        ],
        "node": {"id": "mesh-probe"},
    }
    arguments = [f"-target={target}", f"-method={method}", f"-rate={RATE}", "-every=500ms", "-timeout=10s"]
    with subprocess.Popen(
        [program, *arguments],
        env=os.environ | {"GRPC_XDS_BOOTSTRAP_CONFIG": json.dumps(bootstrap)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield Probe(process, process.stdout)
        finally:
            process.kill()
