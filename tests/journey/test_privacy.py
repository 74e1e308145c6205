"""Export and erasure from the command line, on a platform of one process."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journey.command import Up, innkeeper, up

SIGN_UP = """
auth.CreateAccount(account={"email": "ada@example.org"}, password="correct horse battery")
sign_in("ada@example.org", "correct horse battery")
print(users.CreateUser(user={"given_name": "Ada", "email": "ada@example.org"}).name)
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A platform on a free port, without hotels."""
    with up(tmp_path_factory.mktemp("privacy") / "data", demo_hotels=0) as running:
        yield running


def test_a_person_is_exported_and_erased(platform: Up, tmp_path: Path) -> None:
    here: dict[str, Any] = {"data_dir": platform.data_dir}
    ada = innkeeper("shell", "-c", SIGN_UP, **here).stdout.split()[-1]

    file = tmp_path / "ada.json"
    exported = innkeeper("export", ada, "--output", str(file), **here)
    assert exported.returncode == 0, exported
    archive = json.loads(file.read_text())
    assert archive["manifest"]["user"] == ada
    assert archive["services"]["users"]["users"][0]["givenName"] == "Ada"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = innkeeper("export", ada, "--output", str(file), **here)
    assert again.returncode == 1
    assert "File exists" in again.stderr
    assert json.loads(innkeeper("export", ada.removeprefix("users/"), "--output", "-", **here).stdout)["services"]

    before = innkeeper("erasure", "status", ada, **here)
    assert before.returncode == 1
    assert "RESOURCE_NOT_FOUND" in before.stderr
    deleted = innkeeper("shell", "-c", f"users.DeleteUser(name={ada!r})", **here)
    assert deleted.returncode == 0, deleted
    status = innkeeper("erasure", "status", ada, "--wait", **here)
    assert status.returncode == 0, status
    lines = [line.split() for line in status.stdout.splitlines()]
    assert {(line[0], line[1]) for line in lines[2:]} == {
        (service, "DONE") for service in ("auth", "booking", "notifications", "payments", "users")
    }
    assert "services are told" in innkeeper("erasure", "repeat", ada, **here).stdout
    assert innkeeper("erasure", "status", ada, "--wait", **here).returncode == 0

    gone = innkeeper("export", "users/nobody", "--output", "-", **here)
    assert gone.returncode == 1
    assert "there is no users/nobody" in gone.stderr


@pytest.mark.parametrize("said", ["users/", "Ada Lovelace", "users/ada/erasure"])
def test_what_is_no_user_is_a_mistake(said: str) -> None:
    for command in (("export",), ("erasure", "status"), ("erasure", "repeat")):
        result = innkeeper(*command, said)
        assert result.returncode == 2
        assert "is no user" in result.stderr
