"""The archive through the edge: its path is not taken for that of a user with a strange name."""

from __future__ import annotations

from pathlib import Path

from tests.edge import StartEdge
from tests.service.privacy.life import SERVICES, Person
from tests.service.privacy.marks import Marks


async def test_it_comes_as_a_file(envoy: Path, start_edge: StartEdge) -> None:
    edge = await start_edge("registry", *SERVICES)
    ada = Person(running=edge.platform, marks=Marks("ada", 1931))
    await ada.sign_up()
    async with edge.http(token=ada.token) as http:
        response = await http.get(f"/v1/{ada.name}:export")
        assert response.status_code == 200, response.text
        assert response.headers["content-disposition"].startswith("attachment; filename=")
        assert response.json()["manifest"]["services"] == ["auth", "booking", "notifications", "payments", "users"]
        assert (await http.get(f"/v1/{ada.name}")).json()["name"] == ada.name, "methods are as before"
        erasure = await http.get(f"/v1/{ada.name}/erasure")
        assert erasure.status_code == 403, "that is for staff"
    async with edge.http() as http:
        assert (await http.get(f"/v1/{ada.name}:export")).status_code == 401
