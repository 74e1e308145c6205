"""The check for breaking changes finds them, says where they are, and lets through what breaks nobody."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from contracts.breaking import breaking
from contracts.generate import build_image
from contracts.paths import PROTOS
from contracts.protoc import ContractError

USERS: Final = "innkeeper/users/v1/users.proto"

Edit = Callable[[str], str]


def replace(pattern: str, replacement: str) -> Edit:
    """An edit of the one place in a contract that the pattern finds."""

    def edit(source: str) -> str:
        edited, count = re.subn(pattern, replacement, source, count=1, flags=re.MULTILINE | re.DOTALL)
        assert count == 1, f"{USERS} has nothing like {pattern}"
        return edited

    return edit


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    """A copy of today's contracts, to be edited."""
    return Path(shutil.copytree(PROTOS, tmp_path / "protos"))


@pytest.fixture
def released(protos: Path, tmp_path: Path) -> Path:
    """Today's contracts as they would be released, before anybody edits the copy."""
    image = tmp_path / "released.binpb"
    build_image(protos, image)
    return image


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        pytest.param(
            replace(r"^(  string given_name) = \d+", r"\1 = 999"),
            r"with name \"given_name\" on message \"User\"",
            id="renumbered field",
        ),
        pytest.param(
            replace(r"^  string given_name = (\d+) \[.*?\n  \];", r"  reserved \1;"),
            r"with name \"given_name\" on message \"User\" was deleted",
            id="removed field",
        ),
        pytest.param(
            replace(r"^  string given_name\b", "  string first_name"),
            r"changed name from \"given_name\" to \"first_name\"",
            id="renamed field",
        ),
        pytest.param(
            replace(r"^  Membership membership = (\d+) \[.*?\];", r"  string membership = \1;"),
            r"\"membership\" on message \"User\" changed type",
            id="changed type",
        ),
        pytest.param(
            replace(r"^  rpc DeleteUser\(.*?\n  \}\n", ""),
            r"RPC \"DeleteUser\" on service \"UsersService\" was deleted",
            id="removed method",
        ),
        pytest.param(
            replace(r"^  rpc GetUser\(GetUserRequest\)", "  rpc GetUser(DeleteUserRequest)"),
            r"RPC \"GetUser\" on service \"UsersService\" changed request type",
            id="changed request",
        ),
        pytest.param(
            replace(r"^  rpc ListUsers\((\w+)\) returns \(", r"  rpc ListUsers(\1) returns (stream "),
            r"RPC \"ListUsers\" on service \"UsersService\" changed from server unary to server streaming",
            id="made a stream",
        ),
        pytest.param(
            replace(r"^  ERROR_REASON_EMAIL_TAKEN = \d+", "  ERROR_REASON_EMAIL_TAKEN = 999"),
            r"enum \"ErrorReason\"",
            id="renumbered reason",
        ),
    ],
)
def test_a_breaking_edit_is_refused(protos: Path, released: Path, edit: Edit, complaint: str) -> None:
    contract = protos / USERS
    contract.write_text(edit(contract.read_text()))

    with pytest.raises(ContractError) as refusal:
        breaking(protos, released)

    place_and_complaint = rf"{re.escape(USERS)}:\d+:\d+:.*{complaint}"
    assert re.search(place_and_complaint, str(refusal.value)), str(refusal.value)


def test_a_deleted_file_is_refused(protos: Path, released: Path) -> None:
    (protos / "innkeeper/users/v1/user_events.proto").unlink()

    with pytest.raises(ContractError, match=r'"innkeeper/users/v1/user_events\.proto" was deleted'):
        breaking(protos, released)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda source: source, id="nothing"),
        pytest.param(replace(r"^message User \{", "message User {\n  string nickname = 999;"), id="added field"),
        pytest.param(
            replace(
                r"^service UsersService \{", "service UsersService {\n  rpc FindUser(GetUserRequest) returns (User);"
            ),
            id="added method",
        ),
        pytest.param(replace(r"^// A person\b", "// A human being"), id="changed comment"),
    ],
)
def test_a_compatible_edit_passes(protos: Path, released: Path, edit: Edit) -> None:
    contract = protos / USERS
    contract.write_text(edit(contract.read_text()))

    breaking(protos, released)


def test_without_a_released_contract_nothing_passes(protos: Path, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="make release-contracts"):
        breaking(protos, tmp_path / "absent.binpb")
