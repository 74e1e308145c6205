"""Lets in whoever knows an account's password, and counts whoever does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from google.protobuf.message import Message

from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from services.auth.account import Account, PasswordCheck
from services.auth.credentials import WrongCredentials
from services.auth.passwords import Passwords
from services.auth.store import accounts

M = TypeVar("M", bound=Message)
Find = Callable[[Session], Account | None]


class PasswordGuard:
    """Stands before the commands that need a password."""

    def __init__(self, database: Database, passwords: Passwords, clock: Clock) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    async def command(self, find: Find, password: str, act: Callable[[Session, Account], M]) -> M:
        """Runs `act` with the account, in the transaction that stores its answer under the request id.

        The slow comparison comes first, outside of any transaction; what it says is judged inside, where a repeated
        call finds its answer and is not judged again. A wrong password is counted in a transaction of its own, since
        that of the command is undone. Raises WrongCredentials, TooManyAttempts.
        """
        now = self._clock()
        check = await self._checked(find, password, now)

        def work(session: Session) -> M:
            account = find(session)
            if account is None:
                raise WrongCredentials("no account has this e-mail address and password")
            admitted = account.admit(check, now)
            if admitted != account:
                accounts.put(session, admitted)
            return act(session, admitted)

        try:
            return await self._database.command(work)
        except WrongCredentials:
            await self._database.write(lambda session: _count(session, find, now))
            raise

    async def _checked(self, find: Find, password: str, now: datetime) -> PasswordCheck:
        """Costs nothing for an account whose password was wrong too often: the answer is certain."""
        account = await self._database.read(find)
        if account is not None and account.is_locked(now):
            return PasswordCheck(against=account.password_hash, right=False)
        return await self._passwords.check(None if account is None else account.password_hash, password)


def _count(session: Session, find: Find, now: datetime) -> None:
    account = find(session)
    if account is not None:
        accounts.put(session, account.count_wrong_attempt(now))
