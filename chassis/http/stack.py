"""The middleware that every request passes, in order, outermost first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from starlette.types import ASGIApp

from chassis.http.authentication import AuthenticationMiddleware
from chassis.http.deadline import DeadlineMiddleware
from chassis.http.failing import FailingMiddleware
from chassis.http.limits import LimitsMiddleware
from chassis.http.measuring import MeasuringMiddleware
from chassis.http.tracing import TracingMiddleware
from chassis.observability.access_log import AccessLog
from chassis.observability.metrics import Metrics
from chassis.observability.tracing import Tracing
from chassis.server.authentication import Verifier

Middleware = Sequence[Callable[[ASGIApp], ASGIApp]]


def http_stack(
    *,
    tracing: Tracing,
    metrics: Metrics,
    access_log: AccessLog,
    verifier: Verifier,
    largest_body: int,
) -> Middleware:
    """What stands before an app."""
    return [
        partial(TracingMiddleware, tracing=tracing),
        partial(MeasuringMiddleware, metrics=metrics, access_log=access_log),
        FailingMiddleware,
        DeadlineMiddleware,
        partial(LimitsMiddleware, largest_body=largest_body),
        partial(AuthenticationMiddleware, verifier=verifier),
    ]


def folded(stack: Middleware, app: ASGIApp) -> ASGIApp:
    """The app within its middleware."""
    for middleware in reversed(stack):
        app = middleware(app)
    return app
