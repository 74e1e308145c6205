"""The archive of a person: everything that is held of that person, and nothing of anybody else."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.personal_data import PersonalData
from chassis.service import Assembly, Kit
from tests.conftest import RunningPlatform, StartPlatform, declared, started
from tests.service.privacy.life import SCOPES, SERVICES, STAFF, Person, opened_hotel
from tests.service.privacy.marks import Marks
from tests.service.privacy.traces import found_in

NOT_KEPT = ("bad", "1qz", "signinrequest", "cardtoken", "codeerequest", "codeequest", "coderequest", "bounceaddress")
"""Parts of marks that are not held any more: refused, changed since, or wiped once it was used."""


async def test_it_holds_everything_and_nothing_of_another(platform: StartPlatform) -> None:
    running = await platform(*SERVICES)
    ada, grace = (Person(running=running, marks=Marks(name, born)) for name, born in (("ada", 1931), ("grace", 1947)))
    await opened_hotel(running)
    await ada.live()
    await grace.live()
    for own, other in ((ada, grace), (grace, ada)):
        response = await own.export()
        assert response.status_code == HTTPStatus.OK, response.text
        kept = {mark for marks in own.marks.used.values() for mark in marks if not any(x in mark for x in NOT_KEPT)}
        assert len(kept) == 8, kept
        assert kept <= found_in(_text(response), _plain(own.marks))
        assert not found_in(response.content, other.marks.traces())
        assert other.name.encode() not in response.content
        archive = response.json()
        holders = sorted(name for name in SERVICES if declared(name).holds_personal_data)
        assert archive["manifest"]["user"] == own.name
        assert archive["manifest"]["services"] == sorted(archive["services"]) == holders
        assert len(archive["services"]["booking"]["bookings"]) == 3
        assert len(archive["services"]["payments"]["payments"]) == 4
        disposition = response.headers["content-disposition"]
        assert disposition.startswith(f'attachment; filename="innkeeper-{own.name.removeprefix("users/")}-')


@pytest.fixture
async def few(platform: StartPlatform) -> RunningPlatform:
    """No more than it takes to hold something of a person."""
    return await platform("auth", "users", "bank", "payments", "hotels", "booking", "links", "notifications", "web")


async def test_staff_get_it_and_nobody_else_does(few: RunningPlatform) -> None:
    ada = Person(running=few, marks=Marks("ada", 1931))
    await ada.sign_up()
    await ada.mails(1)
    for_staff = await ada.export(few.token("users/staff", STAFF))
    assert for_staff.json()["services"] == (await ada.export()).json()["services"]
    of_a_program = await ada.export(few.token("clients/desk", STAFF))
    assert of_a_program.json()["services"] == for_staff.json()["services"]
    await refused(ada, few.token("users/grace", SCOPES), HTTPStatus.NOT_FOUND, "RESOURCE_NOT_FOUND")
    for missing in ("users.read", "bookings.read", "payments.read", "notifications.read"):
        token = few.token(ada.name, [scope for scope in SCOPES if scope != missing])
        await refused(ada, token, HTTPStatus.FORBIDDEN, "SCOPE_MISSING")
    nobody = Person(running=few, marks=Marks("nobody", 1931), name="users/nobody")
    await refused(nobody, few.token("users/staff", STAFF), HTTPStatus.NOT_FOUND, "RESOURCE_NOT_FOUND")
    strange = Person(running=few, marks=Marks("nobody", 1931), name="users/NO:BODY")
    await refused(strange, few.token("users/staff", STAFF), HTTPStatus.NOT_FOUND, "RESOURCE_NOT_FOUND")
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"http://{few.platform.http_address}/v1/{ada.name}:export")
    assert response.status_code == HTTPStatus.UNAUTHORIZED


async def test_half_an_archive_is_none(tmp_path: Path) -> None:
    users = declared("users")

    def broken(kit: Kit) -> Assembly:
        def fail(*_: object) -> Any:
            raise ValueError("the table is not to be read")

        return replace(users.assemble(kit), personal_data=PersonalData(erase=lambda *_: None, export=fail))

    services = ("auth", "users", "web")
    altered = {"users": replace(users, assemble=broken)}
    async with started(tmp_path / "data", services, altered=altered, log_level="error") as running:
        ada = Person(running=running, marks=Marks("ada", 1931))
        await ada.sign_up()
        body = await refused(ada, ada.token, HTTPStatus.SERVICE_UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")
        assert "users" in body["message"]


async def refused(person: Person, token: str, status: HTTPStatus, reason: str) -> dict[str, Any]:
    """The export is refused so; what the answer says."""
    response = await person.export(token)
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    assert reason in json.dumps(body)
    return body


def _plain(marks: Marks) -> list[tuple[str, bytes]]:
    return [(mark, mark.encode()) for used in marks.used.values() for mark in used]


def _text(response: httpx.Response) -> bytes:
    """A birth date is written as the API writes one, with a number for each part."""
    archive = response.json()
    born = archive["services"]["users"]["users"][0]["birthDate"]
    return response.content + f"{born['year']}-{born['month']:02}-{born['day']:02}".encode()
