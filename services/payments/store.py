"""What is asked of the tables, and written to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Final, cast

from sqlalchemy import CursorResult, RowMapping, Select, bindparam, exists, insert, select, tuple_, update

from chassis.refusal import InvalidPageToken, NotFound
from chassis.storage.session import Session
from services.payments.ledger import Account, Entry
from services.payments.operation import Agreed, Answer, Kind, Operation, Refused, Status, wait_after
from services.payments.payment import Payment, State
from services.payments.tables import LEDGER_ENTRIES, OPERATIONS, PAYMENTS

# Made once: to make a statement takes longer than to carry it out, and these are for every payment.
_PENDING: Final = OPERATIONS.c.status == Status.PENDING
_ADD: Final = insert(PAYMENTS)
_PUT: Final = update(PAYMENTS).where(PAYMENTS.c.name == bindparam("key"))
_GET: Final = select(PAYMENTS).where(PAYMENTS.c.name == bindparam("of"))
_ORDER: Final = insert(OPERATIONS)
_OPERATION: Final = select(OPERATIONS).where(OPERATIONS.c.key == bindparam("of"))
_UNDER_WAY: Final = select(OPERATIONS).where(OPERATIONS.c.payment == bindparam("of"), _PENDING)
_CONCLUDE: Final = update(OPERATIONS).where(OPERATIONS.c.key == bindparam("of"), _PENDING)
_ENTER: Final = insert(LEDGER_ENTRIES)


def add(session: Session, payment: Payment) -> None:
    """Stores a new payment."""
    session.execute(_ADD, asdict(payment))


def put(session: Session, payment: Payment) -> None:
    """Stores what became of a payment."""
    session.execute(_PUT, {**asdict(payment), "key": payment.name})


def find(session: Session, name: str) -> Payment | None:
    """The payment of that name, if there is one."""
    row = session.execute(_GET, {"of": name}).mappings().one_or_none()
    return None if row is None else _payment(row)


def get(session: Session, name: str) -> Payment:
    """The payment of that name. Raises NotFound."""
    payment = find(session, name)
    if payment is None:
        raise NotFound(name)
    return payment


def page(session: Session, *, users: Collection[str] | None, after: str | None, limit: int) -> list[Payment]:
    """Up to `limit` payments of these users, or of all for None, the newest first, from after that name.

    Raises InvalidPageToken where there is no payment of that name.
    """
    place = tuple_(PAYMENTS.c.create_time, PAYMENTS.c.name)
    query = select(PAYMENTS).order_by(PAYMENTS.c.create_time.desc(), PAYMENTS.c.name.desc()).limit(limit)
    if users is not None:
        query = query.where(PAYMENTS.c.user.in_(users))
    if after is not None:
        last = find(session, after)
        if last is None:
            raise InvalidPageToken
        query = query.where(place < (last.create_time, last.name))
    return [_payment(row) for row in session.execute(query).mappings()]


def of_user(session: Session, user: str) -> list[Payment]:
    """All payments of that user, the earliest first."""
    query = select(PAYMENTS).where(PAYMENTS.c.user == user).order_by(PAYMENTS.c.create_time, PAYMENTS.c.name)
    return [_payment(row) for row in session.execute(query).mappings()]


def leave_nameless(session: Session, user: str) -> None:
    """Forget whose the payments of that user were, but for those with a card that the bank has to answer for."""
    has_card = exists().where(OPERATIONS.c.payment == PAYMENTS.c.name, _PENDING, OPERATIONS.c.card_token != "")
    session.execute(update(PAYMENTS).where(PAYMENTS.c.user == user, ~has_card).values(user=""))


def is_anybodys(session: Session, user: str) -> bool:
    """Whether a payment is that user's."""
    return session.scalar(select(PAYMENTS.c.name).where(PAYMENTS.c.user == user).limit(1)) is not None


def not_taken_since(session: Session, time: datetime, limit: int) -> list[Payment]:
    """Payments that have been authorised since before that time, and that the bank has not been asked to let go."""
    busy = exists().where(OPERATIONS.c.payment == PAYMENTS.c.name, _PENDING | (OPERATIONS.c.kind == Kind.EXPIRE))
    query = (
        select(PAYMENTS)
        .where(PAYMENTS.c.state == State.AUTHORISED, PAYMENTS.c.update_time < time, ~busy)
        .order_by(PAYMENTS.c.update_time)
        .limit(limit)
    )
    return [_payment(row) for row in session.execute(query).mappings()]


def order(session: Session, operation: Operation) -> None:
    """Stores an intent. An IntegrityError says that another is under way with the payment."""
    session.execute(_ORDER, asdict(operation))


def operation(session: Session, key: str) -> Operation | None:
    """The operation of that key, if there is one."""
    return _one_operation(session, _OPERATION, key)


def under_way(session: Session, payment: str) -> Operation | None:
    """What the bank has been asked to do with the payment and has not answered, if anything."""
    return _one_operation(session, _UNDER_WAY, payment)


def conclude(session: Session, operation: Operation, answer: Answer) -> bool:
    """Stores the bank's answer and forgets the card; False where an answer is stored already."""
    values = {
        "of": operation.key,
        "status": Status.DONE if isinstance(answer, Agreed) else Status.REFUSED,
        "refusal": answer.code if isinstance(answer, Refused) else "",
        "card_token": "",
    }
    return cast("CursorResult[object]", session.execute(_CONCLUDE, values)).rowcount == 1


def claim_due(session: Session, *, now: datetime, limit: int) -> list[str]:
    """The keys of operations that are due for another attempt, each of which counts as made from now on."""
    due = select(OPERATIONS.c.key, OPERATIONS.c.attempts).where(_PENDING, OPERATIONS.c.next_attempt_time <= now)
    rows = session.execute(due.order_by(OPERATIONS.c.next_attempt_time).limit(limit)).all()
    for key, attempts in rows:
        session.execute(
            update(OPERATIONS)
            .where(OPERATIONS.c.key == key)
            .values(attempts=attempts + 1, next_attempt_time=now + wait_after(attempts + 1))
        )
    return [key for key, _ in rows]


def enter(session: Session, entry: Entry) -> None:
    """Writes an entry into the books, under the next number."""
    values = asdict(entry)
    del values["number"]
    session.execute(_ENTER, values)


def entries(session: Session, *, payment: str, after: int = 0, limit: int | None = None) -> list[Entry]:
    """Up to `limit` entries with a greater number, in order, of one payment or of all where it is empty."""
    query = select(LEDGER_ENTRIES).where(LEDGER_ENTRIES.c.number > after)
    if payment:
        query = query.where(LEDGER_ENTRIES.c.payment == payment)
    rows = session.execute(query.order_by(LEDGER_ENTRIES.c.number).limit(limit)).mappings()
    return [Entry(**{**row, "debit": Account(row["debit"]), "credit": Account(row["credit"])}) for row in rows]


def _one_operation(session: Session, query: Select[tuple[object, ...]], of: str) -> Operation | None:
    row = session.execute(query, {"of": of}).mappings().one_or_none()
    if row is None:
        return None
    return Operation(**{**row, "kind": Kind(row["kind"]), "status": Status(row["status"])})


def _payment(row: RowMapping) -> Payment:
    return Payment(**{**row, "state": State(row["state"])})
