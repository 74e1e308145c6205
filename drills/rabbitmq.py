"""A RabbitMQ node of one's own, on loopback and free ports: nothing of it is left when it is ended."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY

USER: Final = "innkeeper"
PATIENCE: Final = 60.0
"""Seconds that a start or a stop may take on a busy machine."""

ON_DISK_AFTER: Final = 2.0
"""Seconds after which RabbitMQ 3.10 has it on disk that a quorum queue was declared. A node killed before starts again
with a queue that takes nothing."""

SMALL: Final = "+S 1:1 +A 4"
"""Arguments of an Erlang machine that leaves the cores to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A node that runs, as clients see it."""

    port: int
    tls_port: int
    admin_port: int
    password: str

    def url(self, vhost: str, *, tls: bool = False) -> str:
        """What `INNKEEPER_EVENTS_URL` takes, for a virtual host that has been added."""
        scheme, port = ("amqps", self.tls_port) if tls else ("amqp", self.port)
        return f"{scheme}://{USER}:{self.password}@localhost:{port}/{vhost}"

    def add_vhost(self, vhost: str) -> None:
        """Makes an empty virtual host, which the user may do everything in."""
        self.ask("PUT", f"/vhosts/{vhost}")
        self.ask("PUT", f"/permissions/{vhost}/{USER}", {"configure": ".*", "write": ".*", "read": ".*"})

    def delete_vhost(self, vhost: str) -> None:
        """Takes away a virtual host with all that is in it."""
        self.ask("DELETE", f"/vhosts/{vhost}")

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> httpx.Response:
        """Asks its HTTP API, below `/api`. Raises HTTPError."""
        url = f"http://127.0.0.1:{self.admin_port}/api{path}"
        with httpx.Client(auth=(USER, self.password), timeout=PATIENCE, trust_env=False) as client:
            return client.request(method, url, json=body).raise_for_status()


class RabbitmqNode:
    """A node, which can be killed and started again on the data that it has.

    Args:
        binary: The program `rabbitmq-server`, itself and not what Debian wraps round it.
        directory: Where all that is its own is kept: data, logs, cookie.
        erlang: Arguments of the Erlang machine.
        tls: A directory of certificates (see `chassis.security.tls_directory`), where it is to speak TLS as well.
    """

    def __init__(self, binary: Path, directory: Path, *, erlang: str = SMALL, tls: Path | None = None) -> None:
        self._binary = binary
        self._directory = directory
        self._erlang = erlang
        port, tls_port, admin_port, self._epmd_port, self._distribution_port = _free_ports(5)
        password = secrets.token_hex(16)
        self.broker = Broker(port=port, tls_port=tls_port, admin_port=admin_port, password=password)
        self._processes: list[subprocess.Popen[bytes]] = []
        (directory / "rabbitmq.conf").write_text("\n".join(self._configuration(tls)) + "\n")
        (directory / "enabled_plugins").write_text("[rabbitmq_management].")

    def start(self) -> None:
        """Starts it, and returns when it takes connections. Raises RuntimeError where it does not come up."""
        log = (self._directory / "log").open("ab")
        with log:
            # The node would start an epmd by itself, which would outlive it.
            epmd = f"epmd -port {self._epmd_port} -address 127.0.0.1 & read -r end; kill $!"
            self._run(["sh", "-c", epmd], log.fileno())
            server = self._run([str(self._binary)], log.fileno())
        deadline, moment = time.monotonic() + PATIENCE, threading.Event()
        while not self._answers():
            if server.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"RabbitMQ does not start: {(self._directory / 'log').read_text()[-4000:]}")
            moment.wait(0.05)

    def kill(self) -> None:
        """Ends it by SIGKILL, as a failing machine would; what it has started ends with it. To be called
        `ON_DISK_AFTER` the last queue was declared."""
        for process in self._processes[1:]:
            process.kill()
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(PATIENCE)
        self._processes.clear()

    def errors(self) -> list[str]:
        """The lines of errors that it has logged, in order."""
        log = (self._directory / "log").read_text(errors="replace")
        return [line for line in log.splitlines() if "[error]" in line]

    @property
    def process_id(self) -> int:
        """That of the Erlang machine."""
        return self._processes[-1].pid

    def _run(self, command: list[str], log: int) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self._environment(),
            cwd=self._directory,
            # A pipe that closes when this process is no more: the node, which has a shell, ends with it.
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for whoever runs it
        )
        self._processes.append(process)
        return process

    def _answers(self) -> bool:
        try:
            self.broker.ask("GET", f"/health/checks/port-listener/{self.broker.port}")
        except httpx.HTTPError:
            return False
        return True

    def _environment(self) -> dict[str, str]:
        """Nothing of Debian's configuration, nor of another node's."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "C.UTF-8",
            "HOME": str(self._directory),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self._directory / "rabbitmq.conf"),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._directory / "enabled_plugins"),
            "RABBITMQ_LOG_BASE": str(self._directory / "logs"),
            "RABBITMQ_MNESIA_BASE": str(self._directory / "data"),
            "RABBITMQ_NODENAME": f"innkeeper-{self.broker.port}@localhost",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                f"{self._erlang} -setcookie {self.broker.password} -kernel inet_dist_use_interface {{127,0,0,1}}"
            ),
        }

    def _configuration(self, tls: Path | None) -> Iterator[str]:
        yield f"listeners.tcp.1 = 127.0.0.1:{self.broker.port}"
        yield "management.tcp.ip = 127.0.0.1"
        yield f"management.tcp.port = {self.broker.admin_port}"
        yield "management_agent.disable_metrics_collector = true"
        yield f"default_user = {USER}"
        yield f"default_pass = {self.broker.password}"
        yield "log.file = false"
        yield "log.console = true"
        yield "log.console.level = warning"
        yield "vm_memory_high_watermark.absolute = 1GiB"
        yield "disk_free_limit.absolute = 50MB"
        if tls is not None:
            yield f"listeners.ssl.1 = 127.0.0.1:{self.broker.tls_port}"
            yield f"ssl_options.cacertfile = {tls / AUTHORITY}"
            yield f"ssl_options.certfile = {tls / CERTIFICATE}"
            yield f"ssl_options.keyfile = {tls / KEY}"
            yield "ssl_options.verify = verify_peer"
            yield "ssl_options.fail_if_no_peer_cert = true"


def installed() -> Path | None:
    """The program, where RabbitMQ is installed; None where it is not. Debian's own on the path is a wrapper that starts
    nothing but Debian's node."""
    for folder in ("/usr/lib/rabbitmq/bin", *os.environ.get("PATH", "").split(os.pathsep)):
        program = Path(folder, "rabbitmq-server")
        if program.exists() and folder != "/usr/sbin" and shutil.which("epmd"):
            return program
    return None


@contextmanager
def running(binary: Path, *, erlang: str = SMALL, tls: Path | None = None) -> Iterator[RabbitmqNode]:
    """A node that takes connections, ended with the block."""
    with TemporaryDirectory(prefix="innkeeper-mq-", ignore_cleanup_errors=True) as scratch:
        node = RabbitmqNode(binary, Path(scratch), erlang=erlang, tls=tls)
        try:
            node.start()
            yield node
        finally:
            node.kill()


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
