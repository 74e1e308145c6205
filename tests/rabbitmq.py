"""RabbitMQ for tests: nodes of the test run's own, and the whole suite through one of them where that is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pytest

from drills.rabbitmq import Broker, RabbitmqNode, installed, running
from tests.transport import TRANSPORT, vhost_of

RABBITMQ: Final = "rabbitmq"
ERRORS_SHOWN: Final = 200
"""Lines; the first are what led to the others."""

_WORKER_INPUT: Final = "innkeeper_rabbitmq"
_NODE: Final = pytest.StashKey[RabbitmqNode]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--events",
        choices=("direct", RABBITMQ),
        default="direct",
        help="how the platforms that tests start bring events from service to service",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "direct_events: is about events that go from service to service directly")
    if config.getoption("--events") != RABBITMQ or config.option.collectonly:
        return
    given = getattr(config, "workerinput", None)
    if given is not None:
        TRANSPORT.broker = Broker(**given[_WORKER_INPUT])
        return
    binary = installed()
    if binary is None:
        raise pytest.UsageError("--events rabbitmq: RabbitMQ is not installed")
    stack = ExitStack()
    node = config.stash[_NODE] = stack.enter_context(running(binary))
    TRANSPORT.broker = node.broker
    config.add_cleanup(stack.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of xdist which broker it shares with the others."""
    if TRANSPORT.broker is not None:
        node.workerinput[_WORKER_INPUT] = asdict(TRANSPORT.broker)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Where tests failed, shows what the node that they shared had to say, as it is gone with them."""
    node = terminalreporter.config.stash.get(_NODE, None)
    if node is not None and exitstatus:
        terminalreporter.section("RabbitMQ")
        terminalreporter.write_line("\n".join(node.errors()[:ERRORS_SHOWN]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if TRANSPORT.broker is not None and item.get_closest_marker("direct_events") is not None:
        pytest.skip("not run: is about events that go without a broker")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    directory = getattr(item, "funcargs", {}).get("tmp_path")
    yield
    if directory is not None:
        TRANSPORT.forget(directory)


@pytest.fixture(scope="session")
def rabbitmq_binary() -> Path:
    """The RabbitMQ to run. Where there is none, CI fails, and elsewhere the test is not run."""
    binary = installed()
    if binary is None:
        missing = "RabbitMQ is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(f"not run: {missing}")
    return binary


@pytest.fixture(scope="session")
def _shared(rabbitmq_binary: Path) -> Iterator[Broker]:
    if TRANSPORT.broker is not None:
        yield TRANSPORT.broker
        return
    with running(rabbitmq_binary) as node:
        yield node.broker


@pytest.fixture
def rabbitmq(_shared: Broker, tmp_path: Path) -> Iterator[str]:
    """The `INNKEEPER_EVENTS_URL` of a virtual host of the test's own, on a node that other tests use as well."""
    vhost = f"own-{vhost_of(tmp_path)}"
    _shared.add_vhost(vhost)
    yield _shared.url(vhost)
    _shared.delete_vhost(vhost)


@pytest.fixture(scope="module")
def mortal_rabbitmq(rabbitmq_binary: Path) -> Iterator[RabbitmqNode]:
    """A node of the module's own, for its tests to kill and to start again."""
    with running(rabbitmq_binary) as node:
        yield node
