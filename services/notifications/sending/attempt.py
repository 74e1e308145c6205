"""One try of one mail: composed, sealed, handed over, and noted what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import grpc
import structlog
from sqlalchemy.exc import DBAPIError

from chassis.errors import NO_ANSWER
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.outage import cause_of
from chassis.storage.session import Session
from services.notifications import store
from services.notifications.mail import Mail, State
from services.notifications.sending.composer import Composer, NotYet, OutOfReach
from services.notifications.sending.outages import Outages
from services.notifications.sending.tally import Tally
from services.notifications.sending.transport import Lost, PutOff, Refused, Transport, Unreachable
from services.notifications.unsubscribing.unsubscriptions import is_unwanted

if TYPE_CHECKING:
    from services.notifications.bounces import Bounces
    from services.notifications.sending.envelope import Sealed
    from services.notifications.sending.sender import Sender

NOTED_AGAIN: Final = 0.5
"""Seconds after which it is tried again to note that a mail was sent, while the database does not answer."""

BOUNCED: Final = "address-takes-no-mail"
UNSUBSCRIBED: Final = "unsubscribed"

Conclude = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Tries mails. `within` is how long one is tried that is put off again and again."""

    database: Database
    composer: Composer
    sender: Sender
    bounces: Bounces
    transport: Transport
    outages: Outages
    tally: Tally
    clock: Clock
    within: timedelta

    async def make(self, mail: Mail, *, holder: str) -> None:
        """Tries a mail that `holder` has claimed, once, unless the claim is lost before the mail is handed over.

        Raises what the database raises: then nothing is noted, and the mail is tried again when the claim runs out.
        That it was sent is noted as soon as the database answers again.
        """
        conclude = partial(self._conclude, holder=holder)
        try:
            composed = await self._composed(mail, holder)
        except NotYet as later:
            await conclude(mail.postponed(later.until))
            return
        except OutOfReach:
            await conclude(self._waiting(mail, "out-of-reach"))
            return
        except grpc.aio.AioRpcError as error:
            if error.code() in NO_ANSWER:
                await conclude(self._waiting(mail, f"no-answer {error.code().name}"))
            else:
                await conclude(self._not_composed(mail, error))
            return
        except Exception as error:
            await conclude(self._not_composed(mail, error))
            return
        self.outages.composed(mail.kind)
        if isinstance(composed, Mail):
            await conclude(composed)
        elif composed is not None:
            await self._deliver(mail, composed, conclude)

    async def _composed(self, mail: Mail, holder: str) -> Sealed | Mail | None:
        """What is to be handed over, or the mail as it ends without that; None of a mail that is erased by now, or
        somebody else's, after this process stood still for longer than its claim."""
        from services.notifications.sending.envelope import BadRecipient  # with Python's email package

        now = self.clock()
        if mail.topic is not None and await self.database.read(partial(is_unwanted, mail=mail)):
            return mail.suppressed(UNSUBSCRIBED, now)
        try:
            message = await self.composer.compose(mail)
            if message is None:
                return mail.not_needed(now)
            sealed = self.sender.seal(message, mail)
        except BadRecipient:
            return mail.failed("no-address", now)

        def look(session: Session) -> tuple[bool, bool]:
            held = store.is_held(session, mail.name, holder=holder, now=self.clock())
            return held, self.bounces.has(session, sealed.recipient)

        held, bounced = await self.database.read(look)
        if not held:
            return None
        return mail.suppressed(BOUNCED, now) if bounced else sealed

    def _waiting(self, mail: Mail, failure: str) -> Mail:
        """The mail that waits with all of its kind."""
        now = self.clock()
        return mail.waits(failure, self.outages.not_composed(mail.kind, failure, now), now, within=self.within)

    def _not_composed(self, mail: Mail, error: Exception) -> Mail:
        """The mail of which something is wrong that is not with others."""
        log = structlog.get_logger().bind(logger="innkeeper.mail")
        log.error("mail_not_composed", mail=mail.name, kind=mail.kind, error=type(error).__name__, exc_info=error)
        return mail.put_off(f"not-composed {type(error).__name__}", self.clock(), within=self.within)

    async def _deliver(self, mail: Mail, sealed: Sealed, conclude: Conclude) -> None:
        try:
            await self.transport.deliver(mail, sealed)
        except Unreachable as away:
            self.outages.not_taken(away.failure, self.clock())
            await conclude(mail.returned(away.failure, self.clock()))
            return
        except PutOff as later:
            await conclude(mail.put_off(later.failure, self.clock(), within=self.within))
            if isinstance(later, Lost):
                return
        except Refused as refused:
            note = partial(self._note_bounce, mail=mail, address=sealed.recipient, codes=refused.codes)
            await conclude(mail.failed(refused.failure, self.clock()), also=note if refused.codes else None)
        else:
            # From here to the commit a crash has the mail sent again: nothing of ours stands between.
            sent = mail.sent(self.clock())
            await conclude(sent, also=partial(self.composer.sent, mail=sent))
        self.outages.answered()

    def _note_bounce(self, session: Session, *, mail: Mail, address: str, codes: str) -> None:
        self.bounces.note(session, address=address, mail=mail, reason=codes, now=self.clock())

    async def _conclude(self, mail: Mail, *, holder: str, also: Callable[[Session], None] | None = None) -> None:
        """Stores what became of a mail, and with it what follows from that; nothing of a claim that was lost.

        That it was sent is stored, whoever has claimed it since.
        """
        sent = mail.state is State.SENT

        def work(session: Session) -> bool:
            stored = store.conclude(session, mail, holder=None if sent else holder)
            if stored and also is not None:
                also(session)
            return stored

        if await (self._written(work) if sent else self.database.write(work)):
            self.tally.count(mail)
        elif sent and await self.database.read(partial(store.find, name=mail.name)) is None:
            await self.transport.withdraw(mail)  # erased while it was on its way

    async def _written(self, work: Callable[[Session], bool]) -> bool:
        """What the work returns, once the database does it: who has nothing noted of a mail that is out sends it again.
        Goes on until then, or until it is cancelled."""
        while True:
            try:
                return await self.database.write(work)
            except DBAPIError as error:
                if cause_of(error) is None:
                    raise
            await asyncio.sleep(NOTED_AGAIN)
