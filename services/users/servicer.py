"""The RPCs of the users service."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty

from chassis.context import principal
from chassis.etag import require_etag
from chassis.events.outbox import record
from chassis.paging import Page
from chassis.refusal import NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.update_mask import merged
from innkeeper.users.v1 import user_events_pb2, users_pb2
from services.users import store
from services.users.messages import to_profile, user_message
from services.users.user import User, name_for


class UsersServicer:
    """Keeps people's records in a database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create_user(self, request: users_pb2.CreateUserRequest) -> users_pb2.User:
        caller, now = principal(), self._clock()
        name = name_for(caller.user, request.user_id, by_staff=caller.is_admin)
        user = User.create(name, to_profile(request.user), now=now, by_staff=caller.is_admin)

        def work(session: Session) -> users_pb2.User:
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

        def work(session: Session) -> Empty:
            user = store.get(session, request.name)
            require_etag(user, request.etag)
            store.remove(session, user.name)
            record(session, aggregate=user.name, payload=user_events_pb2.UserDeleted(user=user.name))
            return Empty()

        return await self._database.command(work)

    async def look_up_user(self, request: users_pb2.LookUpUserRequest) -> users_pb2.User:
        user = await self._database.read(lambda session: store.get(session, request.name))
        return user_message(user, self._clock())


def _require_visible(name: str) -> None:
    """A person owns the own record; before everybody else but staff it does not exist."""
    if not principal().may_see(name):
        raise NotFound(name)
