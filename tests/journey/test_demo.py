"""The demo goes all the way, and says so in a line that a program can read."""

from __future__ import annotations

from pathlib import Path

from tests.journey.command import innkeeper


def test_the_demo_books_pays_and_gives_back(tmp_path: Path) -> None:
    result = innkeeper("demo", data_dir=tmp_path / "unused")
    assert result.returncode == 0, result
    lines = result.stdout.splitlines()
    assert lines[-1] == "demo ok bookings_confirmed=1 payments_captured=1 refunds=1"
    assert all(" ms  " in line for line in lines[:-1])
    assert result.stderr == ""
    assert not (tmp_path / "unused").exists()
