"""Answers to commands, kept under their request ids (AIP-155)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from cryptography.fernet import Fernet
from google.protobuf.message import Message
from sqlalchemy import bindparam, delete, insert, select, update

from chassis.context import Call
from chassis.refusal import Refusal, RequestIdReused
from chassis.storage import erased_users
from chassis.storage.session import Session
from chassis.storage.tables import REQUESTS
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL

M = TypeVar("M", bound=Message)
KEPT = timedelta(days=7)
"""How long a repeated command finds its answer."""


_OF_KEY = (
    REQUESTS.c.caller == bindparam("of_caller"),
    REQUESTS.c.method == bindparam("of_method"),
    REQUESTS.c.request_id == bindparam("of_request_id"),
)
FIND = select(REQUESTS.c.digest, REQUESTS.c.answer).where(*_OF_KEY)
BEGIN = insert(REQUESTS)
END = update(REQUESTS).where(*_OF_KEY).values(answer=bindparam("given"), person=bindparam("about"))


class UserDeleted(Refusal):
    """The user was deleted, and the access token is good still."""

    reason = "USER_DELETED"


def answered_once(call: Call, work: Callable[[Session], M], seal: Fernet) -> Callable[[Session], M]:
    """The work, but run at most once for the call's request id.

    The key is stored before the work is done: where units of work run side by side, whoever brings the same command
    meanwhile waits for what becomes of this one.
    """
    key = {"caller": _asked_by(call), "method": call.method.path, "request_id": call.request_id}
    of_key = {f"of_{column}": value for column, value in key.items()}
    digest, method = _digest(call.request), call.method

    def once(session: Session) -> M:
        row = session.execute(FIND, of_key).first()
        if row is None:
            if call.principal.user and erased_users.find(session, call.principal.user) is not None:
                raise UserDeleted(f"{call.principal.user} was deleted: the access token changes nothing any more")
            # A plain digest of a password and little else would let it be guessed as fast as SHA-256 goes.
            kept = seal.encrypt(digest) if method.secret_request else digest
            session.execute(BEGIN, {**key, "digest": kept, "answer": b"", "answer_time": datetime.now(UTC)})
            answer = work(session)
            body = answer.SerializeToString()
            given = seal.encrypt(body) if method.secret_response else body
            about = _person(answer) or call.principal.user if method.personal else ""
            session.execute(END, {**of_key, "given": given, "about": about or None})
            return answer
        known = seal.decrypt(row.digest) if method.secret_request else row.digest
        if known != digest:
            raise RequestIdReused(call.request_id)
        stored = seal.decrypt(row.answer) if method.secret_response else row.answer
        return cast(M, method.response_class.FromString(stored))

    return once


def _digest(request: Message) -> bytes:
    """Stands for what is asked; the id in it may be written in capitals or not."""
    body = type(request)()
    body.CopyFrom(request)
    body.ClearField("request_id")
    return hashlib.sha256(body.SerializeToString(deterministic=True)).digest()


def _asked_by(call: Call) -> str:
    """Whose request ids these are.

    Those of a method for services alone are the service's own: what it began for a user it may go on with by itself.
    """
    caller = call.principal
    return caller.subject if call.method.access == ACCESS_INTERNAL else f"{caller.subject} {caller.user}"


def _person(answer: Message) -> str:
    """The user whom an answer is about: a record of a person has that for its name, and what is a person's names the
    owner as `user`. Empty where it is about nobody."""
    for field in ("name", "user"):
        named = getattr(answer, field, "")
        if isinstance(named, str) and named.startswith("users/") and named.count("/") == 1:
            return named
    return ""


def forget_person(session: Session, user: str) -> None:
    """Drops the answers about that user, and those to the user's own commands, where either has personal data."""
    session.execute(delete(REQUESTS).where(REQUESTS.c.person == user))


def forget_old(session: Session, now: datetime) -> None:
    """Drops the answers that nobody asks for any more."""
    session.execute(delete(REQUESTS).where(REQUESTS.c.answer_time < now - KEPT))
