"""The interceptors that every call passes, in order, outermost first."""

from __future__ import annotations

from google.protobuf.descriptor import FileDescriptor

from chassis.client.conflicts import ConflictInterceptor
from chassis.client.credentials import CredentialsInterceptor, TokenSource
from chassis.client.deadline import DeadlineInterceptor as ClientDeadlineInterceptor
from chassis.client.interceptor import ClientInterceptor
from chassis.client.registry_gate import RegistryGate
from chassis.client.retry_budget import RetryBudget
from chassis.client.tracing import TracingInterceptor as ClientTracingInterceptor
from chassis.observability.access_log import AccessLog
from chassis.observability.metrics import Metrics
from chassis.observability.tracing import Tracing
from chassis.server.admission import AdmissionInterceptor
from chassis.server.authentication import AuthenticationInterceptor, Verifier
from chassis.server.authorisation import AuthorisationInterceptor
from chassis.server.deadline import DeadlineInterceptor
from chassis.server.failing import ErrorInterceptor
from chassis.server.idempotency import IdempotencyInterceptor
from chassis.server.idempotency_key import IdempotencyKeyInterceptor
from chassis.server.interceptor import ServerInterceptor
from chassis.server.measuring import MeasuringInterceptor
from chassis.server.tracing import TracingInterceptor
from chassis.server.validation import ValidationInterceptor


def server_stack(
    contract: FileDescriptor,
    *,
    tracing: Tracing,
    metrics: Metrics,
    access_log: AccessLog,
    admission: AdmissionInterceptor,
    verifier: Verifier,
) -> list[ServerInterceptor]:
    """What stands before the service of that contract."""
    return [
        TracingInterceptor(tracing),
        MeasuringInterceptor(metrics, access_log),
        ErrorInterceptor(contract),
        admission,
        AuthenticationInterceptor(verifier),
        DeadlineInterceptor(),
        AuthorisationInterceptor(),
        IdempotencyKeyInterceptor(),
        ValidationInterceptor(),
        IdempotencyInterceptor(),
    ]


def client_stack(
    *,
    tracing: Tracing,
    tokens: TokenSource | None,
    gate: RegistryGate | None = None,
    budget: RetryBudget | None = None,
) -> list[ClientInterceptor]:
    """What stands between a service and a service that it calls; without tokens it calls as nobody.

    `gate` and `budget` are for a service that is found through the registry: the one as that may not be there yet, the
    other, for that service, as gRPC itself then keeps none.
    """
    return [
        ClientTracingInterceptor(tracing),
        ClientDeadlineInterceptor(),
        ConflictInterceptor(),
        *([CredentialsInterceptor(tokens)] if tokens is not None else []),
        *([gate] if gate is not None else []),
        *([budget] if budget is not None else []),
    ]
