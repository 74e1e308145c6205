"""Takes the request id from the header `Idempotency-Key`, where the request itself has none.

The header is what clients of REST know (draft-ietf-httpapi-idempotency-key-header-07): a string of structured fields
(RFC 9651), here also without its quotes. A key that is no UUID stands for one, always for the same.
"""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

from chassis.context import Call
from chassis.policy import Method
from chassis.refusal import InvalidField, InvalidFields
from chassis.server.idempotency import FIELD, takes_request_id
from chassis.server.interceptor import Handler
from chassis.server.unreadable import require_readable

HEADER: Final = "idempotency-key"
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "innkeeper/idempotency-key")
"""The namespace of keys that are no UUIDs (RFC 9562 section 5.5)."""

UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
BARE: Final = re.compile(r"[\x21\x23-\x7E][\x21-\x7E]{0,254}")
QUOTED: Final = re.compile(r'"((?:[\x21\x23-\x5B\x5D-\x7E]|\\["\\]){1,255})"')


class IdempotencyKeyInterceptor:
    """A key that comes with a read, or with a stream whose messages have ids of their own, is not looked at."""

    def bind(self, method: Method, proceed: Handler) -> Handler:
        if not takes_request_id(method):
            return proceed

        async def keyed(request: Any, call: Call) -> Any:
            header = call.metadata.get(HEADER)
            if header is not None:
                require_readable(request, method.request_class)
                key = request_id_of(header, of_nobody=not call.principal.subject)
                if not request.request_id:
                    request.request_id = key
                elif request.request_id.lower() != key.lower():
                    raise InvalidField(FIELD, "differs from what the header Idempotency-Key says: send one of the two")
            try:
                return await proceed(request, call)
            except InvalidFields as invalid:
                if header is not None or FIELD not in dict(invalid.violations) or request.request_id:
                    raise
                raise _with_advice(invalid) from None

        return keyed


def request_id_of(header: str, *, of_nobody: bool = False) -> str:
    """The UUID that a key is or stands for.

    Callers without a token all are one caller, whose answers are kept together: their keys must be UUIDs, as no two of
    those meet by chance. Raises InvalidField.
    """
    quoted = QUOTED.fullmatch(header)
    if quoted is None and BARE.fullmatch(header) is None:
        raise InvalidField(FIELD, "the header Idempotency-Key must be 1 to 255 visible characters, best a UUID")
    key = header if quoted is None else re.sub(r"\\(.)", r"\1", quoted[1])
    if UUID.fullmatch(key):
        return key
    if of_nobody:
        raise InvalidField(FIELD, "the header Idempotency-Key must be a UUID where no access token comes with it")
    return str(uuid.uuid5(NAMESPACE, key))


def _with_advice(invalid: InvalidFields) -> InvalidFields:
    return InvalidFields(
        [
            (path, f"{text}, here or in the header Idempotency-Key" if path == FIELD else text)
            for path, text in invalid.violations
        ]
    )
