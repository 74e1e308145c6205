"""The place of a call in its trace goes from service to service as W3C Trace Context has it."""

from __future__ import annotations

import pytest

from chassis.observability.trace import Trace

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

PARSED = [
    pytest.param(f"00-{TRACE}-{SPAN}-01", True, id="recorded"),
    pytest.param(f"00-{TRACE}-{SPAN}-00", False, id="not recorded"),
    pytest.param(f"00-{TRACE}-{SPAN}-03", True, id="recorded, with a flag that is not known"),
    pytest.param(f"00-{TRACE}-{SPAN}-02", False, id="another flag alone"),
    pytest.param(f"01-{TRACE}-{SPAN}-01", True, id="a later version"),
    pytest.param(f"cc-{TRACE}-{SPAN}-01-what-the-future-brings", True, id="a later version with more"),
]

REFUSED = [
    pytest.param("", id="nothing"),
    pytest.param("traceparent", id="a word"),
    pytest.param(f"ff-{TRACE}-{SPAN}-01", id="the version that is none"),
    pytest.param(f"0-{TRACE}-{SPAN}-01", id="a short version"),
    pytest.param(f"00-{TRACE}-{SPAN}-01-more", id="more than this version has"),
    pytest.param(f"00-{TRACE}-{SPAN}-01-", id="a dash at the end"),
    pytest.param(f"cc-{TRACE}-{SPAN}-01.more", id="a later version that goes on without a dash"),
    pytest.param(f"00-{'0' * 32}-{SPAN}-01", id="a trace of noughts"),
    pytest.param(f"00-{TRACE}-{'0' * 16}-01", id="a span of noughts"),
    pytest.param(f"00-{TRACE.upper()}-{SPAN}-01", id="capitals"),
    pytest.param(f"00-{TRACE[1:]}-{SPAN}-01", id="a short trace"),
    pytest.param(f"00-{TRACE}-{SPAN}0-01", id="a long span"),
    pytest.param(f"00-{TRACE}-{SPAN}", id="no flags"),
    pytest.param(f"00-{TRACE}-{SPAN}-1", id="short flags"),
    pytest.param(f"00-{TRACE[:-1]}g-{SPAN}-01", id="no hexadecimal digit"),
    pytest.param(f" 00-{TRACE}-{SPAN}-01", id="a space before"),
    pytest.param(f"00-{TRACE}-{SPAN}-01\n", id="a line's end"),
]


@pytest.mark.parametrize(("header", "sampled"), PARSED)
def test_a_header(header: str, sampled: bool) -> None:
    trace = Trace.parse(header)
    assert trace is not None
    assert (trace.trace_id, trace.span, trace.sampled) == (TRACE, int(SPAN, 16), sampled)


@pytest.mark.parametrize("header", REFUSED)
def test_a_header_that_is_not_well_formed(header: str) -> None:
    assert Trace.parse(header) is None


def test_a_header_comes_back() -> None:
    for flags in ("00", "01"):
        header = f"00-{TRACE}-{SPAN}-{flags}"
        trace = Trace.parse(header)
        assert trace is not None
        assert trace.traceparent == header


def test_a_child_is_another_span_of_the_same_trace() -> None:
    for sampled in (True, False):
        parent = Trace(1, 2, sampled)
        child = parent.child()
        assert (child.trace, child.sampled) == (1, sampled)
        assert child.span != parent.span


def test_small_ids_are_written_in_full() -> None:
    assert Trace(10, 11, True).traceparent == f"00-{'0' * 31}a-{'0' * 15}b-01"


def test_traces_differ() -> None:
    roots = [Trace.root() for _ in range(1000)]
    assert len({trace.trace for trace in roots}) == len({trace.span for trace in roots}) == 1000
    assert all(Trace.parse(trace.traceparent) == trace for trace in roots)
    assert not any(trace.sampled for trace in roots)
