"""The users service, and people who call it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.conftest import RunningPlatform, StartPlatform

if TYPE_CHECKING:
    from innkeeper.users.v1.users_pb2_grpc import UsersServiceAsyncStub


class People:
    """Callers of the users service, and what they do most."""

    def __init__(self, running: RunningPlatform) -> None:
        self.running = running

    def caller(self, user_id: str) -> UsersServiceAsyncStub:
        """Calls as that user."""
        return self._stub(f"users/{user_id}", "users.read", "users.write")

    def staff(self) -> UsersServiceAsyncStub:
        """Calls as a program of staff."""
        return self._stub("clients/desk", "users.read", "users.write", "admin")

    def program(self) -> UsersServiceAsyncStub:
        """Calls as a program that speaks for nobody."""
        return self._stub("clients/agency", "users.read", "users.write")

    async def create(self, user_id: str, **fields: object) -> users_pb2.User:
        """The user creates the own record."""
        return await self.caller(user_id).CreateUser(creation(user_id, **fields))

    def _stub(self, subject: str, *scopes: str) -> UsersServiceAsyncStub:
        return self.running.stub(UsersServiceStub, token=self.running.token(subject=subject, scopes=scopes))


def creation(user_id: str, *, as_id: str = "", **fields: object) -> users_pb2.CreateUserRequest:
    """A request for a record with a name and an address, and the fields given."""
    known: dict[str, object] = {"given_name": user_id.title(), "email": f"{user_id}@example.org"}
    return users_pb2.CreateUserRequest(user=users_pb2.User(**known | fields), user_id=as_id, request_id=str(uuid4()))


def update(user: users_pb2.User, *paths: str) -> users_pb2.UpdateUserRequest:
    """A request to change those fields, or all that are set."""
    request = users_pb2.UpdateUserRequest(user=user, request_id=str(uuid4()))
    request.update_mask.paths.extend(paths)
    return request


def deletion(name: str, etag: str = "") -> users_pb2.DeleteUserRequest:
    """A request to delete a record."""
    return users_pb2.DeleteUserRequest(name=name, etag=etag, request_id=str(uuid4()))


@pytest.fixture
async def people(platform: StartPlatform) -> People:
    return People(await platform("users"))
