"""What is stored comes back, and what must never be cannot be stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Delete, Update, delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.refusal import InvalidPageToken, NotFound
from chassis.storage.database import Database
from services.payments import store
from services.payments.ledger import Account, Entry, entry_for
from services.payments.operation import Agreed, Kind, Operation, Refused, Status, wait_after
from services.payments.payment import Payment, State
from services.payments.tables import LEDGER_ENTRIES
from tests.unit.payments.examples import BEGUN, LATER, operation, payment

CAPTURE = operation(Kind.CAPTURE)


def captured(session: Session) -> Entry:
    """A payment that was captured, and its entry."""
    store.add(session, payment())
    store.order(session, CAPTURE)
    entry = entry_for(CAPTURE, payment(), LATER)
    assert entry is not None
    store.enter(session, entry)
    return entry


async def test_a_payment_comes_back_as_it_was_stored(database: Database) -> None:
    changed = replace(payment(State.DECLINED), decline_code="no")
    await database.write(lambda session: store.add(session, payment(State.UNKNOWN)))
    await database.write(lambda session: store.put(session, changed))
    assert await database.read(lambda session: store.get(session, changed.name)) == changed


async def test_a_payment_that_is_not_there(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.read(lambda session: store.get(session, "payments/nowhere"))


async def test_the_newest_come_first_and_a_page_at_a_time(database: Database) -> None:
    def made(number: int) -> Payment:
        time = BEGUN + timedelta(seconds=number // 2)  # two at a time
        return replace(payment(name=str(number)), user=f"users/{number % 3}", create_time=time)

    def add(session: Session) -> None:
        for number in range(9):
            store.add(session, made(number))

    async def page(users: set[str] | None, after: str | None) -> list[str]:
        found = await database.read(lambda session: store.page(session, users=users, after=after, limit=4))
        return [found_payment.name.removeprefix("payments/") for found_payment in found]

    await database.write(add)
    assert await page(None, None) == ["8", "7", "6", "5"]
    assert await page(None, "payments/5") == ["4", "3", "2", "1"]
    assert await page({"users/1"}, None) == ["7", "4", "1"]
    with pytest.raises(InvalidPageToken):
        await page(None, "payments/nowhere")


async def test_one_thing_at_a_time_is_done_with_a_payment(database: Database) -> None:
    await database.write(lambda session: store.add(session, payment(State.AUTHORISED)))
    await database.write(lambda session: store.order(session, CAPTURE))
    with pytest.raises(IntegrityError):
        await database.write(lambda session: store.order(session, operation(Kind.VOID)))
    assert await database.read(lambda session: store.under_way(session, "payments/p")) == CAPTURE


@pytest.mark.parametrize(
    ("answer", "status", "refusal"),
    [(Agreed("transactions/t"), Status.DONE, ""), (Refused("do_not_honor"), Status.REFUSED, "do_not_honor")],
)
async def test_the_first_answer_counts_and_the_card_is_forgotten(
    database: Database, answer: Agreed | Refused, status: Status, refusal: str
) -> None:
    intent = operation(Kind.AUTHORISE)

    def order(session: Session) -> None:
        store.add(session, payment(State.UNKNOWN))
        store.order(session, intent)

    await database.write(order)
    assert await database.write(lambda session: store.conclude(session, intent, answer))
    assert not await database.write(lambda session: store.conclude(session, intent, Refused("another")))
    found = await database.read(lambda session: store.operation(session, intent.key))
    assert found == replace(intent, status=status, refusal=refusal, card_token="")


async def test_what_is_due_is_claimed_until_the_next_attempt(database: Database) -> None:
    def claim(after: timedelta, limit: int = 10) -> Callable[[Session], list[str]]:
        return lambda session: store.claim_due(session, now=BEGUN + after, limit=limit)

    def order(session: Session) -> None:
        for number in range(3):
            store.add(session, payment(State.AUTHORISED, name=str(number)))
            due = BEGUN + timedelta(seconds=number)
            store.order(session, replace(operation(Kind.VOID, name=str(number)), next_attempt_time=due))

    await database.write(order)
    keys = [operation(Kind.VOID, name=str(number)).key for number in range(3)]
    assert await database.write(claim(timedelta(seconds=-1))) == []
    assert await database.write(claim(timedelta(seconds=1))) == keys[:2]
    assert await database.write(claim(timedelta(seconds=2), limit=1)) == [keys[2]]
    assert await database.write(claim(timedelta(seconds=2))) == []
    assert await database.write(claim(timedelta(seconds=1) + wait_after(2))) == keys[:2]
    again = await database.read(lambda session: store.operation(session, keys[0]))
    assert again is not None
    assert again.attempts == 3


async def test_what_nobody_took_is_found_once(database: Database) -> None:
    states = {"old": State.AUTHORISED, "busy": State.AUTHORISED, "asked": State.AUTHORISED, "taken": State.CAPTURED}
    asked = {"busy": operation(Kind.VOID, name="busy"), "asked": operation(Kind.EXPIRE, name="asked")}
    asked["asked"] = replace(asked["asked"], status=Status.REFUSED)

    def fill(session: Session) -> None:
        for name, state in states.items():
            store.add(session, payment(state, name=name))
        for made in asked.values():
            store.order(session, made)

    async def found(since: timedelta) -> list[str]:
        rows = await database.read(lambda session: store.not_taken_since(session, BEGUN + since, 10))
        return [row.name for row in rows]

    await database.write(fill)
    assert await found(timedelta()) == []
    assert await found(timedelta(seconds=1)) == ["payments/old"]


async def test_entries_count_up_from_one(database: Database) -> None:
    entry = await database.write(captured)
    assert await database.read(lambda session: store.entries(session, payment="", after=0, limit=10)) == [
        replace(entry, number=1)
    ]
    assert await database.read(lambda session: store.entries(session, payment="payments/p", after=1, limit=10)) == []
    assert await database.read(lambda session: store.entries(session, payment="payments/q", after=0, limit=10)) == []


BROKEN: dict[str, dict[str, object]] = {
    "of nothing": {"amount": 0},
    "of less than nothing": {"amount": -1},
    "on one account": {"credit": Account.BANK},
    "of no operation": {"operation": "none"},
    "a second time": {},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
async def test_the_database_refuses_a_broken_entry(database: Database, change: dict[str, object]) -> None:
    def enter_broken(session: Session) -> None:
        refund: Operation = operation(Kind.REFUND)
        store.order(session, refund)
        session.execute(
            insert(LEDGER_ENTRIES).values(
                **{
                    "payment": "payments/p",
                    "operation": refund.key if change else CAPTURE.key,
                    "description": "refund",
                    "enter_time": LATER,
                    "debit": Account.BANK,
                    "credit": Account.HOTEL_PAYABLES,
                    "amount": 1,
                    "currency": "EUR",
                    **change,
                }
            )
        )

    await database.write(captured)
    await database.write(lambda session: store.conclude(session, CAPTURE, Agreed("transactions/t")))
    with pytest.raises(IntegrityError):
        await database.write(enter_broken)


@pytest.mark.parametrize("statement", [update(LEDGER_ENTRIES).values(amount=1), delete(LEDGER_ENTRIES)], ids=str)
async def test_the_books_are_only_added_to(database: Database, statement: Update | Delete) -> None:
    await database.write(captured)
    with pytest.raises(IntegrityError, match="only added to"):
        await database.write(lambda session: session.execute(statement))


@pytest.mark.parametrize("refunded", [-1, 10_001])
async def test_the_database_gives_back_no_more_than_was_taken(database: Database, refunded: int) -> None:
    with pytest.raises(IntegrityError):
        await database.write(lambda session: store.add(session, payment(refunded=refunded)))
