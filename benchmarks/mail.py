"""From a booking to the mail with its receipt in the mailbox: how long that takes, from when the booking is sent off,
while people book at a steady rate.

The platform is the whole of it in one process, without an edge, as `innkeeper up` starts it; who books does so from
another process. A mail is in the mailbox when its file has its name.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from email import message_from_bytes
from pathlib import Path

from benchmarks.start import running
from clients.cli.supervisor.ports import free_port
from drills.command import environment
from drills.process import running as load_running

RATE, SECONDS, WARM_UP = 20.0, 60.0, 5.0
ARRIVED_WITHIN = 60.0
CONFIRMED = "SELECT subject, name FROM mails WHERE kind = 'booking-confirmed' AND state = 'SENT'"


async def measure() -> dict[str, float]:
    """`mail_p50_s` and `mail_p99_s`; `mail_bookings_per_s`; `mail_missing`: bookings that no mail has come of, or one
    without a receipt."""
    with tempfile.TemporaryDirectory() as directory:
        data_dir, port = Path(directory) / "data", free_port("127.0.0.1")
        settings = {"DATA_DIR": str(data_dir), "PORT": str(port), "METRICS_PORT": "-1", "EDGE_PORT": "-1"}
        command = [str(Path(sys.executable).with_name("innkeeper")), "up"]
        async with (
            running(command, environment(settings), Path.cwd()),
            load_running("benchmarks.mail_load", f"127.0.0.1:{port}") as load,
        ):
            await load.line()
            await load.asked(f"{RATE} {WARM_UP}")
            sent = json.loads(await load.asked(f"{RATE} {SECONDS}"))
            until = time.monotonic() + ARRIVED_WITHIN
            while not _sent(data_dir).keys() >= sent.keys() and time.monotonic() < until:  # noqa: ASYNC110 - elsewhere
                await asyncio.sleep(0.5)
        arrived = _arrived(data_dir)
    took = sorted(arrived[booking] - begun for booking, begun in sent.items() if booking in arrived)
    return {
        "mail_p50_s": took[len(took) // 2],
        "mail_p99_s": took[int(len(took) * 0.99)],
        "mail_bookings_per_s": len(sent) / SECONDS,
        "mail_missing": float(len(sent) - len(took)),
    }


def _arrived(data_dir: Path) -> dict[str, float]:
    """When the confirmation of each booking came into the mailbox with its receipt, in seconds since the epoch."""
    files = {path.stem.rpartition("Z-")[2]: path for path in (data_dir / "mail").glob("*.eml")}
    paths = {booking: files[key] for booking, key in _sent(data_dir).items() if key in files}
    return {booking: path.stat().st_ctime for booking, path in paths.items() if _has_receipt(path)}


def _sent(data_dir: Path) -> dict[str, str]:
    """The key of the mail by which each booking was confirmed."""
    with closing(sqlite3.connect(f"file:{data_dir / 'notifications.db'}?mode=ro", uri=True, timeout=30.0)) as found:
        return {booking: name.removeprefix("mails/") for booking, name in found.execute(CONFIRMED)}


def _has_receipt(path: Path) -> bool:
    return any(part.get_content_type() == "application/pdf" for part in message_from_bytes(path.read_bytes()).walk())
