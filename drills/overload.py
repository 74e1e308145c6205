"""Five times more calls than a service can do, with admission control and without it.

The subject is the hotels service behind the whole chassis: a page of 600 hotels from SQLite, as a report would ask for,
some 20 ms of SQL and Python for each call, on one core. The work has to be large beside a refusal, which gRPC in Python
does in about 0.2 ms: at k times the peak, k - 1 calls are refused for each that is done, and goodput cannot be better
than 1 - (k - 1) · refusal / work. Callers wait for a second and do not try again.

The peak is the best of one caller and of two. The unloaded p99 is that of calls that come at random at a quarter of the
peak. Then calls come, at random as well, at five times the peak, whatever becomes of them. Goodput is the calls per
second that were answered well within their deadline.

The first seconds of each overload, in which it is found out, are reported by themselves and not counted: the bars are
those of an overload that lasts. Peak, calm and overload follow each other in several rounds; ratios are of one round,
and the figures are medians, so that what else the machine does weighs less.
"""

from __future__ import annotations

import json
import statistics

from drills.load import Report
from drills.outcome import Bar, Outcome
from drills.process import DrillProcess, running

TIMES = 5
OFFERED_AT_LEAST = 0.95
"""The share of the load meant that has to have been offered."""

CALM = 0.25
"""The share of the peak at which a call hardly meets another."""

ROUNDS, ROUNDS_UNPROTECTED = 5, 2
FIND_PEAK, UNLOADED, ONSET, OVERLOADED = 2.0, 10.0, 3.0, 6.0
"""Seconds of each part of a round."""


async def rehearse() -> Outcome:
    """Goodput under overload against the peak, and p99 of the calls let in against the unloaded p99; and the same of a
    server that lets in all."""
    figures = await _overload(ROUNDS)
    unprotected = await _overload(ROUNDS_UNPROTECTED, "--unprotected")
    figures |= {f"{name}_unprotected": value for name, value in unprotected.items()}
    return Outcome.of(
        figures,
        Bar(figure="goodput_vs_peak", at_least=0.8),
        Bar(figure="p99_vs_unloaded", at_most=3.0),
        Bar(figure="goodput_vs_peak_unprotected", at_most=0.5),
        Bar(figure="offered_vs_peak", at_least=TIMES * OFFERED_AT_LEAST),
        Bar(figure="offered_vs_peak_unprotected", at_least=TIMES * OFFERED_AT_LEAST),
    )


async def _overload(rounds: int, *flags: str) -> dict[str, float]:
    print(f"the server {'lets in all' if flags else 'admits what it can do'}:", flush=True)
    async with running("drills.hotels_server", *flags) as server, running("drills.load", await server.line()) as load:
        seen = [await _round(load) for _ in range(rounds)]
    return {name: statistics.median(figures[name] for figures in seen) for name in seen[0]}


async def _round(load: DrillProcess) -> dict[str, float]:
    peak = max([await _told(load, f"closed {callers} {FIND_PEAK}") for callers in (1, 2)], key=_goodput)
    unloaded = await _told(load, f"open {CALM * peak.goodput:.1f} {UNLOADED}")
    rate = TIMES * peak.goodput
    await _told(load, f"open {rate:.1f} {ONSET}")
    overloaded = await _told(load, f"open {rate:.1f} {OVERLOADED}")
    return {
        "goodput_vs_peak": overloaded.goodput / peak.goodput,
        "p99_vs_unloaded": overloaded.quantile(0.99) / unloaded.quantile(0.99),
        "offered_vs_peak": overloaded.offered / peak.goodput,
        "peak_per_s": peak.goodput,
        "goodput_per_s": overloaded.goodput,
        "unloaded_p99_ms": unloaded.quantile(0.99) * 1000,
        "p99_ms": overloaded.quantile(0.99) * 1000,
        "refused_p99_ms": overloaded.quantile(0.99, "UNAVAILABLE") * 1000,
    }


def _goodput(report: Report) -> float:
    return report.goodput


async def _told(load: DrillProcess, line: str) -> Report:
    report = Report(**json.loads(await load.asked(line)))
    codes = ", ".join(f"{len(times)} {code}" for code, times in sorted(report.times.items()))
    print(
        f"  {line:<16} offered {report.offered:4.0f}/s, answered {report.goodput:4.0f}/s,"
        f" p50 {report.quantile(0.5) * 1000:.0f} ms, p99 {report.quantile(0.99) * 1000:.0f} ms  ({codes})",
        flush=True,
    )
    return report
