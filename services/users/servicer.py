"""The RPCs of the users service."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty

from chassis.context import principal
from chassis.etag import require_etag
from chassis.events.outbox import record
from chassis.paging import Page
from chassis.refusal import AlreadyExists, NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.update_mask import merged
from innkeeper.users.v1 import erasures_pb2, user_events_pb2, users_pb2
from services.users import erasures, store
from services.users.farewell import Farewell
from services.users.messages import erasure_message, to_profile, user_message
from services.users.user import User, name_for


class UsersServicer:
    """Keeps people's records in a database."""

    def __init__(self, database: Database, clock: Clock, farewell: Farewell) -> None:
        self._database = database
        self._clock = clock
        self._farewell = farewell

    async def create_user(self, request: users_pb2.CreateUserRequest) -> users_pb2.User:
        caller, now = principal(), self._clock()
        name = name_for(caller.user, request.user_id, by_staff=caller.is_admin)
        user = User.create(name, to_profile(request.user), now=now, by_staff=caller.is_admin)

        def work(session: Session) -> users_pb2.User:
            if erasures.was_deleted(session, name):
                raise AlreadyExists(name)
            store.add(session, user)
            record(session, aggregate=user.name, payload=user_events_pb2.UserChanged(user=user.name))
            return user_message(user, now)

        return await self._database.command(work)

    async def get_user(self, request: users_pb2.GetUserRequest) -> users_pb2.User:
        _require_visible(request.name)
        user = await self._database.read(lambda session: store.get(session, request.name))
        return user_message(user, self._clock())

    async def list_users(self, request: users_pb2.ListUsersRequest) -> users_pb2.ListUsersResponse:
        page, now = Page.of(request), self._clock()
        only = None if principal().is_admin else principal().user
        users = await self._database.read(
            lambda session: store.page(session, after=page.after, limit=page.lookahead, only=only)
        )
        shown, token = page.cut(users, lambda user: user.name)
        return users_pb2.ListUsersResponse(
            users=[user_message(user, now) for user in shown],
            next_page_token=token,
        )

    async def update_user(self, request: users_pb2.UpdateUserRequest) -> users_pb2.User:
        _require_visible(request.user.name)
        by_staff, now = principal().is_admin, self._clock()

        def work(session: Session) -> users_pb2.User:
            user = store.get(session, request.user.name)
            require_etag(user, request.user.etag)
            wanted = merged(user_message(user, now), request.user, request.update_mask)
            changed = user.change(to_profile(wanted), now=now, by_staff=by_staff)
            if changed != user:
                store.put(session, changed)
                record(session, aggregate=user.name, payload=user_events_pb2.UserChanged(user=user.name))
            return user_message(changed, now)

        return await self._database.command(work)

    async def delete_user(self, request: users_pb2.DeleteUserRequest) -> Empty:
        _require_visible(request.name)
        # Whoever has an account may never have made a record to go with it, and wants to be forgotten all the same.
        may_have_none = request.name == principal().user and not request.etag
        now = self._clock()

        def work(session: Session) -> Empty:
            never_was = not store.is_there(session, request.name) and not erasures.was_deleted(session, request.name)
            if not (may_have_none and never_was):
                require_etag(store.get(session, request.name), request.etag)
            store.remove(session, request.name)
            self._farewell.begin(session, request.name, now)
            return Empty()

        return await self._database.command(work)

    async def get_erasure(self, request: erasures_pb2.GetErasureRequest) -> erasures_pb2.Erasure:
        user = _user_of(request.name)
        return erasure_message(await self._database.read(lambda session: erasures.get(session, user)))

    async def repeat_erasure(self, request: erasures_pb2.RepeatErasureRequest) -> erasures_pb2.Erasure:
        user = _user_of(request.name)
        return await self._database.command(lambda session: erasure_message(self._farewell.repeat(session, user)))

    async def look_up_user(self, request: users_pb2.LookUpUserRequest) -> users_pb2.User:
        user = await self._database.read(lambda session: store.get(session, request.name))
        return user_message(user, self._clock())


def _user_of(erasure: str) -> str:
    return erasure.removesuffix("/erasure")


def _require_visible(name: str) -> None:
    """A person owns the own record; before everybody else but staff it does not exist."""
    if not principal().may_see(name):
        raise NotFound(name)
