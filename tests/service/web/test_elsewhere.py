"""What a path answers that the web service does not have."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from tests.conftest import StartPlatform


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        pytest.param("PUT", "/v1/hotels", 405, "GET, POST", id="other-method"),
        pytest.param("DELETE", "/v1/hotels/grand", 405, "GET, PATCH", id="other-method-of-a-resource"),
        pytest.param("GET", "/v1/bookings/b1:cancel", 405, "POST", id="custom-verb"),
        pytest.param("GET", "/v1/bookings/b1:unheard", 404, None, id="custom-verb-that-there-is-not"),
        pytest.param("GET", "/v1/nothing", 404, None, id="nothing"),
        pytest.param("POST", "/docs", 405, "GET, HEAD", id="page"),
    ],
)
async def test_what_is_not_there(
    method: str, path: str, status: int, allowed: str | None, platform: StartPlatform
) -> None:
    running = await platform("web", elsewhere=("auth", "booking"))
    async with AsyncClient(base_url=f"http://{running.platform.http_address}", trust_env=False) as web:
        answer = await web.request(method, path)
    assert answer.status_code == status
    said = answer.headers.get("allow")
    assert (said and sorted(said.split(", "))) == (allowed and sorted(allowed.split(", ")))
    assert answer.json()["message"]
