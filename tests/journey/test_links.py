"""`innkeeper links`: short links are made, seen and deleted from the command line."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.journey.command import innkeeper, up

TARGET = "https://help.example/faq?lang=pt"


def follow(data_dir: Path, code: str) -> None:
    """Somebody has followed the link."""
    with closing(sqlite3.connect(data_dir / "links.db")) as database, database:
        database.execute("INSERT INTO clicks (code, day, count) VALUES (?, '2027-05-01', 2)", [code])


def test_a_link_from_its_making_to_its_end(data_dir: Path) -> None:
    with up(data_dir, "serve", "auth", "links", link_targets="https://help.example"):
        made = innkeeper("links", "create", TARGET, "--days", "30", data_dir=data_dir)
        assert made.returncode == 0, made.stderr
        uri = made.stdout.strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:8080/l/[0-9A-Za-z]{8}", uri)
        code = uri[-8:]
        follow(data_dir, code)

        listed = innkeeper("links", "list", data_dir=data_dir).stdout.splitlines()
        assert listed[0].split() == ["clicks", "good", "until", "link", "and", "target"]
        (row,) = listed[1:]
        assert re.fullmatch(rf" +2  \d{{4}}-\d\d-\d\d \d\d:\d\d UTC  {uri}  {re.escape(TARGET)}", row)
        shown = [innkeeper("links", "show", link, data_dir=data_dir).stdout.splitlines() for link in (uri, code)]
        assert shown == [[f"{uri}  {TARGET}", "2027-05-01         2"]] * 2

        refused = innkeeper("links", "create", "https://elsewhere.example/", data_dir=data_dir)
        assert refused.returncode == 1
        assert "TARGET_NOT_ALLOWED" in refused.stderr
        assert "INNKEEPER_LINK_TARGETS" in refused.stderr

        assert innkeeper("links", "delete", uri, data_dir=data_dir).returncode == 0
        assert innkeeper("links", "list", data_dir=data_dir).stdout.splitlines() == listed[:1]
        gone = innkeeper("links", "show", uri, data_dir=data_dir)
        assert (gone.returncode, "RESOURCE_NOT_FOUND" in gone.stderr) == (1, True)
