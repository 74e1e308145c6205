"""A real mail server on loopback, by TLS and with a password, which writes down what it has taken.

`python -m drills.mail_server DIRECTORY PORT` is the server itself, with the certificate in that directory.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession

from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY
from clients.cli.development_ca import DevelopmentCa, write
from clients.cli.supervisor.ports import free_port

USER: Final = "innkeeper"
PASSWORD: Final = "opensesame"  # noqa: S105 - of a server that is gone after the drill
HOST: Final = "localhost"
RECEIVED: Final = "received.jsonl"


class MailServer:
    """A server, which can be killed and started again.

    Args:
        directory: Where its certificate is kept, and what it has taken.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._port = free_port("127.0.0.1")
        self._process: subprocess.Popen[str] | None = None
        now = datetime.now(UTC).replace(microsecond=0)
        ca = DevelopmentCa.create(directory, now)
        certificate, key = ca.issue("mail", [HOST], now=now, until=now + timedelta(days=1))
        write(directory / AUTHORITY, ca.pem, mode=0o644)
        write(directory / CERTIFICATE, certificate, mode=0o644)
        write(directory / KEY, key, mode=0o600)

    @property
    def settings(self) -> dict[str, str]:
        """Those of a platform that sends by it."""
        return {
            "SMTP_URL": f"smtps://{USER}:{PASSWORD}@{HOST}:{self._port}",
            "SMTP_CA_FILE": str(self._directory / AUTHORITY),
            "MAIL_FROM": "Innkeeper <desk@innkeeper.example>",
        }

    def start(self) -> None:
        """Returns when it takes mails."""
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "drills.mail_server", str(self._directory), str(self._port)),
                stdin=subprocess.PIPE,  # closes with this process, and ends it
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError("the mail server does not start")

    def kill(self) -> None:
        """Ends it by SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def received(self) -> list[dict[str, Any]]:
        """What was taken: `message_id`, `recipient`, `pdfs`, `time`."""
        path = self._directory / RECEIVED
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class _Handler:
    def __init__(self, log: int) -> None:
        self._log = log

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: SmtpSession, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content)
        taken = {
            "message_id": message["Message-ID"],
            "recipient": envelope.rcpt_tos[0],
            "pdfs": sum(part.get_content_type() == "application/pdf" for part in message.walk()),
            "time": datetime.now(UTC).timestamp(),
        }
        os.write(self._log, f"{json.dumps(taken)}\n".encode())
        return "250 2.0.0 taken"


def _authenticated(_: SMTP, __: SmtpSession, ___: Envelope, ____: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given == LoginPassword(USER.encode(), PASSWORD.encode()))


async def _serve(directory: Path, port: int) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(directory / CERTIFICATE, directory / KEY)
    handler = _Handler(os.open(directory / RECEIVED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))

    def protocol() -> SMTP:
        return SMTP(
            handler,
            hostname=HOST,
            authenticator=_authenticated,
            auth_required=True,
            auth_require_tls=False,  # STARTTLS, that would be: all of it is TLS
            enable_SMTPUTF8=True,
        )

    async with await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port, ssl=tls):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
