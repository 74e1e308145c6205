"""Five times more calls than a service can do, with admission control and without it.

The subject is the hotels service behind the whole chassis: a page of 250 hotels from SQLite, 9 ms of SQL and Python for
each call, on one core. Callers wait for a second and do not try again. Its peak is the best of one caller and of two;
its unloaded p99 that of calls at a tenth of the peak. Then calls come at five times the peak, whatever becomes of
them. Goodput is the calls per second that were answered well within their deadline.

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

ROUNDS = 3
FIND_PEAK, UNLOADED, ONSET, OVERLOADED = 2.0, 6.0, 2.0, 8.0
"""Seconds of each part of a round."""


async def rehearse() -> Outcome:
    """Goodput under overload against the peak, and p99 of the calls let in against the unloaded p99; and the same of a
    server that lets in all."""
    figures = await _overload()
    unprotected = await _overload("--unprotected")
    figures |= {f"{name}_unprotected": value for name, value in unprotected.items()}
    return Outcome.of(
        figures,
        Bar(figure="goodput_vs_peak", at_least=0.8),
        Bar(figure="p99_vs_unloaded", at_most=3.0),
        Bar(figure="goodput_vs_peak_unprotected", at_most=0.5),
        Bar(figure="offered_vs_peak", at_least=TIMES * OFFERED_AT_LEAST),
        Bar(figure="offered_vs_peak_unprotected", at_least=TIMES * OFFERED_AT_LEAST),
    )


async def _overload(*flags: str) -> dict[str, float]:
    print(f"the server {'lets in all' if flags else 'admits what it can do'}:", flush=True)
    async with running("drills.hotels_server", *flags) as server, running("drills.load", await server.line()) as load:
        rounds = [await _round(load) for _ in range(ROUNDS)]
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}


async def _round(load: DrillProcess) -> dict[str, float]:
    peak = max([await _told(load, f"closed {callers} {FIND_PEAK}") for callers in (1, 2)], key=_goodput)
    unloaded = await _told(load, f"open {peak.goodput / 10:.1f} {UNLOADED}")
    rate = TIMES * peak.goodput
    await _told(load, f"open {rate:.1f} {ONSET}")
    overloaded = await _told(load, f"open {rate:.1f} {OVERLOADED}")
    return {
        "goodput_vs_peak": overloaded.goodput / peak.goodput,
        "p99_vs_unloaded": overloaded.ok_p99 / unloaded.ok_p99,
        "offered_vs_peak": overloaded.offered / peak.goodput,
        "peak_per_s": peak.goodput,
        "goodput_per_s": overloaded.goodput,
        "unloaded_p99_ms": unloaded.ok_p99 * 1000,
        "p99_ms": overloaded.ok_p99 * 1000,
        "refused_p99_ms": overloaded.refused_p99 * 1000,
    }


def _goodput(report: Report) -> float:
    return report.goodput


async def _told(load: DrillProcess, line: str) -> Report:
    report = Report(**json.loads(await load.asked(line)))
    codes = ", ".join(f"{count} {code}" for code, count in sorted(report.codes.items()))
    print(
        f"  {line:<16} offered {report.offered:4.0f}/s, answered {report.goodput:4.0f}/s,"
        f" p50 {report.ok_p50 * 1000:.0f} ms, p99 {report.ok_p99 * 1000:.0f} ms  ({codes})",
        flush=True,
    )
    return report
