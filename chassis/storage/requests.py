"""Answers to commands, kept under their request ids (AIP-155)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from cryptography.fernet import Fernet
from google.protobuf.message import Message
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from chassis.context import Call
from chassis.refusal import RequestIdReused
from chassis.storage.tables import REQUESTS
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL

M = TypeVar("M", bound=Message)
KEPT = timedelta(days=7)
"""How long a repeated command finds its answer."""


def answered_once(call: Call, work: Callable[[Session], M], seal: Fernet) -> Callable[[Session], M]:
    """The work, but run at most once for the call's request id."""
    key = {
        "caller": _asked_by(call),
        "method": call.method.path,
        "request_id": call.request_id,
    }
    digest = hashlib.sha256(call.request.SerializeToString(deterministic=True)).digest()
    secret = call.method.secret_response

    def once(session: Session) -> M:
        matches = (REQUESTS.c[column] == value for column, value in key.items())
        row = session.execute(select(REQUESTS.c.digest, REQUESTS.c.answer).where(*matches)).first()
        if row is None:
            answer = work(session)
            body = answer.SerializeToString()
            values = {
                "digest": digest,
                "answer": seal.encrypt(body) if secret else body,
                "answer_time": datetime.now(UTC),
            }
            session.execute(insert(REQUESTS).values(**key, **values))
            return answer
        if row.digest != digest:
            raise RequestIdReused(call.request_id)
        return cast(M, call.method.response_class.FromString(seal.decrypt(row.answer) if secret else row.answer))

    return once


def _asked_by(call: Call) -> str:
    """Whose request ids these are.

    Those of a method for services alone are the service's own: what it began for a user it may go on with by itself.
    """
    caller = call.principal
    return caller.subject if call.method.access == ACCESS_INTERNAL else f"{caller.subject} {caller.user}"


def forget_old(session: Session, now: datetime) -> None:
    """Drops the answers that nobody asks for any more."""
    session.execute(delete(REQUESTS).where(REQUESTS.c.answer_time < now - KEPT))
