"""Spans, exported by OTLP where `OTEL_EXPORTER_OTLP_ENDPOINT` is set.

Whether a trace is recorded is decided before any span is made: a call that is not recorded costs two random numbers,
and hands its trace on all the same.
"""

from __future__ import annotations

import os
import random
import threading
from typing import TYPE_CHECKING

from chassis.observability.trace import Trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, SpanContext, SpanKind


LAST_SPANS = 2.0
"""Seconds that a stop waits for the last spans to be taken."""


class Tracing:
    """Finds the place of each call in its trace, and makes spans for the traces that are recorded.

    Args:
        service: The name that the spans' resource carries.
        ratio: The share of the traces begun here that is recorded.
        exporter: Where spans go; None records nothing.
    """

    def __init__(self, service: str, ratio: float, exporter: SpanExporter | None) -> None:
        self._ratio = ratio
        self._recorder = _Recorder(service, exporter) if exporter is not None else None

    @classmethod
    def from_environment(cls, service: str, ratio: float) -> Tracing:
        """Exports by OTLP where the standard variable says where to."""
        if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
            return cls(service, ratio, None)
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return cls(service, ratio, OTLPSpanExporter())

    def begin(self, name: str, kind: str, parent: Trace | None) -> tuple[Trace, Span | None]:
        """The place of something that begins now below `parent`, and its span where the trace is recorded.

        `kind` is `SERVER`, `CLIENT` or `CONSUMER`.
        """
        if self._recorder is not None and (parent.sampled if parent else random.random() < self._ratio):
            return self._recorder.start(name, kind, parent)
        return (parent.child() if parent else Trace.root()), None

    def close(self) -> None:
        """Sends what is left."""
        if self._recorder is not None:
            self._recorder.close()


class _Recorder:
    """The OpenTelemetry SDK, loaded only where spans are exported."""

    def __init__(self, service: str, exporter: SpanExporter) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("innkeeper")

    def start(self, name: str, kind: str, parent: Trace | None) -> tuple[Trace, Span]:
        from opentelemetry import trace as otel

        above = otel.INVALID_SPAN if parent is None else otel.NonRecordingSpan(_context(parent))
        span_kind: SpanKind = otel.SpanKind[kind]
        span = self._tracer.start_span(name, context=otel.set_span_in_context(above), kind=span_kind)
        made = span.get_span_context()
        return Trace(made.trace_id, made.span_id, True), span

    def close(self) -> None:
        """Where nobody takes the last spans, they are given up: a stop does not wait for that."""
        sending = threading.Thread(target=self._provider.shutdown, name="last-spans", daemon=True)
        sending.start()
        sending.join(LAST_SPANS)


def _context(trace: Trace) -> SpanContext:
    from opentelemetry.trace import SpanContext, TraceFlags

    flags = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(trace.trace, trace.span, is_remote=True, trace_flags=flags)
