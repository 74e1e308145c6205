"""What every call and every request passes on its way to the services of a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.descriptor import ServiceDescriptor

from chassis.observability.access_log import AccessLog
from chassis.observability.metrics import Metrics
from chassis.observability.tracing import Tracing
from chassis.security.transport_security import TransportSecurity
from chassis.server.admission import AdmissionInterceptor
from chassis.server.authentication import Verifier
from chassis.server.endpoint import Endpoint, endpoints
from chassis.settings import Settings
from chassis.stack import server_stack

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from chassis.http.server import HttpServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Interception:
    """The parts that the interceptors of calls and the middleware of requests share, one of each in a process."""

    tracing: Tracing
    metrics: Metrics
    access_log: AccessLog
    admission: AdmissionInterceptor
    verifier: Verifier

    def endpoints(self, contract: ServiceDescriptor, servicer: object) -> dict[str, Endpoint]:
        """The methods of a service by their paths, each within its interceptors. Raises TypeError (see `endpoints`)."""
        interceptors = server_stack(
            contract.file,
            tracing=self.tracing,
            metrics=self.metrics,
            access_log=self.access_log,
            admission=self.admission,
            verifier=self.verifier,
        )
        return endpoints(contract, servicer, interceptors)

    def http_server(self, app: ASGIApp, settings: Settings, security: TransportSecurity | None) -> HttpServer:
        """What serves an app, within its middleware."""
        from chassis.http.server import HttpServer  # loaded only where there is something to serve
        from chassis.http.stack import http_stack

        middleware = http_stack(
            tracing=self.tracing,
            metrics=self.metrics,
            access_log=self.access_log,
            verifier=self.verifier,
            largest_body=settings.max_message_bytes,
        )
        return HttpServer(app, middleware, settings, security)
