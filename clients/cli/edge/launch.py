"""`python -m clients.cli.edge.launch`: this process becomes the Envoy of the settings, before their registry."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final, NoReturn

from chassis import data_directory
from chassis.security.tls_directory import CERTIFICATE, KEY, own_directory
from chassis.settings import Settings
from chassis.start_error import StartError
from clients.cli import lifeline
from clients.cli.edge import EDGE
from clients.cli.edge.binary import NO_ENVOY, chosen_binary
from clients.cli.edge.bootstrap import bootstrap
from clients.cli.edge.place import EdgePlace
from clients.cli.failure import Failure, Mistake, exit_code
from clients.cli.supervisor.output import for_programs

MOST_WORKERS: Final = 4
"""Threads: they answer more requests than all services of one machine can."""

_TEXT: Final = "%Y-%m-%d %T.%f+00:00 [%-9l] %v [envoy.%n]"
"""As `chassis.observability.logs` has it, in the syntax of spdlog."""


def configuration(settings: Settings, place: EdgePlace) -> str:
    """What an Envoy at that place is started with, as JSON.

    Raises Mistake where no registry is named, StartError where a certificate is missing.
    """
    if not settings.registry:
        raise Mistake("INNKEEPER_REGISTRY: must say where the registry listens, which tells the edge all that it does")
    return bootstrap(
        registries=settings.registry,
        listen=place.listen,
        redirect=place.redirect,
        admin=place.admin,
        tls_dir=settings.tls_dir and own_directory(settings.tls_dir, [EDGE]),
        edge_tls_dir=_with_certificate(settings.edge_tls_dir),
        access_log="json" if for_programs(settings) else "text",
        max_connections=settings.edge_max_connections,
    )


def become(settings: Settings, place: EdgePlace) -> NoReturn:
    """Make this process the Envoy at that place. Raises Failure, StartError where that cannot be."""
    envoy = chosen_binary(settings)
    if envoy is None:
        raise Failure(NO_ENVOY)
    place.require_free()
    text = configuration(settings, place)
    data_directory.make_writable(settings.data_dir)
    place.directory.mkdir(mode=0o700, exist_ok=True)
    place.configuration.write_text(text)
    level = "error" if settings.log_level == "error" else "warning"
    options = ["--config-path", str(place.configuration), "--log-level", level, "--disable-hot-restart"]
    options += ["--file-flush-interval-msec", "1000"]  # of what it logs of requests; ten seconds else
    options += ["--component-log-level", "main:error"]  # which calls it a warning that it was told to stop
    options += ["--concurrency", str(min(os.cpu_count() or 1, MOST_WORKERS))]
    if not for_programs(settings):  # else the configuration says how
        options += ["--log-format", _TEXT]
    # It writes the time of the place where it is, and we call that UTC.
    try:
        os.execve(envoy, (str(envoy), *options), {**os.environ, "TZ": "UTC"})  # noqa: S606 - without a shell
    except OSError as error:
        raise Failure(f"{envoy}: cannot be run ({error.strerror})") from None


def _with_certificate(directory: Path | None) -> Path | None:
    if directory is not None:
        for name in (CERTIFICATE, KEY):
            if not os.access(directory / name, os.R_OK):
                raise StartError(
                    f"INNKEEPER_EDGE_TLS_DIR={directory}: {name} is missing, or cannot be read; the directory must have"
                    f" {CERTIFICATE} and {KEY}, in PEM"
                )
    return directory


def main() -> int:
    """Returns only where no Envoy can be started; the exit code."""
    lifeline.hold()

    def run() -> NoReturn:
        settings = Settings.read()
        become(settings, EdgePlace.of(settings))

    return exit_code(run)


if __name__ == "__main__":
    sys.exit(main())
