"""Secrets are made once, and their owner alone can read them."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE

import pytest

from chassis.errors import StartError
from chassis.security.secrets import Secrets

RACE = """
import sys
from hashlib import sha256
from pathlib import Path
from chassis.security.secrets import Secrets
print("ready", flush=True)
sys.stdin.readline()
secrets = Secrets(Path(sys.argv[1]))
print(sha256(b"".join(secrets.get(f"race-{number}") for number in range(100))).hexdigest())
"""


def test_a_secret_is_the_same_ever_after(tmp_path: Path) -> None:
    made = Secrets(tmp_path / "secrets").get("quotes")
    assert len(made) == 32
    assert Secrets(tmp_path / "secrets").get("quotes") == made
    assert Secrets(tmp_path / "secrets").get("others") != made


def test_its_owner_alone_can_read_it(tmp_path: Path) -> None:
    Secrets(tmp_path / "data" / "secrets").get("quotes")
    assert S_IMODE((tmp_path / "data" / "secrets" / "quotes").stat().st_mode) == 0o600
    assert S_IMODE((tmp_path / "data" / "secrets").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "data" / "secrets").iterdir()] == ["quotes"], "no draft is left"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604, 0o601], ids=oct)
def test_a_secret_that_others_can_read(tmp_path: Path, mode: int) -> None:
    secrets = Secrets(tmp_path)
    secrets.get("quotes")
    (tmp_path / "quotes").chmod(mode)
    with pytest.raises(StartError, match=f"{tmp_path}/quotes: a secret that others can read; run chmod 600"):
        secrets.get("quotes")


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)], ids=["empty", "short", "long"])
def test_a_secret_that_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "quotes").write_bytes(content)
    (tmp_path / "quotes").chmod(0o600)
    with pytest.raises(StartError, match=f"quotes: must hold 32 bytes and holds {len(content)}"):
        Secrets(tmp_path).get("quotes")


def test_a_client_secret_is_text_that_a_header_can_carry(tmp_path: Path) -> None:
    secret = Secrets(tmp_path).client_secret("booking")
    assert len(secret) == 43
    assert secret.isascii()
    assert set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert Secrets(tmp_path).client_secret("booking") == secret


def test_threads_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda number: Secrets(tmp_path).get(f"race-{number // 8}"), range(400)))
    for number in range(0, 400, 8):
        assert len(set(made[number : number + 8])) == 1


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(tmp_path / "secrets")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == b"ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(b"go\n")
        racer.stdin.flush()
    (one, other) = [racer.communicate(timeout=30)[0] for racer in racers]
    assert one == other
    assert len(one) == 65
    assert len(list((tmp_path / "secrets").iterdir())) == 100
