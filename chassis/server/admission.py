"""Takes no more calls at a time than the process can do in time, and refuses the cheapest first."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from chassis.context import Call
from chassis.observability.metrics import Metrics
from chassis.policy import Method
from chassis.server.interceptor import Handler
from chassis.server.overload import Overload
from chassis.server.priority import priority_of, stays
from chassis.server.refusals import Refusals


class AdmissionInterceptor:
    """Refuses a call at once where it would only wait, with the time after which to try again.

    What a call that was let in needs of other services of the process is part of it: refusing that would waste the work
    that is half done. Streams that last for hours are let in always. Here a call takes its place among those in hand;
    `Door` asks the same before, for calls that come over a socket, where refusing them costs least.
    """

    def __init__(self, overload: Overload, metrics: Metrics) -> None:
        self.refusals = Refusals(metrics)
        self._overload = overload

    @property
    def lets_all_in(self) -> bool:
        """Whether there is room for whoever comes."""
        return self._overload.lets_all_in

    def refuses(self, method: Method, metadata: Container[str]) -> bool:
        """Whether there is no room for a call of that method, with metadata of these names."""
        overload = self._overload
        return not overload.lets_all_in and not overload.room_for(priority_of(method, metadata))

    def bind(self, method: Method, proceed: Handler) -> Handler:
        if stays(method):
            return proceed
        overload, refuses, refusals = self._overload, self.refuses, self.refusals

        async def admitted(request: Any, call: Call) -> Any:
            if call.nested:
                return await proceed(request, call)
            if refuses(method, call.metadata):
                raise refusals.next(method, call.metadata, call.remaining()).with_traceback(None)
            overload.begun()
            try:
                return await proceed(request, call)
            finally:
                overload.is_over()

        return admitted
